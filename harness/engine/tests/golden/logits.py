"""Writes logits.json: what PyTorch answers with weights and a picture that are made by a rule.

ZF Net's two networks and the ZF of Faster R-CNN, since no released weights tell whether they run right: normalisation across
channels and within each, pools that round up, convolutions in groups. Every 20th logit is kept. The rule is in rule.py, and in tests/it/logits.rs. Python 3.11,
torch 2.11.0, numpy 2:

    python harness/engine/tests/golden/logits.py
"""
import json
from pathlib import Path

import numpy as np
import rule
import torch
import torch.nn.functional as F


def made(count, number, scale):
    """The rule's numbers as a tensor."""
    return torch.from_numpy(rule.made(count, number, scale))


class Weights:
    """Tensors in the order in which they are asked for; the picture is number 0."""

    def __init__(self):
        self.number = 0

    def pair(self, shape):
        weight = made(int(np.prod(shape)), self.number + 1, float(np.sqrt(6.0 / np.prod(shape[1:])))).reshape(shape)
        bias = made(shape[0], self.number + 2, 0.1)
        self.number += 2
        return weight, bias


def norm(x):
    """Krizhevsky et al., section 3.3, written out: the sum over five maps, times 1e-4."""
    squares = F.pad((x * x).unsqueeze(1), (0, 0, 0, 0, 2, 2))
    total = sum(squares[:, 0, shift : shift + x.shape[1]] for shift in range(5))
    return x / (2.0 + 1e-4 * total) ** 0.75


def pool(x):
    return F.max_pool2d(x, 3, 2, ceil_mode=True)


def answer(krizhevsky):
    weights = Weights()
    conv = lambda x, shape, **how: F.relu(F.conv2d(x, *weights.pair(shape), **how))
    x = made(3 * 224 * 224, 0, 128.0).reshape(1, 3, 224, 224)
    groups = 2 if krizhevsky else 1
    if krizhevsky:
        x = pool(norm(conv(x, (96, 3, 11, 11), stride=4, padding=2)))
        x = pool(norm(conv(x, (256, 48, 5, 5), padding=2, groups=2)))
    else:
        x = norm(pool(conv(x, (96, 3, 7, 7), stride=2, padding=1)))
        x = norm(pool(conv(x, (256, 96, 5, 5), stride=2)))
    x = conv(x, (384, 256, 3, 3), padding=1)
    x = conv(x, (384, 384 // groups, 3, 3), padding=1, groups=groups)
    x = conv(x, (256, 384 // groups, 3, 3), padding=1, groups=groups)
    x = pool(x).flatten(1)
    x = F.relu(F.linear(x, *weights.pair((4096, 9216))))
    x = F.relu(F.linear(x, *weights.pair((4096, 4096))))
    return F.linear(x, *weights.pair((1000, 4096)))[0]


def norm_within(x):
    """Caffe's `WITHIN_CHANNEL`, written out: 5e-5 times the mean of the squares over 3x3 places, zeros beyond the border."""
    height, width = x.shape[2:]
    squares = F.pad(x.double() ** 2, (1, 1, 1, 1))
    total = sum(squares[:, :, y : y + height, x : x + width] for y in range(3) for x in range(3))
    return (x / (1.0 + 5e-5 * total / 9) ** 0.75).float()


def msra():
    weights = Weights()
    conv = lambda x, shape, **how: F.relu(F.conv2d(x, *weights.pair(shape), **how))
    padded = lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True)
    x = made(3 * 224 * 224, 0, 128.0).reshape(1, 3, 224, 224)
    x = padded(norm_within(conv(x, (96, 3, 7, 7), stride=2, padding=3)))
    x = padded(norm_within(conv(x, (256, 96, 5, 5), stride=2, padding=2)))
    x = conv(x, (384, 256, 3, 3), padding=1)
    x = conv(x, (384, 384, 3, 3), padding=1)
    x = conv(x, (256, 384, 3, 3), padding=1)
    x = F.max_pool2d(x, 3, 3, 1, ceil_mode=True).flatten(1)
    x = F.relu(F.linear(x, *weights.pair((4096, 9216))))
    x = F.relu(F.linear(x, *weights.pair((4096, 4096))))
    return F.linear(x, *weights.pair((1000, 4096)))[0]


answers = {"zfnet": answer(False), "zfnet-krizhevsky": answer(True), "zf-msra": msra()}
rows = [f'  "{name}": {json.dumps([round(value, 6) for value in logits[::20].tolist()])}' for name, logits in answers.items()]
(Path(__file__).parent / "logits.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
