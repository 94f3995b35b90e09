"""Faster R-CNN on GoogLeNet's trunk: one picture of 600 x 800 pixels from its numbers to detections, ours against PyTorch.

    cargo build -p engine --example detector_time
    python3 harness/runner/bench/detector.py --ours target/debug/examples/detector_time

Needs torch 2.11.0 and torchvision 0.26.0. The same layers on both sides, with random weights, batch 1, 300 proposals, the same
number of threads, in turns (ABCABC...), since a machine's speed drifts. PyTorch is eager, fp32, under inference_mode(), once in
its own order of memory and once channels last, with torchvision's nms, roi_pool and batched_nms; a ratio is against the faster of
the two. A side's figure is the median of its turns' medians.
"""

import argparse
import os
import statistics
import subprocess
import time

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import batched_nms, nms, roi_pool

MODULES = [
    [(64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)],
    [(192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
     (256, 160, 320, 32, 128, 128)],
    [(256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)],
]
HEIGHT, WIDTH = 600, 800


def conv(inputs, outputs, kernel, stride=1, padding=0):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, inputs, a, b, c, d, e, f):
        super().__init__()
        self.branches = nn.ModuleList([
            conv(inputs, a, 1),
            nn.Sequential(conv(inputs, b, 1), conv(b, c, 3, 1, 1)),
            nn.Sequential(conv(inputs, d, 1), conv(d, e, 5, 1, 2)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(inputs, f, 1)),
        ])

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def modules(rows, inputs):
    layers = []
    for row in rows:
        layers.append(Inception(inputs, *row))
        inputs = row[0] + row[2] + row[4] + row[5]
    return layers, inputs


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
        norm = lambda: nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)
        three, maps = modules(MODULES[0], 192)
        four, maps = modules(MODULES[1], maps)
        self.trunk = nn.Sequential(
            conv(3, 64, 7, 2, 3), pool(), norm(), conv(64, 64, 1), conv(64, 192, 3, 1, 1), norm(), pool(), *three, pool(), *four
        )
        self.proposing = conv(maps, 256, 3, 1, 1)
        self.scores, self.moves = nn.Conv2d(256, 18, 1), nn.Conv2d(256, 36, 1)
        five, maps = modules(MODULES[2], maps)
        self.behind = nn.Sequential(*five, nn.AvgPool2d(7), nn.Flatten())
        self.classes, self.boxes = nn.Linear(maps, 21), nn.Linear(maps, 84)
        kinds = [(ratio, scale) for ratio in (0.5, 1.0, 2.0) for scale in (8, 16, 32)]
        sides = torch.tensor([[scale * round((256 / ratio) ** 0.5), scale * round(round((256 / ratio) ** 0.5) * ratio)]
                              for ratio, scale in kinds], dtype=torch.float32)
        self.register_buffer("sides", sides)

    def propose(self, x):
        x = self.proposing(x)
        height, width = x.shape[2:]
        scores = self.scores(x).view(2, 9, height, width).softmax(0)[1].permute(1, 2, 0).reshape(-1)
        # Random weights would move all anchors to the same few places: they are held where they are, so that there are 300.
        moves = (self.moves(x) * 1e-6).view(9, 4, height, width).permute(2, 3, 0, 1).reshape(-1, 4)
        y, x = torch.meshgrid(torch.arange(height) * 16.0 + 8, torch.arange(width) * 16.0 + 8, indexing="ij")
        centres = torch.stack([x, y], 2).view(-1, 1, 2).expand(-1, 9, 2).reshape(-1, 2)
        sides = self.sides.repeat(height * width, 1)
        boxes = clipped(decoded(centres, sides, moves))
        large = ((boxes[:, 2:] - boxes[:, :2]) >= 16).all(1).nonzero()[:, 0]
        best = scores[large].topk(min(6000, len(large))).indices
        boxes, scores = boxes[large][best], scores[large][best]
        kept = nms(boxes, scores, 0.7)[:300]
        # The same work on both sides: where fewer are left, the surest stand in once more.
        return boxes[torch.cat([kept, torch.arange(300 - len(kept))])]

    def forward(self, x):
        x = self.trunk(x)
        regions = self.propose(x)
        rois = torch.cat([torch.zeros(len(regions), 1), regions[:, :2], regions[:, 2:] - 1], 1)
        pooled = self.behind(roi_pool(x, rois, 7, 1 / 16))
        scores = self.classes(pooled).softmax(1)[:, 1:]
        moves = self.boxes(pooled).view(len(regions), 21, 4)[:, 1:] * 0.1
        centres, sides = (regions[:, :2] + regions[:, 2:]) / 2, regions[:, 2:] - regions[:, :2]
        place, kind = (scores > 0.05).nonzero(as_tuple=True)
        boxes = decoded(centres[place], sides[place], moves[place, kind])
        kept = batched_nms(boxes, scores[place, kind], kind, 0.3)
        return boxes[kept], scores[place, kind][kept], kind[kept]


def decoded(centres, sides, moves):
    centres, sides = centres + moves[:, :2] * sides, sides * moves[:, 2:].exp()
    return torch.cat([centres - sides / 2, centres + sides / 2], 1)


def clipped(boxes):
    return torch.stack([boxes[:, 0].clamp(0, WIDTH), boxes[:, 1].clamp(0, HEIGHT), boxes[:, 2].clamp(0, WIDTH),
                        boxes[:, 3].clamp(0, HEIGHT)], 1)


def pytorch_turn(model, picture, count):
    times = []
    with torch.inference_mode():
        for number in range(count + 2):
            begin = time.perf_counter()
            model(picture)
            if number >= 2:
                times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def our_turn(arguments, *more):
    command = [arguments.ours, "faster-rcnn-googlenet", str(arguments.threads), str(arguments.pictures), *more]
    environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads))
    output = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    return [float(word) for word in output.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True, help="the built example detector_time")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    plain = Detector().eval()
    picture = torch.randn(1, 3, HEIGHT, WIDTH) * 50
    last = Detector().eval().to(memory_format=torch.channels_last)
    sides = {"eager": [], "eager, channels last": [], "ours, fp32": [], "ours, bf16": []}
    for _ in range(arguments.turns):
        sides["eager"].append(pytorch_turn(plain, picture, arguments.pictures))
        order = picture.to(memory_format=torch.channels_last)
        sides["eager, channels last"].append(pytorch_turn(last, order, arguments.pictures))
        sides["ours, fp32"].append(our_turn(arguments)[0])
        sides["ours, bf16"].append(our_turn(arguments, "bf16")[0])
    medians = {name: statistics.median(turns) for name, turns in sides.items()}
    best = min(medians["eager"], medians["eager, channels last"])
    for name, median in medians.items():
        turns = ", ".join(f"{turn:.0f}" for turn in sides[name])
        print(f"{name}: {median:.1f} ms a picture ({turns}), {best / median:.2f} times the faster of PyTorch's")


if __name__ == "__main__":
    main()
