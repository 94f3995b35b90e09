"""Writes alexnet.json: answers of AlexNet's networks and of VGG's A-LRN, by builds that are not this project's.

Weights and image follow a rule (`numbers`) that the test knows too. AlexNet is run as two towers that meet where the paper
says they do, the others are torchvision's; local response normalisation is written out from the paper's formula, alpha not
divided. All in float64. Python 3.11, torch 2.11.0, torchvision 0.26.0:

    python harness/engine/tests/golden/alexnet.py
"""
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models


def numbers(which, count):
    """`count` numbers from -0.5 to 0.5, exact in float32: a mixture of the bits of which tensor and which place."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(which * 0x9E3779B9 & 0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)


def filled(shapes):
    """Each tensor by its place in the list: weights so wide that activations keep their size, biases from -10 to 10."""
    tensors = []
    for which, shape in enumerate(shapes):
        wide = 20.0 if len(shape) == 1 else np.sqrt(24.0 / np.prod(shape[1:]))
        values = numbers(which, int(np.prod(shape))) * np.float32(wide)
        tensors.append(torch.from_numpy(values.reshape(shape)).double())
    return tensors


def image():
    return torch.from_numpy((numbers(1000, 3 * 224 * 224) * np.float32(255)).reshape(1, 3, 224, 224)).double()


def normalised(x):
    """b_i = a_i / (k + alpha * sum of the squares of a_j, j from i - n/2 to i + n/2) ** beta, with n = 5."""
    channels = x.shape[1]
    rows = [x[:, max(0, i - 2) : min(channels, i + 3)].square().sum(1) for i in range(channels)]
    return x / (2 + 1e-4 * torch.stack(rows, 1)) ** 0.75


def alexnet():
    shapes = [(96, 3, 11, 11), (256, 48, 5, 5), (384, 256, 3, 3), (384, 192, 3, 3), (256, 192, 3, 3)]
    shapes += [(4096, 9216), (4096, 4096), (1000, 4096)]
    values = filled([shape for weight in shapes for shape in (weight, weight[:1])])
    layers = list(zip(values[::2], values[1::2]))

    def towers(x, layer, padding):
        """Each GPU's half of the kernels on its own half of the maps."""
        weight, bias = (part.chunk(2) for part in layers[layer])
        return torch.cat([F.conv2d(half, weight[gpu], bias[gpu], padding=padding).relu()
                          for gpu, half in enumerate(x.chunk(2, 1))], 1)

    x = F.conv2d(image(), *layers[0], stride=4, padding=2).relu()
    x = F.max_pool2d(normalised(x), 3, 2)
    x = F.max_pool2d(normalised(towers(x, 1, 2)), 3, 2)
    x = F.conv2d(x, *layers[2], padding=1).relu()
    x = F.max_pool2d(towers(towers(x, 3, 1), 4, 1), 3, 2).flatten(1)
    for layer in (5, 6):
        x = F.linear(x, *layers[layer]).relu()
    return F.linear(x, *layers[7])


class Normalised(nn.Module):
    def forward(self, x):
        return normalised(x)


def by_torchvision(network):
    network = network.double().eval()
    with torch.no_grad():
        for parameter, values in zip(network.parameters(), filled([tuple(p.shape) for p in network.parameters()])):
            parameter.copy_(values)
        return network(image())


def vgg11_lrn():
    network = models.vgg11()
    network.features = nn.Sequential(*network.features[:2], Normalised(), *network.features[2:])
    return network


def main():
    answers = {
        "alexnet": alexnet(),
        "alexnet-one-tower": by_torchvision(models.alexnet()),
        "vgg11-lrn": by_torchvision(vgg11_lrn()),
    }
    rows = [f'  "{name}": {json.dumps([float(f"{x:.9g}") for x in answer[0, ::20].tolist()])}'
            for name, answer in answers.items()]
    Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
