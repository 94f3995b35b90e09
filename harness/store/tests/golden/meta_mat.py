#!/usr/bin/env python3
"""Writes meta_compressed.mat, meta_plain.mat and meta.csv: a small meta.mat in the shape of the ImageNet development kit's.

needs: python3 -m pip install scipy
The kit's array has 1860 synsets with these fields; its first 1000 are leaves. Here five are leaves and two inner nodes.
"""
import pathlib

import numpy as np
import scipy.io

HERE = pathlib.Path(__file__).resolve().parent
# (ILSVRC2012_ID, WNID, words, children)
SYNSETS = [
    (1, "n02119789", "kit fox, Vulpes macrotis", []),
    (2, "n02100735", "English setter", []),
    (3, "n01440764", "tench, Tinca tinca", []),
    (4, "n07565083", "menu", []),
    (5, "n02510455", "giant panda", []),
    (6, "n00001740", "entity", [7, 4]),
    (7, "n00015388", "animal, animate being", [1, 2, 3, 5]),
]
FIELDS = ["ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children", "wordnet_height", "num_train_images"]

array = np.empty((len(SYNSETS), 1), dtype=[(name, object) for name in FIELDS])
for row, (number, wnid, words, children) in enumerate(SYNSETS):
    array[row, 0] = (
        np.array([[number]], dtype=np.uint16 if row % 2 else np.float64),
        wnid,
        words,
        "a gloss: é",
        np.array([[len(children)]], dtype=np.uint8),
        np.array([children], dtype=np.uint8),
        np.array([[0]], dtype=np.uint8),
        np.array([[1300]], dtype=np.uint16),
    )
for name, compressed in [("meta_compressed.mat", True), ("meta_plain.mat", False)]:
    scipy.io.savemat(HERE / name, {"other": np.arange(6.0), "synsets": array}, do_compression=compressed)
leaves = sorted(wnid for number, wnid, _, _ in SYNSETS if number <= 5)
with open(HERE / "meta.csv", "w") as out:
    print("id,wnid,class", file=out)
    for number, wnid, _, _ in SYNSETS:
        print(f"{number},{wnid},{leaves.index(wnid) if wnid in leaves else ''}", file=out)
