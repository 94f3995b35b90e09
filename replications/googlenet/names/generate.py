"""Writes bvlc.csv: our layers have the Caffe model's names, so every parameter has the tensor of its own name."""

import pathlib

MODULES = ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]
BRANCHES = ["1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj"]

layers = ["conv1/7x7_s2", "conv2/3x3_reduce", "conv2/3x3"]
layers += [f"inception_{module}/{branch}" for module in MODULES for branch in BRANCHES]
layers += ["loss3/classifier"]
names = [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]
lines = ["ours,theirs,transform"] + [f"{name},{name}," for name in names]
(pathlib.Path(__file__).parent / "bvlc.csv").write_text("\n".join(lines) + "\n")
