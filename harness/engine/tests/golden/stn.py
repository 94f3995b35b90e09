"""Writes stn.json: what a spatial transformer must compute, by implementations that are not this project's.

Affine: PyTorch's affine_grid and grid_sample, forward and backward. Projective and thin-plate spline: NumPy in float64,
bilinear sampling included, forward only; the tests check their gradients by central differences. Python 3.11,
torch 2.11.0, numpy 2:

    python harness/runner/tests/golden/stn.py
"""
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

COUNT, CHANNELS, HEIGHT, WIDTH = 2, 2, 7, 9
OUT = (5, 6)
SIDE = 4


def places(height, width):
    """(x, y) of each output place, row by row, from -1 to 1."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([x.ravel(), y.ravel()], 1)


def projective(theta):
    matrix = np.append(theta, 1.0).reshape(3, 3)
    x, y, depth = matrix @ np.concatenate([places(*OUT), np.ones((OUT[0] * OUT[1], 1))], 1).T
    return np.stack([x / depth, y / depth], 1)


def kernel(a, b):
    """r^2 ln r for each pair, 0 where they meet. The project has r^2 ln r^2: the factor cancels."""
    r = np.linalg.norm(a[:, None] - b[None], axis=2)
    return np.where(r > 0, r**2 * np.log(np.where(r > 0, r, 1.0)), 0.0)


def spline(theta):
    points, values = places(SIDE, SIDE), theta.reshape(2, -1).T
    ones = np.concatenate([np.ones((len(points), 1)), points], 1)
    system = np.block([[kernel(points, points), ones], [ones.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.concatenate([values, np.zeros((3, 2))]))
    where = places(*OUT)
    return kernel(where, points) @ weights[:-3] + np.concatenate([np.ones((len(where), 1)), where], 1) @ weights[-3:]


def sample(image, grid):
    """Bilinear, corners of the grid at the centres of the border pixels, zero outside."""
    result = np.zeros((image.shape[0], len(grid)))
    for index, (x, y) in enumerate(grid):
        x, y = (x + 1) / 2 * (image.shape[2] - 1), (y + 1) / 2 * (image.shape[1] - 1)
        for row in (int(np.floor(y)), int(np.floor(y)) + 1):
            for column in (int(np.floor(x)), int(np.floor(x)) + 1):
                if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]:
                    result[:, index] += image[:, row, column] * (1 - abs(y - row)) * (1 - abs(x - column))
    return result


def numbers(array):
    return [float(value) for value in np.asarray(array).ravel()]


def main():
    random = np.random.default_rng(7)
    image = random.random((COUNT, CHANNELS, HEIGHT, WIDTH))
    weight = random.standard_normal((COUNT, CHANNELS, *OUT))
    affine = np.array([1, 0, 0, 0, 1, 0]) + 0.3 * random.standard_normal((COUNT, 6))
    flat = np.array([1, 0, 0, 0, 1, 0, 0, 0]) + 0.15 * random.standard_normal((COUNT, 8))
    points = places(SIDE, SIDE).T.ravel() + 0.15 * random.standard_normal((COUNT, 2 * SIDE * SIDE))

    x, theta = (torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in (image, affine))
    grid = F.affine_grid(theta.view(-1, 2, 3), [COUNT, CHANNELS, *OUT], align_corners=True)
    seen = F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=True)
    (seen * torch.tensor(weight)).sum().backward()
    cases = {
        "affine": {
            "theta": numbers(affine),
            "grid": numbers(grid.detach()),
            "output": numbers(seen.detach()),
            "gradient_to_map": numbers(x.grad),
            "gradient_to_theta": numbers(theta.grad),
        }
    }
    for name, theta, rule in [("projective", flat, projective), ("thin-plate-spline", points, spline)]:
        grids = [rule(row) for row in theta]
        cases[name] = {
            "theta": numbers(theta),
            "grid": numbers(grids),
            "output": numbers([sample(*pair) for pair in zip(image, grids)]),
        }
    golden = {
        "map_size": [COUNT, CHANNELS, HEIGHT, WIDTH],
        "output_size": list(OUT),
        "map": numbers(image),
        "weight": numbers(weight),
        "cases": cases,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
