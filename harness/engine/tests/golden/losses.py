"""Writes losses.json: the multi-task loss over regions and its gradients, by PyTorch from Girshick 2015, equations 1 to 3.

Six regions, four classes and the background, which is class 0; numbers of boxes are divided by .1, .1, .2, .2; both losses are
divided by the number of regions. Answers are sines. Python 3.11, torch 2.11.0:

    python harness/engine/tests/golden/losses.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

CLASSES = [0, 3, 1, 0, 4, 2]
NUMBERS = [[0.05, -0.1, 0.2, 0.1], [0.02, 0.3, -0.4, 0.0], [-0.2, 0.11, 0.3, 0.5], [0.0, 0.01, -0.02, 0.03]]


def wave(columns, s):
    places = torch.arange(len(CLASSES) * columns, dtype=torch.float64)
    return (2 * torch.sin(0.37 * places + s)).view(len(CLASSES), columns).requires_grad_()


scores, numbers = wave(5, 0.2), wave(20, 0.9)
over_classes = sum(-F.log_softmax(scores[row], 0)[label] for row, label in enumerate(CLASSES)) / len(CLASSES)
over_boxes, wanted = 0.0, iter(NUMBERS)
for row, label in enumerate(CLASSES):
    if label == 0:
        continue
    for place, (value, spread) in enumerate(zip(next(wanted), (0.1, 0.1, 0.2, 0.2))):
        away = (numbers[row, 4 * label + place] - value / spread).abs()
        over_boxes = over_boxes + torch.where(away < 1, 0.5 * away**2, away - 0.5) / len(CLASSES)
(over_classes + over_boxes).backward()
short = lambda values: [float(f"{value:.7g}") for value in values.flatten().tolist()]
found = {
    "classes": CLASSES, "numbers": NUMBERS, "over_classes": over_classes.item(), "over_boxes": over_boxes.item(),
    "gradient_of_scores": short(scores.grad), "gradient_of_numbers": short(numbers.grad),
}
(pathlib.Path(__file__).parent / "losses.json").write_text(json.dumps(found) + "\n")
