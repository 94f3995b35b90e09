"""BLEU, ROUGE-L and CIDEr of made-up sentences by pycocoevalcap 1.2, for tests/it/measures.rs.

    python3 -m venv venv && venv/bin/pip install pycocoevalcap==1.2
    venv/bin/python measures.py > measures.json

Sentences are of few words, so that n-grams repeat, and some are empty. They are tokenised already: no Java is needed.
"""

import contextlib
import io
import json
import random

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

WORDS = ["a", "the", "dog", "cat", "runs", "on", "grass", "red", "ball", "with", "1\u00a01/2", "man"]


def sentence(rng, longest):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randrange(longest + 1)))


def measured(images):
    candidates = {number: [image["candidate"]] for number, image in enumerate(images)}
    references = {number: image["references"] for number, image in enumerate(images)}
    with contextlib.redirect_stdout(io.StringIO()):
        bleu, _ = Bleu(4).compute_score(references, candidates)
    rouge, rouges = Rouge().compute_score(references, candidates)
    cider, ciders = Cider().compute_score(references, candidates)
    return {
        "images": images,
        "bleu": [float(one) for one in bleu],
        "rouge": float(rouge),
        "rouges": [float(one) for one in rouges],
        "cider": float(cider),
        "ciders": [float(one) for one in ciders],
    }


def main():
    rng = random.Random(12)
    sets = []
    for count, longest in [(40, 12), (25, 4), (1, 8), (6, 60)]:
        images = []
        for _ in range(count):
            references = [sentence(rng, longest) for _ in range(rng.randrange(1, 7))]
            # Now and then one of the references, or a part of it, is said.
            said = rng.choice(references).split(" ")
            candidate = " ".join(said[: rng.randrange(len(said) + 1)]) if rng.random() < 0.4 else sentence(rng, longest)
            images.append({"candidate": candidate, "references": references})
        sets.append(measured(images))
    print(json.dumps({"sets": sets}, indent=None, separators=(",", ":")))


main()
