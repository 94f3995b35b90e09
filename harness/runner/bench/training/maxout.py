"""Training steps a second of the maxout network on MNIST: a plain PyTorch loop against the runner.

`--adversarial` trains on fast gradient sign examples too, by two passes a step on both sides.
"""
import sys

import torch
from torch import nn

from turns import arguments, compare, images, labels, plain_rate, recipe, runner_rate

adversarial = "--adversarial" in sys.argv
sys.argv = [word for word in sys.argv if word != "--adversarial"]
asked = arguments(__doc__)
data, classes = images(asked), labels(asked)


class Maxout(nn.Module):
    def forward(self, x):
        return x.view(len(x), -1, 5).amax(2)


model = nn.Sequential(
    nn.Dropout(0.2), nn.Linear(784, 1200), Maxout(), nn.Dropout(0.5), nn.Linear(240, 1200), Maxout(),
    nn.Dropout(0.5), nn.Linear(240, 10),
).to(asked.device)
weights = [parameter for parameter in model.parameters() if parameter.dim() > 1]
for parameter in model.parameters():
    nn.init.uniform_(parameter, -0.005, 0.005) if parameter.dim() > 1 else nn.init.zeros_(parameter)
optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
cost = nn.CrossEntropyLoss()


def step(index):
    """One update; then the weights into each unit are cut to the recipe's norm."""
    places = torch.randint(len(data), (100,), device=asked.device)
    x, y = data[places], classes[places]
    optimiser.zero_grad()
    if adversarial:
        x.requires_grad_(True)
        clean = cost(model(x), y)
        (gradient,) = torch.autograd.grad(clean, x, retain_graph=True)
        worse = (x + 0.25 * gradient.sign()).detach()
        (0.5 * clean + 0.5 * cost(model(worse), y)).backward()
    else:
        cost(model(x), y).backward()
    optimiser.step()
    with torch.no_grad():
        for weight in weights:
            weight.mul_((1.9365 / weight.norm(dim=1, keepdim=True).clamp(min=1e-7)).clamp(max=1))


network = "maxout-adversarial" if adversarial else "maxout"
stage = {
    "id": "adversarial-mnist",
    "size": {"steps": asked.steps, "complete": False, "what": "a benchmark", "networks": [network]},
    "recipe": recipe(asked, "adversarial"),
    "of_steps": 60000,
    "conditions": [],
}
compare(
    asked, network, lambda: plain_rate(asked, step), lambda: runner_rate(asked, "adversarial", stage, network)
)
