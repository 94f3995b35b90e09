"""Writes zoo.json: answers of torchvision's networks that the papers do not have, with weights made by a rule.

The tables of names say which tensor of torchvision's state dict has which of our names, and the rule goes by those: what answers
alike has the right table too. The rule is in rule.py. GoogLeNet's own change of
the input (`transform_input`) is part of its weights' `input` in the spec and left out. Every 20th logit is kept. Python 3.11,
torch 2.11.0, torchvision 0.26.0:

    python harness/engine/tests/golden/zoo.py
"""

import csv
import json
from pathlib import Path

import numpy as np
import torch
from rule import made, rule
from torchvision import models

HERE = Path(__file__).resolve().parent
PAPERS = HERE.parents[3] / "replications"


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
