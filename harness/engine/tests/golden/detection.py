"""Golden numbers of detection's operators: python3 detection.py > detection.json (torch 2.11.0, torchvision 0.26.0).

RoI pooling and its gradient, and non-maximum suppression, by torchvision.ops; the nearest matrix of a rank by NumPy. Maps are sines that the test makes too: element k is
sin(0.37 k + s), in float64, then rounded to float32.
"""
import json
import math
import random

import numpy as np
import torch
import torchvision

draw = random.Random(15040)
torch.set_num_threads(1)


def wave(shape, s):
    count = math.prod(shape)
    return torch.tensor([math.sin(0.37 * k + s) for k in range(count)], dtype=torch.float64).float().view(shape)


def pooling(bins, scale, regions):
    x = wave((2, 3, 13, 17), 0.2).requires_grad_()
    y = torchvision.ops.roi_pool(x, torch.tensor(regions), (bins, bins), scale)
    (y * wave(y.shape, 0.9)).sum().backward()
    flat = lambda tensor: [round(float(number), 7) for number in tensor.detach().flatten()]
    return {"bins": bins, "scale": scale, "regions": regions, "pooled": flat(y), "gradient": flat(x.grad)}


def region():
    left, top = draw.uniform(-30, 230), draw.uniform(-30, 180)
    return [float(draw.randrange(2)), left, top, left + draw.uniform(0, 160), top + draw.uniform(0, 160)]


fixed = [
    [0.0, 0.0, 0.0, 271.0, 207.0],  # the whole map
    [1.0, 8.0, 24.0, 40.0, 56.0],  # halves, which are rounded away from zero
    [1.0, 100.0, 100.0, 100.0, 100.0],  # one place
    [0.0, 300.0, 10.0, 400.0, 60.0],  # beyond the map
    [0.0, -100.0, -100.0, 60.0, 60.0],
    [0.0, 50.0, 50.0, 20.0, 20.0],  # turned round: one place
]
# Corners as float32, so that both sides round the same numbers.
exact = lambda rows: torch.tensor(rows, dtype=torch.float32).tolist()
cases = [pooling(7, 1 / 16, exact(fixed + [region() for _ in range(6)])), pooling(3, 1 / 8, exact([region() for _ in range(6)]))]

suppressed = []
for overlap in (0.3, 0.5, 0.7):
    corners = [[draw.randrange(80), draw.randrange(80)] for _ in range(60)]
    boxes = [[x, y, x + draw.randrange(1, 50), y + draw.randrange(1, 50)] for x, y in corners]
    scores = [draw.randrange(20) / 20 for _ in boxes]  # with ties
    kept = torchvision.ops.nms(torch.tensor(boxes, dtype=torch.float64), torch.tensor(scores, dtype=torch.float64), overlap)
    suppressed.append({"overlap": overlap, "boxes": boxes, "scores": scores, "kept": kept.tolist()})
weight = wave((6, 9), 0.7).double() ** 3
left, values, right = np.linalg.svd(weight.numpy(), full_matrices=False)
nearest = {str(kept): (left[:, :kept] * values[:kept] @ right[:kept]).round(7).flatten().tolist() for kept in (1, 3, 6)}
print(json.dumps({"pooling": cases, "suppression": suppressed, "nearest": nearest}, separators=(",", ":")))
