"""Makes svm.json: linear support vector machines by liblinear (solver 3), through scikit-learn.

    python harness/linear/tests/golden/svm.py

Of each problem: the primal objective, computed here from liblinear's weights, the weights' norm, the bias, and the scores of
the first positives and negatives. The features are made by a formula (made_up.py). Needs numpy and scikit-learn; the
versions are written into the file.
"""

import json
import pathlib

import made_up
import numpy
import sklearn
from sklearn.svm import LinearSVC

# Name, positives, negatives, features, shift of the positives in every third feature, C, B, weight of positives.
PROBLEMS = [
    ("separable", 60, 80, 12, 1.5, 1.0, 1.0, 1.0),
    ("not separable", 150, 150, 10, 0.2, 0.1, 1.0, 1.0),
    ("unbalanced", 15, 400, 20, 1.0, 0.5, 10.0, 2.0),
    ("more features than examples", 20, 30, 150, 0.1, 0.02, 10.0, 2.0),
    ("large C", 60, 60, 8, 0.5, 20.0, 1.0, 1.5),
    ("no bias", 50, 50, 9, 0.4, 0.2, 0.0, 3.0),
]


def solve(name, positives, negatives, features, shift, c, bias, weight):
    x = numpy.concatenate(
        [made_up.features(1, positives, features, shift), made_up.features(2, negatives, features, 0.0)]
    ).astype(numpy.float64)
    y = numpy.concatenate([numpy.ones(positives), -numpy.ones(negatives)])
    machine = LinearSVC(
        loss="hinge",
        dual=True,
        C=c,
        fit_intercept=bias > 0,
        intercept_scaling=bias if bias > 0 else 1.0,
        class_weight={1: weight, -1: 1.0},
        tol=1e-9,
        max_iter=20_000_000,
        random_state=0,
    ).fit(x, y)
    w, b = machine.coef_[0], float(machine.intercept_[0]) if bias > 0 else 0.0
    scores = x @ w + b
    losses = numpy.maximum(0, 1 - y * scores) * numpy.where(y > 0, weight, 1.0)
    slope = b / bias if bias > 0 else 0.0
    primal = (w @ w + slope**2) / 2 + c * losses.sum()
    return {
        "name": name,
        "positives": positives,
        "negatives": negatives,
        "features": features,
        "shift": shift,
        "c": c,
        "bias_value": bias,
        "positive_weight": weight,
        "primal": primal,
        "norm": float(numpy.linalg.norm(w)),
        "bias": b,
        "wrong": int((scores * y <= 0).sum()),
        "first_scores": [scores[:5].tolist(), scores[positives : positives + 5].tolist()],
    }


made = {
    "by": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
    "problems": [solve(*problem) for problem in PROBLEMS],
}
path = pathlib.Path(__file__).with_name("svm.json")
path.write_text(json.dumps(made, indent=1) + "\n")
for problem in made["problems"]:
    print(problem["name"], problem["primal"], problem["norm"], problem["bias"], problem["wrong"], "wrong")
