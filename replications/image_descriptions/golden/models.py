#!/usr/bin/env python3
"""The two models of the paper in PyTorch, written from its equations alone: what they say, their losses and gradients.

usage: models.py > models.json          (PyTorch 2.11.0)

Weights follow a rule: number k of a parameter (last dimension fastest) is scale * sin(0.7 k + length of its name), in
double precision, rounded to single. Features are cos(0.01 k). Everything is computed in double precision, one sentence
and one word after the other.
"""
import json
import math

import torch

torch.set_default_dtype(torch.float64)
WORDS, SCALE, MARGIN = 9, 0.05, 1.0
SENTENCES = [[1, 4, 2], [3], [5, 6, 7, 8, 1]]
REGIONS = 4


def single(value):
    return torch.tensor(value, dtype=torch.float32).item()


def weights(shapes):
    made = {}
    for name, shape in shapes.items():
        count = math.prod(shape)
        numbers = [single(SCALE * math.sin(0.7 * k + len(name))) for k in range(count)]
        made[name] = torch.tensor(numbers).reshape(shape).requires_grad_()
    return made


def features(rows, columns):
    return torch.tensor([single(math.cos(0.01 * k)) for k in range(rows * columns)]).reshape(rows, columns)


def told(loss, parameters):
    loss.backward()
    return {
        "loss": loss.item(),
        "gradients": {
            name: [tensor.grad.sum().item(), tensor.grad.square().sum().item()] for name, tensor in parameters.items()
        },
    }


def alignment():
    p = weights({
        "W_m.weight": (1000, 1024), "W_m.bias": (1000,), "W_w.weight": (WORDS, 300),
        "W_e.weight": (300, 300), "W_e.bias": (300,),
        "h/forwards.weight": (300, 300), "h/forwards.bias": (300,),
        "h/backwards.weight": (300, 300), "h/backwards.bias": (300,),
        "W_d.weight": (1000, 300), "W_d.bias": (1000,),
    })
    images = features(len(SENTENCES) * REGIONS, 1024).reshape(len(SENTENCES), REGIONS, 1024)
    v = images @ p["W_m.weight"].T + p["W_m.bias"]
    scores = torch.zeros(len(SENTENCES), len(SENTENCES))
    rows = []
    for number, sentence in enumerate(SENTENCES):
        e = [torch.relu(p["W_e.weight"] @ p["W_w.weight"][word] + p["W_e.bias"]) for word in sentence]
        forwards, backwards = [], []
        for x in e:
            before = forwards[-1] if forwards else torch.zeros(300)
            forwards.append(torch.relu(x + p["h/forwards.weight"] @ before + p["h/forwards.bias"]))
        for x in reversed(e):
            before = backwards[-1] if backwards else torch.zeros(300)
            backwards.append(torch.relu(x + p["h/backwards.weight"] @ before + p["h/backwards.bias"]))
        s = [torch.relu(p["W_d.weight"] @ (f + b) + p["W_d.bias"]) for f, b in zip(forwards, reversed(backwards))]
        row = [sum(torch.max(v[image] @ word) for word in s) for image in range(len(SENTENCES))]
        rows.append(torch.stack(row))
    scores = torch.stack(rows)
    loss = torch.zeros(())
    for k in range(len(SENTENCES)):
        for other in range(len(SENTENCES)):
            if other != k:
                loss = loss + torch.relu(scores[k, other] - scores[k, k] + MARGIN)
                loss = loss + torch.relu(scores[other, k] - scores[k, k] + MARGIN)
    return {"scores": scores.flatten().tolist(), **told(loss / len(SENTENCES), p)}


def surprise(said, wanted):
    return sum(-torch.log_softmax(row, 0)[word] for row, word in zip(said, wanted))


def rnn():
    p = weights({
        "W_hi.weight": (512, 1024), "W_hi.bias": (512,), "W_w.weight": (WORDS, 300), "W_hx.weight": (512, 300),
        "W_hx.bias": (512,), "W_hh.weight": (512, 512), "W_oh.weight": (WORDS, 512), "W_oh.bias": (WORDS,),
    })
    images = features(len(SENTENCES), 1024)
    loss = torch.zeros(())
    for image, sentence in zip(images, SENTENCES):
        h, said = torch.zeros(512), []
        for step, word in enumerate([0, *sentence]):
            x = p["W_hx.weight"] @ p["W_w.weight"][word] + p["W_hx.bias"]
            if step == 0:
                x = x + p["W_hi.weight"] @ image + p["W_hi.bias"]
            h = torch.relu(x + p["W_hh.weight"] @ h)
            said.append(p["W_oh.weight"] @ h + p["W_oh.bias"])
        loss = loss + surprise(said, [*sentence, 0])
    return told(loss, p)


def lstm():
    p = weights({
        "image.weight": (256, 1024), "image.bias": (256,), "word.weight": (WORDS, 256), "lstm.weight": (1024, 256),
        "lstm.recurrent": (1024, 256), "lstm.bias": (1024,), "out.weight": (WORDS, 256), "out.bias": (WORDS,),
    })
    images = features(len(SENTENCES), 1024)
    loss = torch.zeros(())
    for image, sentence in zip(images, SENTENCES):
        h, c, said = torch.zeros(256), torch.zeros(256), []
        for x in [p["image.weight"] @ image + p["image.bias"], *(p["word.weight"][word] for word in [0, *sentence])]:
            i, f, g, o = (p["lstm.weight"] @ x + p["lstm.recurrent"] @ h + p["lstm.bias"]).chunk(4)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            said.append(p["out.weight"] @ h + p["out.bias"])
        # Nothing is asked where the image is read.
        loss = loss + surprise(said[1:], [*sentence, 0])
    return told(loss, p)


print(json.dumps({"alignment": alignment(), "rnn": rnn(), "lstm": lstm()}, indent=1))
