"""Writes residual.safetensors and residual.json: what training a small residual network must compute, by PyTorch in double
precision.

Three steps of gradient descent with momentum and weight decay, v = m v - rate (g + decay p), p = p + v, at a rate that is
divided by 10 before the last; batch norm by PyTorch's own `batch_norm` in training, then in evaluation. Beside it padded,
cropped and mirrored pictures by `torch.nn.functional.pad`, slicing and `flip`, and the rates of `MultiStepLR`. Numbers to
begin with are sines, so that no generator has to be shared. Python 3.11, torch 2.11.0, safetensors:

    python harness/engine/tests/golden/residual.py
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(__file__).parent
BATCH, SIDE, CLASSES = 8, 8, 10
RATES, MOMENTUM, DECAY, EPSILON = [0.05, 0.05, 0.005], 0.9, 1e-4, 1e-5
torch.set_default_dtype(torch.float64)

# (name, outputs, inputs, stride) of the convolutions, in the network's order.
CONVS = [("conv1", 16, 3, 1), ("a1", 16, 16, 1), ("a2", 16, 16, 1), ("b1", 32, 16, 2), ("b2", 32, 32, 1)]


def sines(count, salt):
    """Rounded to single precision, which is what the engine begins with."""
    return torch.sin(0.37 * torch.arange(count) + 1.3 * salt).float().double()


def begin():
    parameters, running = {}, {}
    for salt, (name, outputs, inputs, _) in enumerate(CONVS):
        shape = (outputs, inputs, 3, 3)
        scale = torch.tensor((2 / (inputs * 9)) ** 0.5).float().double()
        parameters[f"{name}.weight"] = (sines(outputs * inputs * 9, salt) * scale).float().double().view(shape)
        parameters[f"bn_{name}.weight"] = (1 + 0.25 * sines(outputs, salt + 10)).float().double()
        parameters[f"bn_{name}.bias"] = (0.25 * sines(outputs, salt + 20)).float().double()
        running[f"bn_{name}.running_mean"] = torch.zeros(outputs)
        running[f"bn_{name}.running_var"] = torch.ones(outputs)
    parameters["fc.weight"] = (0.25 * sines(CLASSES * 32, 30)).float().double().view(CLASSES, 32)
    parameters["fc.bias"] = torch.zeros(CLASSES)
    return parameters, running


def forward(x, p, running, training):
    def norm(name, x):
        mean, variance = running[f"bn_{name}.running_mean"], running[f"bn_{name}.running_var"]
        weight, bias = p[f"bn_{name}.weight"], p[f"bn_{name}.bias"]
        return F.batch_norm(x, mean, variance, weight, bias, training, 0.1, EPSILON)

    def conv(name, x, stride=1):
        return norm(name, F.conv2d(x, p[f"{name}.weight"], stride=stride, padding=1))

    x = conv("conv1", x).relu()
    x = (conv("a2", conv("a1", x).relu()) + x).relu()
    shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 8, 8))
    x = (conv("b2", conv("b1", x, 2).relu()) + shortcut).relu()
    return F.linear(x.mean((2, 3)), p["fc.weight"], p["fc.bias"])


x = sines(BATCH * 3 * SIDE * SIDE, 40).view(BATCH, 3, SIDE, SIDE)
classes = torch.tensor([index * 3 % CLASSES for index in range(BATCH)])
parameters, running = begin()
velocities = {name: torch.zeros_like(value) for name, value in parameters.items()}
losses, first = [], {}
for step, rate in enumerate(RATES):
    learned = {name: value.clone().requires_grad_(True) for name, value in parameters.items()}
    loss = F.cross_entropy(forward(x, learned, running, True), classes)
    gradients = torch.autograd.grad(loss, list(learned.values()))
    losses.append(loss.item())
    for (name, value), gradient in zip(parameters.items(), gradients):
        if step == 0:
            first[f"gradient.{name}"] = gradient
        velocities[name] = MOMENTUM * velocities[name] - rate * (gradient + DECAY * value)
        parameters[name] = value + velocities[name]
logits = forward(x, parameters, running, False)

tensors = {**parameters, **running, **first, "logits": logits}
save_file({name: value.float().contiguous() for name, value in tensors.items()}, HERE / "residual.safetensors")

# Pictures: bytes, their mean subtracted, zeros around, a crop of the picture's size, mirrored or not.
PADDING, SIZE = 2, (3, 5, 6)
count = 4
pictures = (torch.arange(count * SIZE[0] * SIZE[1] * SIZE[2]) * 37 % 256).view(count, *SIZE)
mean = (pictures / 255).mean(0)
shown = [[0, 0, 0, False], [1, 4, 3, True], [2, 2, 2, False], [3, 1, 4, True], [0, 4, 4, False]]
batch = []
for index, y, x, mirrored in shown:
    padded = F.pad(pictures[index] / 255 - mean, (PADDING,) * 4)
    crop = padded[:, y : y + SIZE[1], x : x + SIZE[2]]
    batch.append(crop.flip(2) if mirrored else crop)

# The rate after each of some steps, by PyTorch's own scheduler.
moved = torch.nn.Parameter(torch.zeros(1))
optimiser = torch.optim.SGD([moved], lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimiser, [32000, 48000], 0.1)
asked, rates = [0, 1, 31998, 31999, 32000, 32001, 47999, 48000, 63999], {}
for step in range(64000):
    if step in asked:
        rates[step] = scheduler.get_last_lr()[0]
    optimiser.step()
    scheduler.step()

(HERE / "residual.json").write_text(
    json.dumps(
        {
            "losses": losses,
            "rates": [[step, rate] for step, rate in rates.items()],
            "pictures": {
                "size": [count, *SIZE], "bytes": pictures.flatten().tolist(), "padding": PADDING, "shown": shown,
                "mean": [round(number, 9) for number in mean.flatten().tolist()],
                "batch": [[round(number, 9) for number in crop.flatten().tolist()] for crop in batch],
            },
        }
    )
    + "\n"
)
