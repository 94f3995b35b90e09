"""Golden numbers of the attacks: python3 attacks.py > attacks.json (numpy, scipy, torch).

Weights, images and classes are sines, so that the Rust test can make them too. The gradients are PyTorch's in float64;
the minima of c |z - x|^2 + loss(z, l) within the box are SciPy's L-BFGS-B, run to its end in float64.
"""
import json

import numpy as np
import torch
from scipy.optimize import minimize

torch.set_default_dtype(torch.float64)
PIXELS = 784
IMAGES = 6


def wave(count, seed):
    """Numbers from -1 to 1 that look like none in particular."""
    return np.sin(np.arange(count) * (1.7 + 0.13 * seed) + seed)


images = torch.tensor(np.clip(wave(IMAGES * PIXELS, 1) * 0.8 + 0.2, 0, 1).reshape(IMAGES, PIXELS))
classes = torch.arange(IMAGES) % 10
wanted = (classes + 3) % 10


def matrix(outputs, inputs, seed, scale):
    return torch.tensor(wave(outputs * inputs, seed).reshape(outputs, inputs) * scale)


def softmax(x):
    return x @ matrix(10, PIXELS, 2, 0.3).T


def maxout(x):
    for inputs, seed in ((PIXELS, 3), (240, 4)):
        x = (x @ matrix(1200, inputs, seed, 0.05).T).view(len(x), 240, 5).amax(2)
    return x @ matrix(10, 240, 5, 0.05).T


def sigmoids(x):
    for inputs, seed in ((PIXELS, 6), (100, 7)):
        x = torch.sigmoid(x @ matrix(100, inputs, seed, 0.3).T)
    return x @ matrix(10, 100, 8, 0.5).T


def gradient(network):
    x = images.clone().requires_grad_(True)
    torch.nn.functional.cross_entropy(network(x), classes, reduction="sum").backward()
    return {"norms": x.grad.norm(dim=1).tolist(), "first": x.grad[:, :8].flatten().tolist()}


def minima(network, c):
    found = {"c": c, "values": [], "distances": []}
    for image, label in zip(images, wanted):
        def objective(z):
            z = torch.tensor(z).view(1, -1).requires_grad_(True)
            value = c * ((z - image) ** 2).sum() + torch.nn.functional.cross_entropy(network(z), label.view(1))
            value.backward()
            return value.item(), z.grad.flatten().numpy()

        options = {"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-9}
        best = minimize(objective, image.numpy(), jac=True, method="L-BFGS-B", bounds=[(0, 1)] * PIXELS, options=options)
        found["values"].append(best.fun)
        found["distances"].append(float(np.sqrt(((best.x - image.numpy()) ** 2).mean())))
    return found


print(json.dumps({
    "gradients": {"softmax": gradient(softmax), "maxout": gradient(maxout), "fc100-100-10": gradient(sigmoids)},
    "minima": {"softmax": minima(softmax, 0.1), "fc100-100-10": minima(sigmoids, 0.02)},
}, indent=1))
