"""How long liblinear (solver 3) takes through scikit-learn, on the rows that `svm_time.rs` beside this file is given.

    python harness/linear/examples/svm_time.py FILE [ROWS COLUMNS]

Makes the file first: rows of clipped normal numbers, a fifth of them positives and moved a little, in single precision. Then
times `fit`, which copies the rows into liblinear's own form, with the settings and tolerances of `svm_time.rs`. Needs numpy
and scikit-learn.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import sys
import time
import warnings

import numpy
from sklearn.svm import LinearSVC

C, BIAS, WEIGHT = 1e-3, 10.0, 2.0
path = sys.argv[1]
rows, columns = map(int, sys.argv[2:4]) if len(sys.argv) > 3 else (5000, 1024)
random = numpy.random.default_rng(0)
positives = rows // 5
# As features after a rectifier: half of them zero, with a mean norm of 20.
x = numpy.maximum(random.standard_normal((rows, columns)), 0)
x[:positives] += 0.05 * random.random(columns)
x *= 20 / numpy.linalg.norm(x, axis=1).mean()
x = x.astype(numpy.float32)
x.tofile(path)
y = numpy.where(numpy.arange(rows) < positives, 1, -1)
x = x.astype(numpy.float64)
warnings.simplefilter("ignore")


def fit(tolerance, most):
    machine = LinearSVC(
        loss="hinge", dual=True, C=C, intercept_scaling=BIAS, class_weight={1: WEIGHT}, tol=tolerance, max_iter=most
    )
    times = []
    for _ in range(7):
        start = time.perf_counter()
        machine.fit(x, y)
        times.append(time.perf_counter() - start)
    return min(times), machine


for tolerance in (0.1, 0.001):
    seconds, machine = fit(tolerance, 1000)
    w, b = machine.coef_[0], machine.intercept_[0]
    losses = numpy.maximum(0, 1 - y * (x @ w + b)) * numpy.where(y > 0, WEIGHT, 1)
    primal = (w @ w + (b / BIAS) ** 2) / 2 + C * losses.sum()
    once, _ = fit(tolerance, 1)
    print(
        f"tolerance {tolerance}: liblinear {seconds:.3f} s, with one pass only {once:.3f} s, "
        f"{machine.n_iter_} passes, objective {primal:.6f}"
    )
