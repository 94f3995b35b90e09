"""Writes detector101.json: sizes and answers of Faster R-CNN on ResNet-101 (He et al. 2015, arXiv 1512.03385), by PyTorch.

The appendix, "Object Detection Baselines": conv1 to conv4_x for the whole picture, "91 conv layers", shared by the RPN and the
detector; RoI pooling "before conv5_1"; "all layers of conv5_x and up" for each region, ended by two sibling layers; batch norm
fixed. The paper gives neither the bins, nor the stride of conv5_x, nor the RPN's width, and its authors' repository has none:

- trunk, names and pools: KaimingHe/deep-residual-networks @872cc54 prototxt/ResNet-101-deploy.prototxt. No convolution has a bias
  (conv1's is in the file of 50 layers only), and a stage's stride is in its first 1x1 and in the projection.
- 14x14 bins, roi_pool5 on res4b22 behind its ReLU, res5a with its stride of 2, pool5, cls_score, bbox_pred:
  Eniac-Xie/faster-rcnn-resnet @33b0f21 models/pascal_voc/ResNet101/faster_rcnn_alt_opt/faster_rcnn_test.pt. As bins are twice as
  many as conv5_x has places, only those in even rows and columns say anything.
- an RPN 512 wide with nine anchors: YuwenXiong/py-R-FCN @290dba7 models/pascal_voc/ResNet-101/rfcn_end2end/test_agnostic.prototxt,
  and VGG-16's in py-faster-rcnn (Eniac-Xie's is 256 wide).

The first pool is the released file's: no padding, rounded up.

The rule is in rule.py, by our parameters' names. Numbers stay level through this network's depth: with pictures of scale 128, as in
detectors.json, the root mean square is 47, 27, 24 and 14 behind conv2_x to conv5_x, with scale 16 about an eighth of that. Regions
are an image of the batch, and the first and last pixels across and down. Of maps there are the sum, the sum of squares, and 40
numbers with their flat places; of scores and boxes of regions all numbers. All in float64, but for what RoI pooling compares. Multiply-adds are those of convolutions and fully connected layers, `region` those of one region.
Python 3.11, torch 2.11.0, torchvision 0.26.0, numpy 2:

    python detector101.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from detectors import PICTURE, REGIONS
from rule import made, rule
from torchvision.ops import roi_pool

torch.set_num_threads(1)

# Numbers of order one, beside which those of batch norm weigh more.
SMALL = {"shape": [1, 3, 128, 160], "number": 0, "scale": 16.0}
SMALL_REGIONS = [
    [0, 0, 0, 159, 127],
    [0, 8, 24, 40, 56],
    [0, 77, 50, 77, 50],
    [0, 10, 12, 13, 19],
    [0, 90, 30, 159, 127],
    [0, 0, 70, 60, 127],
    [0, 156, 121, 159, 127],
]
BINS, PROPOSING, ANCHORS, CLASSES, EPSILON = 14, 512, 9, 21, 1e-5
STAGES = {2: 3, 3: 4, 4: 23, 5: 3}


class Network:
    """Layers that take their numbers by name; `sizes` has those of parts of the network instead of any numbers."""

    def __init__(self, numbers):
        self.numbers = numbers
        self.part, self.tensors, self.shapes, self.multiply_adds = None, {}, {}, {}

    def tensor(self, name, shape):
        self.tensors[name] = (self.part, shape)
        return self.numbers(name, shape)

    def counted(self, name, x, each):
        self.shapes[name] = list(x.shape[1:])
        self.multiply_adds[self.part] = self.multiply_adds.get(self.part, 0) + x[0].numel() * each
        return x

    def conv(self, x, name, maps, kernel, stride=1, bias=False):
        weight = self.tensor(f"{name}.weight", (maps, x.shape[1], kernel, kernel))
        bias = self.tensor(f"{name}.bias", (maps,)) if bias else None
        return self.counted(name, F.conv2d(x, weight, bias, stride, kernel // 2), weight[0].numel())

    def linear(self, x, name, features):
        weight, bias = self.tensor(f"{name}.weight", (features, x.shape[1])), self.tensor(f"{name}.bias", (features,))
        return self.counted(name, F.linear(x, weight, bias), x.shape[1])

    def norm(self, x, name):
        """Fixed statistics, then scale and shift, written out."""
        parts = [self.tensor(f"{name}.{part}", (x.shape[1],)) for part in ("running_mean", "running_var", "weight", "bias")]
        mean, variance, scale, shift = (part.view(1, -1, 1, 1) for part in parts)
        return (x - mean) / (variance + EPSILON).sqrt() * scale + shift

    def both(self, x, name, maps, kernel, stride=1):
        return self.norm(self.conv(x, f"res{name}", maps, kernel, stride), f"bn{name}")

    def stage(self, x, number):
        """Blocks a, b, c; those of conv3_x and conv4_x a, b1, b2 and so on."""
        width = 64 << number - 2
        for block in range(STAGES[number]):
            letter = "a" if block == 0 else f"b{block}" if number in (3, 4) else "abc"[block]
            name, stride = f"{number}{letter}", 2 if number > 2 and block == 0 else 1
            shortcut = self.both(x, f"{name}_branch1", 4 * width, 1, stride) if block == 0 else x
            x = self.both(x, f"{name}_branch2a", width, 1, stride).relu()
            x = self.both(x, f"{name}_branch2b", width, 3).relu()
            x = (shortcut + self.both(x, f"{name}_branch2c", 4 * width, 1)).relu()
        return x

    def trunk(self, x):
        self.part = "trunk"
        x = self.norm(self.conv(x, "conv1", 64, 7, 2), "bn_conv1").relu()
        x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        self.shapes["pool1"] = list(x.shape[1:])
        for number in (2, 3, 4):
            x = self.stage(x, number)
        self.shapes["res4b22_relu"] = list(x.shape[1:])
        return x

    def proposed(self, x):
        self.part = "proposing"
        x = self.conv(x, "rpn_conv/3x3", PROPOSING, 3, bias=True).relu()
        return {
            "rpn_cls_score": self.conv(x, "rpn_cls_score", 2 * ANCHORS, 1, bias=True),
            "rpn_bbox_pred": self.conv(x, "rpn_bbox_pred", 4 * ANCHORS, 1, bias=True),
        }

    def last(self, pooled):
        self.part = "region"
        self.shapes["roi_pool5"] = list(pooled.shape[1:])
        return self.stage(pooled, 5)

    def told(self, x):
        self.shapes["res5c_relu"] = list(x.shape[1:])
        x = x.mean((2, 3))
        self.shapes["pool5"] = list(x.shape[1:])
        return {"cls_score": self.linear(x, "cls_score", CLASSES), "bbox_pred": self.linear(x, "bbox_pred", 4 * CLASSES)}


def sizes():
    """Of one picture of 600x1000 and one region; `shapes` and `multiply_adds` as in networks.json."""
    network = Network(lambda name, shape: torch.empty(shape, device="meta"))
    x = network.trunk(torch.empty(1, 3, 600, 1000, device="meta"))
    network.proposed(x)
    network.told(network.last(x.new_empty(1, x.shape[1], BINS, BINS)))

    def count(wanted):
        return sum(torch.Size(shape).numel() for name, (part, shape) in network.tensors.items() if wanted(name, part))

    is_statistic = lambda name: ".running_" in name
    is_norm = lambda name: name.startswith("bn")
    learned = {part: count(lambda name, own: own == part and not is_statistic(name)) for part in network.multiply_adds}
    norm = {part: count(lambda name, own: own == part and is_norm(name) and not is_statistic(name)) for part in learned}
    # What has neither weights nor is a pool that takes the largest is not in networks.json.
    whole = [shape for name, shape in network.shapes.items() if not name.endswith(("_relu", "pool5"))]
    ends = ("conv1", "pool1", "res4b22_relu", "rpn_conv/3x3", "rpn_cls_score", "rpn_bbox_pred", "roi_pool5", "res5a_branch2a",
            "res5c_relu", "pool5", "cls_score", "bbox_pred")
    return {
        "network": {
            "parameters": sum(learned.values()), "multiply_adds": sum(network.multiply_adds.values()), "shapes": sorted(whole),
        },
        "parameters": {
            **learned, "all": sum(learned.values()), "without_norm": sum(learned.values()) - sum(norm.values()),
            "norm": {**norm, "all": sum(norm.values())}, "statistics": count(lambda name, own: is_statistic(name)),
        },
        "multiply_adds": network.multiply_adds,
        "ends": {name: network.shapes[name] for name in ends},
    }


def rounded(values):
    return [float(f"{value:.8g}") for value in values.flatten().tolist()]


def spread(x):
    places = [place * (x.numel() - 1) // 39 for place in range(40)]
    return {
        "shape": list(x.shape), "sum": float(f"{x.sum().item():.9g}"), "squares": float(f"{(x * x).sum().item():.9g}"),
        "places": places, "values": rounded(x.flatten()[places]),
    }


def answer(picture, regions):
    network = Network(lambda name, shape: torch.from_numpy(rule(name, shape)).double())
    count = torch.Size(picture["shape"]).numel()
    x = torch.from_numpy(made(count, picture["number"], picture["scale"])).double().view(picture["shape"])
    x = network.trunk(x)
    proposed = network.proposed(x)
    # Bins follow from numbers of the map's kind; Caffe's are single.
    pooled = roi_pool(x.float(), torch.tensor(regions, dtype=torch.float32), (BINS, BINS), 1 / 16).double()
    told = {name: {"shape": list(y.shape), "values": rounded(y)} for name, y in network.told(network.last(pooled)).items()}
    return {name: spread(y) for name, y in proposed.items()} | told


def main():
    compact = lambda value: json.dumps(value, separators=(",", ":"))
    sections = [f'"sizes":{compact(sizes())}']
    with torch.inference_mode():
        for name, picture, regions in (("odd", PICTURE, REGIONS), ("small", SMALL, SMALL_REGIONS)):
            found = compact({"resnet101-faster-rcnn": answer(picture, regions)})
            sections.append(f'"{name}":{{"picture":{compact(picture)},\n"regions":{compact(regions)},\n"networks":{found}}}')
    Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(sections) + "\n}\n")


if __name__ == "__main__":
    main()
