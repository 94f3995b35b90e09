"""Writes dense.json: answers of networks that slide over an image larger than their own.

The fully connected layers of torchvision's networks look at every window of the last map, one window after the other, and the
logits are averaged. Weights and image follow the rule of alexnet.py. All in float64. Python 3.11, torch 2.11.0,
torchvision 0.26.0:

    python harness/engine/tests/golden/dense.py
"""
import json
from pathlib import Path

import numpy as np
import torch
from alexnet import filled, numbers, vgg11_lrn
from torchvision import models

HEIGHT, WIDTH = 256, 352


def image():
    values = numbers(1000, 3 * HEIGHT * WIDTH) * np.float32(255)
    return torch.from_numpy(values.reshape(1, 3, HEIGHT, WIDTH)).double()


def slid(network, side):
    network = network.double().eval()
    with torch.no_grad():
        for parameter, values in zip(network.parameters(), filled([tuple(p.shape) for p in network.parameters()])):
            parameter.copy_(values)
        maps = network.features(image())
        _, _, rows, columns = maps.shape
        windows = [maps[:, :, y : y + side, x : x + side] for y in range(rows - side + 1) for x in range(columns - side + 1)]
        print(tuple(maps.shape), len(windows), "windows")
        return torch.stack([network.classifier(window.flatten(1)) for window in windows]).mean(0)


def main():
    answers = {"alexnet-one-tower": slid(models.alexnet(), 6), "vgg11-lrn": slid(vgg11_lrn(), 7)}
    rows = [f'  "{name}": {json.dumps([float(f"{x:.9g}") for x in answer[0, ::20].tolist()])}'
            for name, answer in answers.items()]
    Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
