"""Training steps a second of the MNIST pair of adversarial nets: a plain PyTorch loop against the runner."""
import math

import torch
from torch import nn

from turns import arguments, compare, images, plain_rate, recipe, runner_rate

asked = arguments(__doc__)
data = images(asked)[:50000]


class Maxout(nn.Module):
    def forward(self, x):
        return x.view(len(x), -1, 5).amax(2)


generator = nn.Sequential(
    nn.Linear(100, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU(), nn.Linear(1200, 784), nn.Sigmoid()
).to(asked.device)
discriminator = nn.Sequential(
    nn.Dropout(0.2), nn.Linear(784, 1200), Maxout(), nn.Dropout(0.5), nn.Linear(240, 1200), Maxout(),
    nn.Dropout(0.5), nn.Linear(240, 1),
).to(asked.device)
for model, bound in ((generator, 0.05), (discriminator, 0.005)):
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -bound, bound)
optimisers = [torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5) for model in (generator, discriminator)]
cost = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(100, 1, device=asked.device), torch.zeros(100, 1, device=asked.device)


def step(index):
    """The usual alternation: the discriminator by real and detached fake images, then the generator through it."""
    real = data[torch.randint(len(data), (100,), device=asked.device)]
    noise = (torch.rand(100, 100, device=asked.device) * 2 - 1) * math.sqrt(3)
    fake = generator(noise)
    optimisers[1].zero_grad()
    loss = 0.5 * (cost(discriminator(real), ones) + cost(discriminator(fake.detach()), zeros))
    loss.backward()
    optimisers[1].step()
    optimisers[0].zero_grad()
    cost(discriminator(fake), ones).backward()
    optimisers[0].step()


stage = {
    "id": "gan-mnist",
    "size": {
        "steps": asked.steps, "complete": False, "what": "a benchmark",
        "networks": ["gan-generator", "gan-discriminator"],
    },
    "recipe": recipe(asked, "gan"),
    "of_steps": 575000,
    "conditions": [{
        "id": "parzen", "title": "windows", "source": "a benchmark",
        "with": {"samples": 100, "widths": 1, "from": -1.0, "to": 0.0, "validation": 1},
    }],
}
compare(
    asked, "gan", lambda: plain_rate(asked, step), lambda: runner_rate(asked, "gan", stage, "gan-mnist")
)
