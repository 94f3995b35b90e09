"""Makes boxes.json: ridge regression by numpy.linalg.solve, targets of boxes, and boxes corrected as R-CNN does.

    python harness/linear/tests/golden/boxes.py

Features are made by a formula (made_up.py); the boxes are written into the file. Whitening is by numpy.linalg.eigh. Needs
numpy; its version is written into the file.
"""

import json
import math
import pathlib

import made_up
import numpy

FLOOR = 0.001


def encode(p, g):
    """Appendix C of arXiv:1311.2524v5, equations 6 to 9: edges left, top, right, bottom."""
    pw, ph, gw, gh = p[2] - p[0], p[3] - p[1], g[2] - g[0], g[3] - g[1]
    px, py, gx, gy = p[0] + pw / 2, p[1] + ph / 2, g[0] + gw / 2, g[1] + gh / 2
    return [(gx - px) / pw, (gy - py) / ph, math.log(gw / pw), math.log(gh / ph)]


def decode(p, t):
    """Equations 1 to 4."""
    pw, ph = p[2] - p[0], p[3] - p[1]
    x, y = pw * t[0] + p[0] + pw / 2, ph * t[1] + p[1] + ph / 2
    w, h = pw * math.exp(t[2]), ph * math.exp(t[3])
    return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]


def ridge(x, y, weight):
    x = numpy.concatenate([x, numpy.ones((len(x), 1))], axis=1)
    return numpy.linalg.solve(x.T @ x + weight * numpy.eye(x.shape[1]), x.T @ y)


def regression(seed, rows, columns, targets, weight):
    x = made_up.features(seed, rows, columns, 0.5).astype(numpy.float64)
    y = made_up.features(seed + 1, rows, targets, 0.25).astype(numpy.float64)
    solved = ridge(x, y, weight)
    return {
        "seed": seed,
        "rows": rows,
        "columns": columns,
        "targets": targets,
        "lambda": weight,
        "weights": solved.T.tolist(),
    }


def correction(rows, columns, weight):
    x = made_up.features(7, rows, columns, 0.0).astype(numpy.float64)
    numbers = made_up.Numbers(9)
    proposals, truths = [], []
    for row in range(rows):
        left, top = 100 + 80 * numbers.next(), 90 + 60 * numbers.next()
        width, height = 60 + 30 * numbers.next(), 50 + 20 * numbers.next()
        proposals.append([left, top, left + width, top + height])
        # What is wrong with a proposal shows in its features, but for some noise.
        t = [0.2 * x[row, 0] + 0.02 * numbers.next(), 0.1 * x[row, 1] - 0.1, 0.15 * x[row, 2] + 0.1 * x[row, 0], 0.05]
        truths.append(decode(proposals[row], t))
    y = numpy.array([encode(p, g) for p, g in zip(proposals, truths)])
    mean = y.mean(axis=0)
    covariance = (y - mean).T @ (y - mean) / rows
    values, vectors = numpy.linalg.eigh(covariance)
    forth = vectors @ numpy.diag(1 / numpy.sqrt(values + FLOOR)) @ vectors.T
    back = vectors @ numpy.diag(numpy.sqrt(values + FLOOR)) @ vectors.T
    solved = ridge(x, (y - mean) @ forth, weight)
    white = x @ solved[:-1] + solved[-1]
    predicted = white @ back + mean
    return {
        "rows": rows,
        "columns": columns,
        "lambda": weight,
        "floor": FLOOR,
        "proposals": proposals,
        "truths": truths,
        "corrected": [decode(p, t) for p, t in zip(proposals, predicted.tolist())],
    }


PAIRS = [
    ([0, 0, 10, 10], [0, 0, 10, 10]),
    ([10, 20, 50, 100], [14, 12, 54, 92]),
    ([100.5, 50.25, 180.5, 90.25], [90, 40, 250, 60]),
    ([-5, -5, 5, 15], [0, 0, 1, 1]),
]
made = {
    "by": f"numpy {numpy.__version__}",
    "targets": [{"proposal": p, "truth": g, "targets": encode(p, g)} for p, g in PAIRS],
    "regressions": [
        regression(11, 120, 17, 3, 0.5),
        regression(21, 200, 150, 4, 1000.0),
        regression(31, 40, 90, 4, 10.0),
        regression(41, 91, 90, 1, 1.0),
    ],
    "corrections": [correction(80, 12, 5.0), correction(20, 30, 1000.0)],
}
path = pathlib.Path(__file__).with_name("boxes.json")
path.write_text(json.dumps(made) + "\n")
