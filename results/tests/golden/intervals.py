"""Makes intervals.json: exact and Wilson intervals and median ranks by SciPy, independently of this project's code.

    python results/tests/golden/intervals.py

The SciPy version is written into the file. Needs scipy >= 1.7.
"""

import json
import pathlib

import scipy
from scipy.stats import binom, binomtest

pairs = set()
for n in (1, 2, 5, 10, 30, 60, 100, 650, 1000, 10_000, 50_000, 100_000, 1_281_167):
    for share in (0.0, 0.001, 0.01, 0.0357, 0.0646, 0.1, 0.25, 0.5, 0.7831, 0.93538, 0.99, 0.9999, 1.0):
        pairs.add((round(n * share), n))
    pairs |= {(1, n), (n - 1, n)}
pairs |= {(509, 650), (608, 650), (518, 650), (617, 650), (50, 60), (56, 60)}

rows = []
for k, n in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
    for confidence in (0.9, 0.95, 0.99):
        test = binomtest(k, n)
        exact = test.proportion_ci(confidence, method="exact")
        wilson = test.proportion_ci(confidence, method="wilson")
        rows.append([k, n, confidence, exact.low, exact.high, wilson.low, wilson.high])

# The rank j (from 1) such that [x_(j), x_(n+1-j)] covers the median with at least the confidence, as large as can be;
# 0 where even the smallest and the largest sample do not.
ranks = []
for n in list(range(1, 80)) + [100, 500, 1000, 5000]:
    for confidence in (0.9, 0.95, 0.99):
        tail = (1 - confidence) / 2
        j = 0
        while binom.cdf(j, n, 0.5) <= tail:
            j += 1
        ranks.append([n, confidence, j])

out = pathlib.Path(__file__).with_suffix(".json")
body = ",\n".join(json.dumps(row) for row in rows)
rank_body = ",\n".join(json.dumps(row) for row in ranks)
out.write_text(
    f'{{"scipy": "{scipy.__version__}",\n"shares": [\n{body}\n],\n"median_ranks": [\n{rank_body}\n]}}\n'
)
