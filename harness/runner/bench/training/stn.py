"""Training steps a second of a convolutional net with an affine transformer on rotated MNIST: a plain PyTorch loop
against the runner. The plain loop's digits are distorted beforehand; the runner's time includes distorting them anew
in each epoch. `--size paper` has the 400,000 parameters of the paper's own, `small` the 60,000 of the smoke run."""
import sys

import torch
import torch.nn.functional as F
from torch import nn

from turns import arguments, compare, images, labels, plain_rate, recipe, runner_rate

SIZES = {"small": ("-small", 16, 64, 10), "paper": ("", 64, 119, 20)}
size = "small"
if "--size" in sys.argv:
    at = sys.argv.index("--size")
    size = sys.argv[at + 1]
    del sys.argv[at : at + 2]
asked = arguments(__doc__)
suffix, first, second, filters = SIZES[size]
BATCH = 256
data, classes = images(asked).view(-1, 1, 28, 28), labels(asked)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, filters, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(filters, filters, 5), nn.MaxPool2d(2),
            nn.ReLU(), nn.Flatten(), nn.Linear(filters * 16, 20), nn.ReLU(),
        )
        self.theta = nn.Linear(20, 6)
        nn.init.zeros_(self.theta.weight)
        self.theta.bias.data.copy_(torch.tensor([1.0, 0, 0, 0, 1, 0]))

    def forward(self, x):
        theta = self.theta(self.features(x)).view(-1, 2, 3)
        return F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=True), align_corners=True)


net = nn.Sequential(
    Transformer(), nn.Conv2d(1, first, 9), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(first, second, 7), nn.MaxPool2d(2),
    nn.ReLU(), nn.Flatten(), nn.Linear(second * 4, 10),
).to(asked.device)
optimiser = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)


def step(index):
    chosen = torch.randint(len(data), (BATCH,), device=asked.device)
    optimiser.zero_grad()
    F.cross_entropy(net(data[chosen]), classes[chosen]).backward()
    optimiser.step()


network = f"st-cnn-affine-r{suffix}"
stage = {
    "id": "stn-r",
    "size": {"steps": asked.steps, "complete": False, "what": "a benchmark", "networks": [network]},
    "recipe": recipe(asked, "stn", batch=BATCH, learning_rate=0.01, momentum=0.9),
    "of_steps": 150000,
    "conditions": [],
}
compare(asked, network, lambda: plain_rate(asked, step), lambda: runner_rate(asked, "stn", stage, network))
