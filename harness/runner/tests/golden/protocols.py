"""Writes protocols.json: what released weights answer under protocols of many views, by PyTorch, torchvision and Pillow.

    python protocols.py GOOGLENET.safetensors RESNET50/model.json TRAIN_60 VAL_650

TRAIN_60 and VAL_650 are folders of labelled images (labels.csv: file,wnid,class). The networks are written out here from
the Caffe definitions; the crops are torchvision's or cut by the papers' words. Python 3.11, torch 2.11.0, torchvision
0.26.0, Pillow. Of each image the best class and its probability are kept, and how many are right.
"""
import csv
import json
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
import torchvision.transforms.functional as V
from PIL import Image
from safetensors.torch import load_file


class GoogLeNet:
    def __init__(self, path):
        self.p = load_file(path)

    def conv(self, x, name, **how):
        return F.conv2d(x, self.p[name + ".weight"], self.p[name + ".bias"], **how).relu()

    def inception(self, x, name):
        conv = lambda x, part, **how: self.conv(x, f"inception_{name}/{part}", **how)
        return torch.cat([
            conv(x, "1x1"),
            conv(conv(x, "3x3_reduce"), "3x3", padding=1),
            conv(conv(x, "5x5_reduce"), "5x5", padding=2),
            conv(F.max_pool2d(x, 3, 1, 1), "pool_proj"),
        ], 1)

    @staticmethod
    def norm(x):
        """Each value over (1 + 1e-4 / 5 of the sum of five neighbouring channels' squares) to the 0.75."""
        squares = F.pad(x.square(), (0, 0, 0, 0, 2, 2))
        near = sum(squares[:, shift : shift + x.shape[1]] for shift in range(5))
        return x / (1 + 1e-4 / 5 * near) ** 0.75

    def map(self, x):
        pool = lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True)
        x = self.norm(pool(self.conv(x, "conv1/7x7_s2", stride=2, padding=3)))
        x = self.conv(self.conv(x, "conv2/3x3_reduce"), "conv2/3x3", padding=1)
        x = pool(self.norm(x))
        for name in ("3a", "3b"):
            x = self.inception(x, name)
        x = pool(x)
        for name in ("4a", "4b", "4c", "4d", "4e"):
            x = self.inception(x, name)
        x = pool(x)
        for name in ("5a", "5b"):
            x = self.inception(x, name)
        return F.avg_pool2d(x, 7, 1)

    def __call__(self, x):
        """The classifier at every place of the map, averaged: at 224 there is one place."""
        places = self.map(x).permute(0, 2, 3, 1)
        weight = self.p["loss3/classifier.weight"]
        return F.linear(places, weight.reshape(weight.shape[0], -1), self.p["loss3/classifier.bias"]).mean((1, 2))

    def pixels(self, crop):
        rgb = torch.from_numpy(numpy.array(crop)).float().permute(2, 0, 1)
        return rgb[[2, 1, 0]] - torch.tensor([104.0, 117.0, 123.0]).view(3, 1, 1)


class ResNet50:
    def __init__(self, path):
        model = json.loads(Path(path).read_text())
        self.p = {}
        for group in model["weightsManifest"]:
            data = b"".join((Path(path).parent / name).read_bytes() for name in group["paths"])
            at = 0
            for tensor in group["weights"]:
                count = int(numpy.prod(tensor["shape"]))
                values = numpy.frombuffer(data, "<f4", count, at).reshape(tensor["shape"])
                self.p[tensor["name"]] = torch.from_numpy(values.copy())
                at += 4 * count
        config = model["modelTopology"]
        config = config.get("model_config", config)["config"]["layers"]
        self.epsilon = {layer["config"]["name"]: layer["config"].get("epsilon") for layer in config}

    def conv(self, x, name, norm, stride=1, padding=0):
        p = self.p
        x = F.conv2d(x, p[name + "/kernel"].permute(3, 2, 0, 1), p[name + "/bias"], stride, padding)
        return F.batch_norm(x, p[norm + "/moving_mean"], p[norm + "/moving_variance"], p[norm + "/gamma"],
                            p[norm + "/beta"], False, 0.0, self.epsilon[norm])

    def block(self, x, name, stride, first):
        conv = lambda x, part, **how: self.conv(x, f"res{name}_branch{part}", f"bn{name}_branch{part}", **how)
        shortcut = conv(x, "1", stride=stride) if first else x
        x = conv(x, "2a", stride=stride if first else 1).relu()
        x = conv(x, "2b", padding=1).relu()
        return (conv(x, "2c") + shortcut).relu()

    def __call__(self, x):
        x = self.conv(x, "conv1", "bn_conv1", stride=2, padding=3).relu()
        x = F.max_pool2d(x, 3, 2, 1)
        for stage, blocks in ((2, "abc"), (3, "abcd"), (4, "abcdef"), (5, "abc")):
            for block in blocks:
                x = self.block(x, f"{stage}{block}", 1 if stage == 2 else 2, block == "a")
        return F.linear(x.mean((2, 3)), self.p["fc1000/kernel"].t(), self.p["fc1000/bias"])

    def pixels(self, crop):
        rgb = torch.from_numpy(numpy.array(crop)).float().permute(2, 0, 1)
        return rgb[[2, 1, 0]] - torch.tensor([103.939, 116.779, 123.68]).view(3, 1, 1)


def short(picture, side):
    return V.resize(picture, [side], antialias=True)


def ten(picture):
    return list(V.ten_crop(picture, [224, 224]))


def both_ways(crops):
    return [view for crop in crops for view in (crop, V.hflip(crop))]


def crops_144(picture):
    views = []
    for side in (256, 288, 320, 352):
        scaled = short(picture, side)
        width, height = scaled.size
        centre = V.center_crop(scaled, [side, side])
        for square in (V.crop(scaled, 0, 0, side, side), centre, V.crop(scaled, height - side, width - side, side, side)):
            views += list(V.five_crop(square, [224, 224])) + [V.resize(square, [224, 224], antialias=True)]
    return both_ways(views)


def grid_150(picture):
    views = []
    for side in (256, 384, 512):
        scaled = short(picture, side)
        width, height = scaled.size
        at = lambda spare: numpy.rint(numpy.linspace(0, spare, 5)).astype(int)
        views += [V.crop(scaled, int(y), int(x), 224, 224) for y in at(height - 224) for x in at(width - 224)]
    return both_ways(views)


def dense(*sides):
    return lambda picture: both_ways([short(picture, side) for side in sides])


@torch.no_grad()
def answer(network, views):
    """The mean of the views' softmax probabilities: the best class and how probable."""
    sizes, rows = {}, []
    for view in views:
        sizes.setdefault(view.size, []).append(network.pixels(view))
    for crops in sizes.values():
        for part in range(0, len(crops), 50):
            rows.append(network(torch.stack(crops[part : part + 50])).double().softmax(1))
    best = torch.cat(rows).mean(0).topk(5)
    return best.indices.tolist(), best.values.tolist()


def main(googlenet, resnet50, train_60, val_650):
    googlenet, resnet50 = GoogLeNet(googlenet), ResNet50(resnet50)
    # The last number: every so-manieth image of the set.
    cases = [
        ("googlenet/ten-crop/val-650", googlenet, val_650, ten, 1),
        ("resnet50/dense-224-320/train-60", resnet50, train_60, dense(224, 320), 1),
        ("googlenet/dense-256-384/train-60", googlenet, train_60, dense(256, 384), 1),
        ("googlenet/crops-144/train-60", googlenet, train_60, crops_144, 12),
        ("googlenet/grid-150/train-60", googlenet, train_60, grid_150, 12),
    ]
    rows = []
    for name, network, folder, cut, every in cases:
        with open(Path(folder) / "labels.csv") as labels:
            images = list(csv.DictReader(labels))[::every]
        found, right = [], [0, 0]
        for image in images:
            classes, scores = answer(network, cut(Image.open(Path(folder) / image["file"]).convert("RGB")))
            found.append([classes[0], round(scores[0], 6)])
            right = [right[0] + (classes[0] == int(image["class"])), right[1] + (int(image["class"]) in classes)]
        print(name, right, "of", len(images), flush=True)
        rows.append(f'  "{name}": {json.dumps({"right": right, "every": every, "answers": found}, separators=(",", ":"))}')
    Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
