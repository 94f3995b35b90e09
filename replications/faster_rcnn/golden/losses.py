"""Writes losses.json: the loss over anchors and its gradients, by PyTorch from the paper's equation 1 and the authors' prototxt.

Scores are softmax over background and object, channels 0 to 8 and 9 to 17; boxes are channels 4a to 4a + 3 of anchor a. Anchors are
counted row by row, place by place, the nine of a place last. Both losses are divided by the number of anchors of the step (the
authors' loss weights, with lambda 1 in the Python code); smooth L1 has sigma 3. Answers are sines. Python 3.11, torch 2.11.0:

    python replications/faster_rcnn/golden/losses.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

ROWS, COLUMNS, SIGMA = 2, 3, 3.0
CLASSES = [[0, 1], [7, 0], [13, 1], [20, 0], [31, 0], [45, 1], [53, 0]]
BOXES = [[0, 0.1, -0.2, 0.3, 0.05], [13, -1.5, 0.4, 0.02, -0.3], [45, 0.0, 0.9, -0.6, 1.2]]


def wave(channels, s):
    places = torch.arange(channels * ROWS * COLUMNS, dtype=torch.float64)
    return (2 * torch.sin(0.37 * places + s)).view(1, channels, ROWS, COLUMNS).requires_grad_()


def at(anchor):
    place, kind = divmod(anchor, 9)
    return place // COLUMNS, place % COLUMNS, kind


scores, boxes = wave(18, 0.2), wave(36, 0.9)
over_scores = over_boxes = 0.0
for anchor, label in CLASSES:
    row, column, kind = at(anchor)
    pair = torch.stack([scores[0, kind, row, column], scores[0, 9 + kind, row, column]])
    over_scores = over_scores - F.log_softmax(pair, 0)[label] / len(CLASSES)
for anchor, *wanted in BOXES:
    row, column, kind = at(anchor)
    for number, value in enumerate(wanted):
        away = (boxes[0, 4 * kind + number, row, column] - value).abs()
        near = 0.5 * (SIGMA * away) ** 2
        over_boxes = over_boxes + torch.where(away < 1 / SIGMA**2, near, away - 0.5 / SIGMA**2) / len(CLASSES)
(over_scores + over_boxes).backward()
short = lambda values: [float(f"{value:.7g}") for value in values.flatten().tolist()]
found = {
    "sigma": SIGMA, "classes": CLASSES, "boxes": BOXES, "over_scores": over_scores.item(), "over_boxes": over_boxes.item(),
    "gradient_of_scores": short(scores.grad), "gradient_of_boxes": short(boxes.grad),
}
(pathlib.Path(__file__).parent / "losses.json").write_text(json.dumps(found) + "\n")
