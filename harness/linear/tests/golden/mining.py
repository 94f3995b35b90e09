"""Makes mining.json: hard negatives mined by the rules of R-CNN's code, every machine trained by liblinear through scikit-learn.

    python harness/linear/tests/golden/mining.py

The rules are written here from `rcnn_train.m` (rbgirshick/rcnn, read at 0262362), in the order in which it goes about them; the
settings, small ones, are written into the file. Features are made by a formula (made_up.py). Needs numpy and scikit-learn.
"""

import json
import pathlib

import made_up
import numpy
import sklearn
from sklearn.svm import LinearSVC

IMAGES, ROWS, COLUMNS, CLASSES, POSITIVES = 40, 50, 12, 3, 30
C, WEIGHT, BIAS = 0.02, 2.0, 3.0
HARD, RETRAIN, EVICT = -1.0001, 100, -1.2


def image(number):
    return made_up.features(1000 + number, ROWS, COLUMNS, 0.0).astype(numpy.float64)


def is_negative(row, which):
    return row % 7 != which


def train(positives, negatives):
    x = numpy.concatenate([positives, negatives])
    y = numpy.concatenate([numpy.ones(len(positives)), -numpy.ones(len(negatives))])
    machine = LinearSVC(
        loss="hinge",
        dual=True,
        C=C,
        intercept_scaling=BIAS,
        class_weight={1: WEIGHT},
        tol=1e-9,
        max_iter=20_000_000,
        random_state=0,
    ).fit(x, y)
    w, b = machine.coef_[0], float(machine.intercept_[0])
    losses = numpy.maximum(0, 1 - y * (x @ w + b)) * numpy.where(y > 0, WEIGHT, 1)
    return w, b, float((w @ w + (b / BIAS) ** 2) / 2 + C * losses.sum())


def mine(which):
    positives = made_up.features(90 + which, POSITIVES, COLUMNS, numpy.float32([0.8, 1.1, 1.4][which]))
    cache, keys, added, rounds = numpy.empty((0, COLUMNS)), [], 0, []
    w, b = None, None
    for number in range(IMAGES):
        x = image(number)
        new = [
            row
            for row in range(ROWS)
            if is_negative(row, which) and (number == 0 or x[row] @ w + b > HARD)
        ]
        cache = numpy.concatenate([cache, x[new]])
        keys += [[number, row] for row in new]
        added += len(new)
        if number == 0 or added > RETRAIN or number == IMAGES - 1:
            w, b, objective = train(positives, cache)
            easy = cache @ w + b < EVICT
            rounds.append(
                {
                    "image": number,
                    "negatives": len(cache),
                    "added": added,
                    "dropped": int(easy.sum()),
                    "primal": objective,
                }
            )
            cache, keys, added = cache[~easy], [key for key, is_easy in zip(keys, easy) if not is_easy], 0
    return {"rounds": rounds, "weights": w.tolist(), "bias": b, "negatives": keys}


made = {
    "by": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
    "images": IMAGES,
    "rows": ROWS,
    "columns": COLUMNS,
    "positives": POSITIVES,
    "c": C,
    "positive_weight": WEIGHT,
    "bias_value": BIAS,
    "hard": HARD,
    "retrain": RETRAIN,
    "evict": EVICT,
    "classes": [mine(which) for which in range(CLASSES)],
}
path = pathlib.Path(__file__).with_name("mining.json")
path.write_text(json.dumps(made) + "\n")
for one in made["classes"]:
    print(len(one["negatives"]), "left;", [(r["image"], r["negatives"], r["dropped"]) for r in one["rounds"]])
