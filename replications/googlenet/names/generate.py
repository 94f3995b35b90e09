"""Writes bvlc.csv and caffe.csv (our layers have the Caffe model's names) and torchvision.csv."""

import pathlib

MODULES = ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]
BRANCHES = ["1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj"]

layers = ["conv1/7x7_s2", "conv2/3x3_reduce", "conv2/3x3"]
layers += [f"inception_{module}/{branch}" for module in MODULES for branch in BRANCHES]
layers += ["loss3/classifier"]
names = [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]
lines = ["ours,theirs,transform"] + [f"{name},{name}," for name in names]
HERE = pathlib.Path(__file__).parent
(HERE / "bvlc.csv").write_text("\n".join(lines) + "\n")

# The Caffe file itself, whose two auxiliary heads only training needs.
lines = ["ours,theirs,transform"]
lines += [f"{layer}.{part},{layer}/{place}," for layer in layers for place, part in enumerate(("weight", "bias"))]
lines += [f",{head}/{layer}/{place},unused" for head in ("loss1", "loss2") for layer in ("conv", "fc", "classifier") for place in (0, 1)]
(HERE / "caffe.csv").write_text("\n".join(lines) + "\n")

# torchvision: a convolution and its batch norm, and two heads that nobody trained.
BN = ("weight", "bias", "running_mean", "running_var")
OURS = {"branch1": "branch1", "branch2/reduce": "branch2.0", "branch2/3x3": "branch2.1", "branch3/reduce": "branch3.0",
        "branch3/3x3": "branch3.1", "branch4/project": "branch4.1"}
units = {f"conv{number}": f"conv{number}" for number in (1, 2, 3)}
units |= {f"inception{module}/{ours}": f"inception{module}.{theirs}" for module in MODULES for ours, theirs in OURS.items()}
lines = ["ours,theirs,transform"]
for ours, theirs in units.items():
    lines += [f"{ours}.weight,{theirs}.conv.weight,"] + [f"{ours}/bn.{part},{theirs}.bn.{part}," for part in BN]
lines += [f"fc.{part},fc.{part}," for part in BN[:2]]
for head in ("aux1", "aux2"):
    tensors = ["conv.conv.weight"] + [f"conv.bn.{part}" for part in BN]
    tensors += [f"{layer}.{part}" for layer in ("fc1", "fc2") for part in BN[:2]]
    lines += [f",{head}.{tensor},unused" for tensor in tensors]
(HERE / "torchvision.csv").write_text("\n".join(lines) + "\n")
