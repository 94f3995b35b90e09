#!/usr/bin/env python3
"""How long a training step of the models that align and write takes in PyTorch eager, in turn with the same step here.

usage: sequence_time.py EXAMPLE [THREADS]     (PyTorch 2.11.0)

EXAMPLE is the built program of replications/training/examples/sequence_time.rs. Each model is written as one would in
PyTorch: sentences padded and their steps in a loop, or libtorch's own fused layers over packed sequences where they do
the same; the faster way counts.
"""
import statistics
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

BATCH, REGIONS, WORDS, STEPS = 100, 20, 2538, 20


def sentences():
    word = lambda place: 1 + place * 7919 % (WORDS - 1)
    return [torch.tensor([word(31 * own + place) for place in range(5 + own * 7 % 14)]) for own in range(BATCH)]


class Align(nn.Module):
    def __init__(self):
        super().__init__()
        self.regions, self.words = nn.Linear(4096, 1000), nn.Embedding(WORDS, 300)
        self.into, self.out = nn.Linear(300, 300), nn.Linear(300, 1000)
        self.forwards, self.backwards = nn.Linear(300, 300), nn.Linear(300, 300)
        self.drop = nn.Dropout(0.5)

    def forward(self, images, words, lengths):
        v = self.regions(self.drop(images))
        e = torch.relu(self.into(self.drop(self.words(words))))
        mask = torch.arange(words.shape[1])[None] < lengths[:, None]
        h = torch.zeros(len(words), 300)
        ahead, back = [], []
        for step in range(words.shape[1]):
            h = torch.relu(e[:, step] + self.forwards(h))
            ahead.append(h)
        h = torch.zeros(len(words), 300)
        for step in reversed(range(words.shape[1])):
            h = torch.relu(e[:, step] + self.backwards(h)) * mask[:, step, None]
            back.append(h)
        both = torch.stack(ahead, 1) + torch.stack(back[::-1], 1)
        s = torch.relu(self.out(self.drop(both[mask])))
        whose = torch.arange(len(words))[:, None].expand_as(mask)[mask]
        best = (s @ v.T).view(len(s), BATCH, REGIONS).amax(2)
        scores = torch.zeros(BATCH, BATCH).index_add(0, whose, best)
        own = scores.diagonal()
        lacks = torch.relu(scores - own[:, None] + 1) + torch.relu(scores - own[None] + 1)
        return (lacks * (1 - torch.eye(BATCH))).sum() / BATCH


class Rnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.words, self.into = nn.Linear(4096, 512), nn.Embedding(WORDS, 300), nn.Linear(300, 512)
        self.across, self.out, self.drop = nn.Linear(512, 512, bias=False), nn.Linear(512, WORDS), nn.Dropout(0.5)

    def forward(self, images, words, wanted):
        x = self.into(self.drop(self.words(words)))
        h = torch.relu(x[:, 0] + self.drop(self.image(images)))
        states = [h]
        for step in range(1, words.shape[1]):
            h = torch.relu(x[:, step] + self.across(h))
            states.append(h)
        said = self.out(self.drop(torch.stack(states, 1)[wanted >= 0]))
        return F.cross_entropy(said, wanted[wanted >= 0], reduction="sum") / BATCH


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.words = nn.Linear(4096, 256), nn.Embedding(WORDS, 256)
        self.lstm, self.out, self.drop = nn.LSTM(256, 256, batch_first=True), nn.Linear(256, WORDS), nn.Dropout(0.5)

    def forward(self, images, words, wanted, lengths):
        x = self.drop(torch.cat([self.image(images)[:, None], self.words(words)], 1))
        packed = pack_padded_sequence(x, lengths + 1, batch_first=True, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        said = self.out(self.drop(h[:, 1:][wanted >= 0]))
        return F.cross_entropy(said, wanted[wanted >= 0], reduction="sum") / BATCH


def timed(model, inputs, optimiser):
    times = []
    for number in range(3 + STEPS):
        start = time.perf_counter()
        optimiser.zero_grad()
        model(*inputs).backward()
        nn.utils.clip_grad_value_(model.parameters(), 5)
        optimiser.step()
        if number >= 3:
            times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def main():
    example, threads = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    all_words = sentences()
    lengths = torch.tensor([len(own) for own in all_words])
    padded = pad_sequence(all_words, batch_first=True)
    read = pad_sequence([torch.cat([torch.tensor([0]), own]) for own in all_words], batch_first=True)
    ends = [torch.cat([own, torch.tensor([0])]) for own in all_words]
    wanted = pad_sequence(ends, batch_first=True, padding_value=-100)
    regions, images = torch.rand(BATCH * REGIONS, 4096), torch.rand(BATCH, 4096)
    for turn in range(3):
        ours = dict(line.split() for line in subprocess.check_output([example, str(threads)], text=True).splitlines())
        for name, model, inputs in (
            ("align", Align(), (regions, padded, lengths)),
            ("rnn", Rnn(), (images, read, wanted)),
            ("lstm", Lstm(), (images, read, wanted, lengths + 1)),
        ):
            parameters = model.parameters()
            sgd = torch.optim.SGD(parameters, 1e-4, 0.9, weight_decay=1e-4)
            optimiser = sgd if name == "align" else torch.optim.RMSprop(model.parameters(), 1e-3, 0.999)
            theirs, own = timed(model, inputs, optimiser), float(ours[name])
            print(f"turn {turn + 1}, {name}: PyTorch {theirs:.1f} ms, here {own:.1f} ms, ratio {theirs / own:.2f}", flush=True)


main()
