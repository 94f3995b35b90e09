"""Writes tensors.json: the tensors' names and shapes in the weight files, by network and table of names.

    python tensors.py MIRROR RESNET50_MODEL_JSON        (torch 2.11.0, torchvision 0.26.0, timm 1.0.31, safetensors)

MIRROR holds bvlc_googlenet.safetensors and resnet{20,32,44,56}-*.th; torchvision's and timm's state dicts are built, not fetched.
Caffe's files are in caffe.json (caffe.py).
"""

import glob
import json
import pathlib
import sys

import timm
import torch
from safetensors import safe_open
from torchvision import models

mirror, keras = pathlib.Path(sys.argv[1]), sys.argv[2]
files = {}


def state(tensors):
    return {name: list(tensor.shape) for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")}


with open(keras) as file:
    weights = [weight for group in json.load(file)["weightsManifest"] for weight in group["weights"]]
files["resnet50 names/keras.csv"] = {weight["name"]: weight["shape"] for weight in weights}
with safe_open(mirror / "bvlc_googlenet.safetensors", "pt") as file:
    files["googlenet names/bvlc.csv"] = {name: file.get_slice(name).get_shape() for name in file.keys()}
for depth in (20, 32, 44, 56):
    (path,) = glob.glob(str(mirror / f"resnet{depth}-*.th"))
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    files[f"resnet{depth} names/akamaster-{depth}.csv"] = state(loaded["state_dict"])
with torch.device("meta"):
    files["alexnet-one-tower names/torchvision.csv"] = state(models.alexnet().state_dict())
    for depth in (11, 13, 16, 19):
        files[f"vgg{depth} names/torchvision-{depth}.csv"] = state(getattr(models, f"vgg{depth}")().state_dict())
        files[f"vgg{depth}-bn names/torchvision-{depth}-bn.csv"] = state(getattr(models, f"vgg{depth}_bn")().state_dict())
        for suffix in ("", "_bn"):
            ours = suffix.replace("_", "-")
            built = timm.create_model(f"vgg{depth}{suffix}")
            files[f"vgg{depth}{ours} names/timm-{depth}{ours}.csv"] = state(built.state_dict())
    googlenet = models.googlenet(aux_logits=True, init_weights=False)
    files["googlenet-torchvision names/torchvision.csv"] = state(googlenet.state_dict())
    # timm's ResNets have torchvision's names.
    for depth in (18, 34, 50, 101, 152):
        ours = f"resnet{depth}-v1.5" if depth > 34 else f"resnet{depth}"
        state_dict = timm.create_model(f"resnet{depth}.tv_in1k", pretrained=False).state_dict()
        files[f"{ours} names/torchvision-{depth}.csv timm"] = state(state_dict)
    for depth in (18, 34):
        files[f"resnet{depth} names/torchvision-{depth}.csv"] = state(getattr(models, f"resnet{depth}")().state_dict())
    for depth in (50, 101, 152):
        state_dict = getattr(models, f"resnet{depth}")().state_dict()
        files[f"resnet{depth}-v1.5 names/torchvision-{depth}.csv"] = state(state_dict)
rows = [f"  {json.dumps(key)}: {json.dumps(tensors)}" for key, tensors in files.items()]
(pathlib.Path(__file__).parent / "tensors.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
