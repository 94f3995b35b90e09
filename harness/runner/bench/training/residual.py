"""Training steps a second of ResNet-20 on CIFAR-10 (batch 128, fp32): a plain PyTorch loop, eager and by `torch.compile`, against
the runner. The plain loops' pictures lie ready in memory and are not augmented; the runner's time includes cropping and
mirroring them anew in each epoch. `--channels-last` gives the plain loops that order of memory, which some advise."""
import statistics
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from turns import arguments, plain_rate, recipe, runner_rate

channels_last = "--channels-last" in sys.argv
sys.argv = [word for word in sys.argv if word != "--channels-last"]
asked = arguments(__doc__, ("--cifar", "folder that holds cifar-10-batches-bin/data_batch_1.bin and the others"))
BATCH = 128
files = [Path(asked.cifar) / f"cifar-10-batches-bin/data_batch_{number}.bin" for number in range(1, 6)]
records = np.concatenate([np.fromfile(file, dtype=np.uint8).reshape(-1, 3073) for file in files])
pictures = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255).to(asked.device)
pictures -= pictures.mean(0)
classes = torch.from_numpy(records[:, 0].astype(np.int64)).to(asked.device)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)])
        self.stride, self.more = stride, outputs - inputs

    def forward(self, x):
        y = self.norms[1](self.second(F.relu(self.norms[0](self.first(x)))))
        if self.more:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        widths = [(16, 16, 1), (16, 16, 1), (16, 16, 1), (16, 32, 2), (32, 32, 1), (32, 32, 1)]
        widths += [(32, 64, 2), (64, 64, 1), (64, 64, 1)]
        self.blocks = nn.Sequential(*[Block(*width) for width in widths])
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


def loop(compiled):
    net = ResNet20().to(asked.device)
    if channels_last:
        net = net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    forward = torch.compile(net) if compiled else net

    def step(index):
        chosen = torch.randint(len(pictures), (BATCH,), device=asked.device)
        x = pictures[chosen]
        if channels_last:
            x = x.to(memory_format=torch.channels_last)
        optimiser.zero_grad()
        F.cross_entropy(forward(x), classes[chosen]).backward()
        optimiser.step()

    return step


stage = {
    "id": "resnet-cifar10",
    "size": {"steps": asked.steps, "complete": False, "what": "a benchmark", "networks": ["resnet20"]},
    "recipe": recipe(asked, "resnet"),
    "of_steps": 64000,
    "conditions": [],
    "data": [{"id": name, "folder": asked.cifar, "list": None, "root": "0"} for name in ("cifar10", "cifar10-test")],
}
ways = {
    "eager": lambda step=loop(False): plain_rate(asked, step),
    "compiled": lambda step=loop(True): plain_rate(asked, step),
    "runner": lambda: runner_rate(asked, "resnet", stage, "resnet20"),
}
rates = {way: [] for way in ways}
ways["compiled"]()  # compiles
for turn in range(asked.turns):
    for way, rate in ways.items():
        rates[way].append(rate())
    print(f"turn {turn + 1}: " + ", ".join(f"{way} {rates[way][-1]:.2f} steps/s" for way in ways), flush=True)
middle = {way: statistics.median(found) for way, found in rates.items()}
for way in ("eager", "compiled"):
    ratios = [ours / theirs for ours, theirs in zip(rates["runner"], rates[way])]
    print(
        f"runner against {way}: {middle['runner']:.2f} and {middle[way]:.2f} steps/s, ratio {middle['runner'] / middle[way]:.2f}"
        f" (by turn {min(ratios):.2f} to {max(ratios):.2f})"
    )
