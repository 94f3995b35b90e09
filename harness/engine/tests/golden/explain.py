"""Writes explain.json: what a deconvnet, the gradient and guided backpropagation give, by PyTorch's autograd.

The project transposes each layer itself; here autograd does, and only what a ReLU and the contrast normalisation hand down is
replaced. Two networks: a small one of every kind of layer, with weights and a picture made by the rule of rule.py, and
GoogLeNet with the Caffe model zoo's weights (its layers read from the paper's Table 1, its weights by the Caffe names).
A part of each projection's numbers is kept. Python 3.11, torch 2.11.0, numpy 2, safetensors 0.7:

    python harness/engine/tests/golden/explain.py bvlc_googlenet.safetensors
"""
import json
import sys
from pathlib import Path

import numpy as np
import rule
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

METHODS = ["deconvnet", "gradient", "guided"]


def made(count, number, scale):
    """The rule's numbers as a tensor."""
    return torch.from_numpy(rule.made(count, number, scale))


class Rectify(torch.autograd.Function):
    """A ReLU that hands down what each method hands down."""

    @staticmethod
    def forward(ctx, x, method):
        ctx.method = method
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, given):
        (x,) = ctx.saved_tensors
        if ctx.method != "gradient":
            given = given.clamp(min=0)
        if ctx.method != "deconvnet":
            given = given * (x > 0)
        return given, None


class Through(torch.autograd.Function):
    """Takes the normalised value forward, and what is given straight back."""

    @staticmethod
    def forward(ctx, x, normalised):
        return normalised.clone()

    @staticmethod
    def backward(ctx, given):
        return given, None


def norm(x, alpha, beta, k, method):
    """torch's own normalisation over five channels."""
    normalised = F.local_response_norm(x, 5, alpha=alpha, beta=beta, k=k)
    return Through.apply(x, normalised.detach()) if method == "deconvnet" else normalised


def back(build, x, layer, place, method):
    """The pixels of the activation at that place, all others zero."""
    x = x.clone().requires_grad_(True)
    value = build(x, method)[layer]
    seed = torch.zeros_like(value)
    seed[(0, *place)] = value[(0, *place)].detach()
    value.backward(seed)
    return x.grad, float(value[(0, *place)].detach())


# The small network, also in tests/it/explain.rs. Its parameters in the order of its layers, numbered from 1.
class Small:
    def __init__(self):
        self.number = 0
        self.tensors = {}
        for name, shape in [
            ("conv1", (8, 3, 5, 5)), ("conv2", (12, 4, 3, 3)), ("a", (6, 12, 1, 1)), ("b", (5, 12, 1, 1)),
        ]:
            self.pair(name, shape)
        for part, (shift, scale) in [("weight", (1, 0.5)), ("bias", (0, 0.1)), ("mean", (0, 0.1)), ("var", (1, 0.5))]:
            self.tensors[f"bn.{part}"] = shift + self.take((11,), scale)
        self.tensors["conv3.weight"] = self.take((11, 11, 3, 3), (6 / 99) ** 0.5)
        self.pair("fc", (7, 11 * 4 * 4))

    def take(self, shape, scale):
        self.number += 1
        return made(int(np.prod(shape)), self.number, scale).reshape(shape)

    def pair(self, name, shape):
        self.tensors[f"{name}.weight"] = self.take(shape, float(np.sqrt(6.0 / np.prod(shape[1:]))))
        self.tensors[f"{name}.bias"] = self.take((shape[0],), 0.1)

    def __call__(self, x, method):
        t = self.tensors
        relu = lambda x: Rectify.apply(x, method)
        conv = lambda x, name, **how: F.conv2d(x, t[f"{name}.weight"], t.get(f"{name}.bias"), **how)
        v = {}
        x = relu(conv(x, "conv1", stride=2, padding=2))
        x = v["pool1"] = F.max_pool2d(norm(x, 0.5, 0.75, 1.0, method), 3, 2, ceil_mode=True)
        x = v["relu2"] = relu(conv(x, "conv2", padding=1, groups=2))
        a = relu(conv(x, "a"))
        b = relu(conv(F.max_pool2d(x, 3, 1, padding=1), "b"))
        x = v["joined"] = torch.cat([a, b], 1)
        y = F.batch_norm(x, t["bn.mean"], t["bn.var"], t["bn.weight"], t["bn.bias"], False, 0.0, 1e-3)
        x = v["relu3"] = relu(x + conv(y, "conv3", padding=1))
        x = F.avg_pool2d(x, 2, 2, ceil_mode=True)
        v["fc"] = F.linear(x.flatten(1), t["fc.weight"], t["fc.bias"])
        return v


# Table 1: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection are told by the weights' own shapes.
def googlenet(t):
    def build(x, method):
        relu = lambda x: Rectify.apply(x, method)
        conv = lambda x, name, **how: relu(F.conv2d(x, t[f"{name}.weight"], t[f"{name}.bias"], **how))
        pool = lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True)
        v = {}
        x = pool(conv(x, "conv1/7x7_s2", stride=2, padding=3))
        x = norm(x, 1e-4, 0.75, 1.0, method)
        x = conv(conv(x, "conv2/3x3_reduce"), "conv2/3x3", padding=1)
        x = pool(norm(x, 1e-4, 0.75, 1.0, method))
        for module in ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]:
            if module in ("4a", "5a"):
                x = pool(x)
            m = f"inception_{module}"
            x = torch.cat([
                conv(x, f"{m}/1x1"),
                conv(conv(x, f"{m}/3x3_reduce"), f"{m}/3x3", padding=1),
                conv(conv(x, f"{m}/5x5_reduce"), f"{m}/5x5", padding=2),
                conv(F.max_pool2d(x, 3, 1, padding=1), f"{m}/pool_proj"),
            ], 1)
            v[f"{m}/output"] = x
        x = F.avg_pool2d(x, 7).flatten(1)
        v["loss3/classifier"] = F.linear(x, t["loss3/classifier.weight"], t["loss3/classifier.bias"])
        return v

    return build


def strongest(value, channels):
    """The place of the strongest activation among some channels, so that there is something to project."""
    part = value[0, channels[0] : channels[1]]
    at = np.unravel_index(int(part.argmax()), part.shape)
    return [int(at[0]) + channels[0], *(int(side) for side in at[1:])]


def cases(build, x, wanted, kept):
    """Of each projection the box outside of which it is zero, and about `kept` numbers within it."""
    values = {layer: value.detach() for layer, value in build(x, "gradient").items()}
    found = []
    for layer, channels in wanted:
        place = strongest(values[layer], channels)
        for method in METHODS:
            pixels, value = back(build, x, layer, place, method)
            lit = pixels[0].abs().amax(0) > 0
            rows, columns = (torch.nonzero(lit.any(axis)).flatten().tolist() for axis in (1, 0))
            box = [rows[0], rows[-1], columns[0], columns[-1]]
            part = pixels[0, :, box[0] : box[1] + 1, box[2] : box[3] + 1].flatten()
            step = max(1, len(part) // kept)
            numbers = [float(f"{number:.6g}") for number in part[::step].tolist()]
            found.append({"layer": layer, "place": place, "method": method, "activation": value, "box": box,
                          "step": step, "largest": float(pixels.abs().max()), "numbers": numbers})
    return found


def main():
    small = made(3 * 33 * 31, 0, 1.0).reshape(1, 3, 33, 31)
    wanted = [("pool1", (0, 8)), ("relu2", (0, 6)), ("relu2", (6, 12)), ("joined", (0, 6)), ("joined", (6, 11)),
              ("relu3", (0, 11)), ("fc", (0, 7))]
    large = made(3 * 224 * 224, 0, 128.0).reshape(1, 3, 224, 224)
    net = googlenet(load_file(sys.argv[1]))
    deep = [("inception_3a/output", (0, 256)), ("inception_4c/output", (128, 384)), ("inception_5b/output", (0, 1024)),
            ("loss3/classifier", (0, 1000))]
    golden = {"small": cases(Small(), small, wanted, 300), "googlenet": cases(net, large, deep, 200)}
    rows = []
    for name, kept in golden.items():
        lines = ",\n".join("    " + json.dumps(case) for case in kept)
        rows.append(f'  "{name}": [\n{lines}\n  ]')
    (Path(__file__).parent / "explain.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
