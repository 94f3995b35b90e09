"""Golden numbers of the Parzen-window estimate, in float64 by SciPy: python3 parzen.py > parzen.json (numpy, scipy).

Samples and points are sines, so that the Rust test can make them too. The last point is so far away that a direct sum
of exponentials is 0 and its logarithm minus infinity.
"""
import json

import numpy as np
from scipy.special import logsumexp

D = 784
pixel = lambda row, column: 0.5 + 0.5 * np.sin(0.37 * row * row + 0.011 * (row + 1) * column)
samples = np.array([[pixel(row, column) for column in range(D)] for row in range(40)])
points = np.array([[pixel(row + 0.5, column) for column in range(D)] for row in range(12)])
points[-1] += 30.0

answers = {}
for width in (0.1, 0.2154434690031884, 1.0):
    exponents = -0.5 * (((points[:, None, :] - samples[None]) / width) ** 2).sum(2)
    values = logsumexp(exponents, axis=1) - np.log(len(samples)) - D * np.log(width * np.sqrt(2 * np.pi))
    answers[repr(width)] = values.tolist()
with np.errstate(divide="ignore"):
    direct = np.log(np.exp(exponents).mean(1))
assert np.isinf(direct[-1]), "the last point is meant to underflow"
print(json.dumps(answers, indent=1))
