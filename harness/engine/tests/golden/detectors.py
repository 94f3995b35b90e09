"""Writes detectors.json: what PyTorch answers as Fast and Faster R-CNN's networks, with weights and pictures made by a rule.

Layers are those of test.prototxt in rbgirshick/fast-rcnn and py-faster-rcnn, where CaffeNet has padding that its deploy.prototxt
has not; GoogLeNet is this project's own stand-in: all up to 4e for the picture, 5a and 5b for each region. Dropout does nothing
(the authors' ZF halves what fc6 and fc7 give instead, as its dropout did not double in training). The rule is in rule.py, by our
parameters' names; regions are an image of the batch, and the first and last pixels across and down. Of the proposing layers'
maps there are the sum, the sum of squares, and 40 numbers with their flat places; of scores and boxes of regions all numbers.
All in float64, but for what RoI pooling compares. Python 3.11, torch 2.11.0, torchvision 0.26.0, numpy 2:

    python harness/engine/tests/golden/detectors.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from rule import made, rule
from torchvision.ops import roi_pool

torch.set_num_threads(1)

PICTURE = {"shape": [2, 3, 157, 203], "number": 0, "scale": 128.0}
REGIONS = [
    [0, 0, 0, 202, 156],  # a whole picture
    [1, 8, 24, 40, 56],  # halves of a place, which are rounded away from zero
    [1, 77, 50, 77, 50],  # one pixel
    [0, 10, 12, 13, 19],  # less than a place
    [1, 120, 30, 202, 156],  # to the border, where the map may end before
    [0, 0, 80, 60, 156],
    [0, 199, 150, 202, 156],  # the last corner, most of it beyond some maps
]
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}


def numbers(name, shape):
    return torch.from_numpy(rule(name, shape)).double()


def conv(x, name, maps, kernel, stride=1, padding=0, groups=1):
    weight = numbers(f"{name}.weight", (maps, x.shape[1] // groups, kernel, kernel))
    return F.conv2d(x, weight, numbers(f"{name}.bias", (maps,)), stride, padding, groups=groups)


def conv_relu(*parts, **how):
    return conv(*parts, **how).relu()


def linear(x, name, features):
    return F.linear(x, numbers(f"{name}.weight", (features, x.shape[1])), numbers(f"{name}.bias", (features,)))


def pool(x, padding=0):
    """3x3, two places apart; Caffe rounds up."""
    return F.max_pool2d(x, 3, 2, padding, ceil_mode=True)


def norm(x, alpha, k):
    """Across five maps, written out: Caffe divides alpha by 5."""
    squares = F.pad((x * x).unsqueeze(1), (0, 0, 0, 0, 2, 2))
    total = sum(squares[:, 0, shift : shift + x.shape[1]] for shift in range(5))
    return x / (k + alpha / 5 * total) ** 0.75


def norm_within(x):
    """Over 3x3 places of each map, zeros beyond the border."""
    height, width = x.shape[2:]
    squares = F.pad(x * x, (1, 1, 1, 1))
    total = sum(squares[:, :, y : y + height, x : x + width] for y in range(3) for x in range(3))
    return x / (1.0 + 5e-5 * total / 9) ** 0.75


def caffenet(x):
    x = norm(pool(conv_relu(x, "conv1", 96, 11, 4, 5), 1), 1e-4, 1.0)
    x = norm(pool(conv_relu(x, "conv2", 256, 5, 1, 2, 2), 1), 1e-4, 1.0)
    x = conv_relu(x, "conv3", 384, 3, 1, 1)
    x = conv_relu(x, "conv4", 384, 3, 1, 1, 2)
    return conv_relu(x, "conv5", 256, 3, 1, 1, 2)


def vgg_m(x):
    x = pool(norm(conv_relu(x, "conv1", 96, 7, 2), 5e-4, 2.0))
    x = pool(norm(conv_relu(x, "conv2", 256, 5, 2, 1), 5e-4, 2.0))
    for layer in (3, 4, 5):
        x = conv_relu(x, f"conv{layer}", 512, 3, 1, 1)
    return x


def zf(x):
    x = pool(norm_within(conv_relu(x, "conv1", 96, 7, 2, 3)), 1)
    x = pool(norm_within(conv_relu(x, "conv2", 256, 5, 2, 2)), 1)
    for layer, maps in ((3, 384), (4, 384), (5, 256)):
        x = conv_relu(x, f"conv{layer}", maps, 3, 1, 1)
    return x


def inception(x, module):
    name, (ones, three_reduce, threes, five_reduce, fives, projected) = f"inception_{module}", MODULES[module]
    return torch.cat([
        conv_relu(x, f"{name}/1x1", ones, 1),
        conv_relu(conv_relu(x, f"{name}/3x3_reduce", three_reduce, 1), f"{name}/3x3", threes, 3, padding=1),
        conv_relu(conv_relu(x, f"{name}/5x5_reduce", five_reduce, 1), f"{name}/5x5", fives, 5, padding=2),
        conv_relu(F.max_pool2d(x, 3, 1, 1), f"{name}/pool_proj", projected, 1),
    ], 1)


def googlenet(x):
    x = norm(pool(conv_relu(x, "conv1/7x7_s2", 64, 7, 2, 3)), 1e-4, 1.0)
    x = conv_relu(conv_relu(x, "conv2/3x3_reduce", 64, 1), "conv2/3x3", 192, 3, padding=1)
    x = pool(norm(x, 1e-4, 1.0))
    for module in MODULES:
        if module == "4a":
            x = pool(x)
        if module == "5a":
            return x
        x = inception(x, module)


def connected(last=4096):
    def behind(x):
        return linear(linear(x.flatten(1), "fc6", 4096).relu(), "fc7", last).relu()

    return behind


def modules_of_five(x):
    return F.avg_pool2d(inception(inception(x, "5a"), "5b"), 7).flatten(1)


def rounded(values):
    return [float(f"{value:.8g}") for value in values.flatten().tolist()]


def spread(x):
    places = [place * (x.numel() - 1) // 39 for place in range(40)]
    return {
        "shape": list(x.shape), "sum": float(f"{x.sum().item():.9g}"), "squares": float(f"{(x * x).sum().item():.9g}"),
        "places": places, "values": rounded(x.flatten()[places]),
    }


def answer(trunk, bins, behind, proposing):
    picture = torch.from_numpy(made(2 * 3 * 157 * 203, PICTURE["number"], PICTURE["scale"])).double()
    x = trunk(picture.reshape(PICTURE["shape"]))
    answers = {}
    if proposing:
        proposed = conv_relu(x, "rpn_conv/3x3", proposing, 3, padding=1)
        answers = {name: spread(conv(proposed, name, maps, 1)) for name, maps in (("rpn_cls_score", 18), ("rpn_bbox_pred", 36))}
    # Bins follow from numbers of the map's kind; Caffe's are single.
    x = behind(roi_pool(x.float(), torch.tensor(REGIONS, dtype=torch.float32), (bins, bins), 1 / 16).double())
    for name, features in (("cls_score", 21), ("bbox_pred", 84)):
        y = linear(x, name, features)
        answers[name] = {"shape": list(y.shape), "values": rounded(y)}
    return answers


def main():
    with torch.inference_mode():
        networks = {
            "faster-rcnn-zf": answer(zf, 6, connected(), 256),
            "faster-rcnn-googlenet": answer(googlenet, 7, modules_of_five, 256),
            "fast-rcnn-m": answer(vgg_m, 6, connected(1024), 0),
            "fast-rcnn-s": answer(caffenet, 6, connected(), 0),
        }
    compact = lambda value: json.dumps(value, separators=(",", ":"))
    rows = [f'"{name}":{compact(answers)}' for name, answers in networks.items()]
    text = f'{{"picture":{compact(PICTURE)},\n"regions":{compact(REGIONS)},\n"networks":{{\n' + ",\n".join(rows) + "\n}}\n"
    Path(__file__).with_suffix(".json").write_text(text)


if __name__ == "__main__":
    main()
