"""Writes zoo.json: answers of torchvision's networks that the papers do not have, with weights made by a rule.

The tables of names say which tensor of torchvision's state dict has which of our names, and the rule goes by those: what answers
alike has the right table too. The rule and the picture are those of replications/tests/golden/caffe.py. GoogLeNet's own change of
the input (`transform_input`) is part of its weights' `input` in the spec and left out. Every 20th logit is kept. Python 3.11,
torch 2.11.0, torchvision 0.26.0:

    python harness/engine/tests/golden/zoo.py
"""

import csv
import json
import zlib
from pathlib import Path

import numpy as np
import torch
from torchvision import models

HERE = Path(__file__).resolve().parent
PAPERS = HERE.parents[3] / "replications"


def made(count, number, scale):
    """`count` numbers of the `number`-th tensor, even within ±scale: a hash of their places (xxHash's last steps)."""
    places = np.arange(count, dtype=np.uint64) + np.uint64(number * 1_000_003)
    low = np.uint64(0xFFFFFFFF)
    hashed = places & low
    hashed = ((hashed ^ (hashed >> np.uint64(15))) * np.uint64(2246822519)) & low
    hashed = ((hashed ^ (hashed >> np.uint64(13))) * np.uint64(3266489917)) & low
    hashed = hashed ^ (hashed >> np.uint64(16))
    return ((hashed / 2.0**32 * 2.0 - 1.0) * scale).astype(np.float32)


def rule(name, shape):
    """The numbers of one of our parameters; the CRC-32 of its name says which tensor it is."""
    part, count = name.rsplit(".", 1)[1], int(np.prod(shape))
    number = zlib.crc32(name.encode())
    if len(shape) > 1:
        return made(count, number, float(np.sqrt(6.0 / np.prod(shape[1:])))).reshape(shape)
    middle, scale = {"weight": (0.5, 0.25), "running_var": (1.0, 0.5)}.get(part, (0.0, 0.1))
    return (np.float32(middle) + made(count, number, scale)).astype(np.float32)


def answer(network, names):
    state = network.state_dict()
    for row in csv.DictReader((PAPERS / names).open()):
        if row["transform"] != "unused":
            state[row["theirs"]] = torch.from_numpy(rule(row["ours"], tuple(state[row["theirs"]].shape)))
    network.load_state_dict(state)
    picture = torch.from_numpy(made(3 * 224 * 224, 0, 128.0).reshape(1, 3, 224, 224))
    # As wide as PyTorch goes: what is compared with must not be what rounds.
    with torch.inference_mode():
        return network.double().eval()(picture.double())[0]


networks = {f"vgg{depth}-bn": (getattr(models, f"vgg{depth}_bn")(), f"vgg/names/torchvision-{depth}-bn.csv") for depth in (11, 13, 16, 19)}
networks["googlenet-torchvision"] = (models.googlenet(aux_logits=False, init_weights=False), "googlenet/names/torchvision.csv")
rows = []
for name, parts in networks.items():
    logits = answer(*parts)
    print(name, logits.abs().max().item())
    rows.append(f'  "{name}": {json.dumps([round(value, 6) for value in logits[::20].tolist()])}')
(HERE / "zoo.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
