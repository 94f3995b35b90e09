"""Makes paired.json: exact McNemar tests and Wilson ends by SciPy, joined by Newcombe's method 10; means by NumPy.

    python results/tests/golden/paired.py

The versions are written into the file. Needs scipy >= 1.7. SciPy has no interval for paired shares, so the formula of
Newcombe (Statistics in Medicine 17, 1998, p. 2639, method 10) stands here a second time, in the paper's own letters.
"""

import json
import math
import pathlib

import numpy
import scipy
from scipy.stats import binomtest, norm


def newcombe(e, f, g, h):
    n = e + f + g + h
    theta = (f - g) / n
    first = binomtest(e + f, n).proportion_ci(0.95, method="wilson")
    second = binomtest(e + g, n).proportion_ci(0.95, method="wilson")
    dl2, du2 = (e + f) / n - first.low, first.high - (e + f) / n
    dl3, du3 = (e + g) / n - second.low, second.high - (e + g) / n
    a = (e + f) * (g + h) * (e + g) * (f + h)
    if a == 0:
        phi = 0.0
    else:
        b = e * h - f * g
        c = b - n / 2 if b > n / 2 else (0 if b >= 0 else b)
        phi = c / math.sqrt(a)
    delta = math.sqrt(max(dl2**2 - 2 * phi * dl2 * du3 + du3**2, 0))
    epsilon = math.sqrt(max(du2**2 - 2 * phi * du2 * dl3 + dl3**2, 0))
    return max(theta - delta, -1.0), min(theta + epsilon, 1.0)


tables = [
    (0, 1, 0, 0), (0, 0, 0, 5), (3, 0, 0, 0), (0, 5, 0, 5), (0, 0, 7, 3), (1, 1, 1, 1), (5, 3, 9, 0), (2, 8, 3, 50),
    (36, 12, 2, 0), (0, 12, 2, 36), (10, 0, 10, 80), (0, 6, 20, 74), (50, 25, 25, 900), (80, 30, 31, 9859),
    (70, 10, 45, 9875), (100, 312, 105, 9483), (50, 5, 1, 9944), (0, 1, 9, 9990), (75, 450, 30, 9445),
    (40, 2000, 12, 7948), (9000, 900, 90, 10), (500, 0, 500, 9000), (1, 9997, 1, 1), (400, 130, 90, 380),
    (800, 1200, 1100, 6900), (20000, 5000, 5300, 69700),
]
rows = []
for counts in tables:
    _, f, g, _ = counts
    p = binomtest(f, f + g).pvalue if f + g else 1.0
    if p > 1e-300:
        rows.append([counts, *newcombe(*counts), p])

generator = numpy.random.default_rng(0)
means = []
for samples in ([1.0, 2.0], [0.5] * 4, generator.normal(225, 100, 50).round(3), generator.normal(1e6, 1, 30).round(4)):
    samples = numpy.asarray(samples, dtype=numpy.float64)
    error = samples.std(ddof=1) / math.sqrt(len(samples))
    z = norm.ppf(0.975)
    value = float(samples.mean())
    means.append([samples.tolist(), value, float(error), value - z * float(error), value + z * float(error)])

out = pathlib.Path(__file__).with_suffix(".json")
body = ",\n".join(json.dumps(row) for row in rows)
mean_body = ",\n".join(json.dumps(row) for row in means)
out.write_text(
    f'{{"scipy": "{scipy.__version__}", "numpy": "{numpy.__version__}",\n"pairs": [\n{body}\n],\n"means": [\n{mean_body}\n]}}\n'
)
