"""Golden numbers of localisation: python3 localisation.py > localisation.json (torch, torchvision).

The rule that counts an image as right, the greedy merging of boxes, the training of a box regression head, a head slid
over a larger map, and boxes in views. The head's parameters and inputs are sines, so that the Rust test can make them
too: element k of a tensor is sin(0.37 k + s) a, in float64, then rounded to float32. Overlaps are exact fractions.
"""
import functools
import json
import math
import random
from fractions import Fraction

import torch
import torchvision

torch.set_num_threads(1)
draw = random.Random(14096)


def exact(box):
    """A box's numbers as the fractions that their decimals say."""
    return tuple(Fraction(str(x)) for x in box)


@functools.lru_cache(maxsize=None)
def overlap(a, b):
    """Intersection over union, by cutting the plane along all edges and adding up the cells."""
    xs, ys = sorted({a[0], a[2], b[0], b[2]}), sorted({a[1], a[3], b[1], b[3]})
    both = either = Fraction(0)
    for left, right in zip(xs, xs[1:]):
        for top, bottom in zip(ys, ys[1:]):
            held = [c[0] <= left and right <= c[2] and c[1] <= top and bottom <= c[3] for c in (a, b)]
            cell = (right - left) * (bottom - top)
            both += cell * all(held)
            either += cell * any(held)
    return both / either if either else Fraction(0)


def random_box(width, height, least, most, decimals):
    w, h = draw.uniform(least, most), draw.uniform(least, most)
    left, top = draw.uniform(0, width - w), draw.uniform(0, height - h)
    return rounded((left, top, left + w, top + h), decimals)


def rounded(box, decimals):
    return [round(x, decimals) if decimals else round(x) for x in box]


def shaken(box, share, decimals):
    """The box with each edge moved by up to a share of its side."""
    w, h = box[2] - box[0], box[3] - box[1]
    return rounded([x + draw.uniform(-share, share) * (w, h)[i % 2] for i, x in enumerate(box)], decimals)


# 1. The rule.

def made_images():
    guess = lambda c, *box: {"class": c, "box": list(box)}
    images = [
        # The overlap is one half to the digit, and then just above it.
        (3, [[10, 20, 110, 120]], [guess(3, 10, 20, 110, 70), guess(3, 10, 20, 60, 120)]),
        (3, [[10, 20, 110, 120]], [guess(3, 10, 20, 110, 71)]),
        # Right by the fifth guess alone; with the right box and a wrong class; without guesses.
        (7, [[40, 30, 240, 180], [300, 10, 390, 95]], [
            guess(8, 40, 30, 240, 180), guess(7, 0, 0, 60, 60), guess(1, 300, 10, 390, 95),
            guess(7, 200, 100, 400, 300), guess(7, 295, 12, 385, 99)]),
        (12, [[50.5, 60.5, 150.5, 200]], [guess(11, 50.5, 60.5, 150.5, 200), guess(12, 300, 250, 350, 300)]),
        (0, [[1, 2, 30, 40]], []),
        (0, [[1.5, 2.5, 30.5, 40]], []),
        # Boxes that touch along an edge and at a corner; guesses without area, outside, inside and on an edge.
        (5, [[100, 100, 200, 200]], [guess(5, 200, 100, 300, 200), guess(5, 0, 0, 100, 100)]),
        (19, [[100, 100, 200, 200]], [
            guess(19, 20, 20, 20, 20), guess(19, 150, 100, 150, 200), guess(19, 100, 100, 200, 100)]),
        # Boxes that overlap in one direction only.
        (6, [[10.2, 10.4, 60.6, 50.8]], [guess(6, 70.2, 10.4, 120.6, 50.8), guess(6, 10.2, 60.4, 60.6, 90.8)]),
        # One guess within the other's true box, and the same guess twice.
        (2, [[0, 0, 300.5, 300], [20.5, 20, 60, 80]], [guess(2, 22, 21, 59, 79.5), guess(2, 22, 21, 59, 79.5)]),
    ]
    while len(images) < 60:
        decimals = len(images) % 2
        kind = draw.randrange(20)
        boxes = [random_box(500, 375, 30, 250, decimals) for _ in range(draw.choice((1, 1, 2, 3)))]
        guesses = []
        for _ in range(draw.randrange(6)):
            share = draw.choice((0.05, 0.2, 0.3, 0.5))
            near = draw.random() < 0.7
            box = shaken(draw.choice(boxes), share, decimals) if near else random_box(500, 375, 30, 250, decimals)
            if box[0] <= box[2] and box[1] <= box[3]:
                guesses.append(guess(kind if draw.random() < 0.5 else draw.randrange(20), *box))
        images.append((kind, boxes, guesses))
    return images


def rule():
    images = []
    for number, (kind, boxes, guesses) in enumerate(made_images()):
        best = Fraction(0)
        for guess in guesses[:5]:
            shares = [overlap(exact(guess["box"]), exact(box)) for box in boxes]
            tensors = [torch.tensor(x, dtype=torch.float64) for x in ([guess["box"]], boxes)]
            assert torch.allclose(torchvision.ops.box_iou(*tensors)[0], torch.tensor(list(map(float, shares))).double())
            if guess["class"] == kind:
                best = max([best] + shares)
        assert number == 0 or abs(best - Fraction(1, 2)) > 1e-4, "only one image is meant to be at the limit"
        right = best > Fraction(1, 2)
        images.append({"class": kind, "boxes": boxes, "guesses": guesses, "right": right, "overlap": best})
    wrong = sum(not image["right"] for image in images)
    assert images[0]["overlap"] == Fraction(1, 2)
    assert [image["right"] for image in images[:4]] == [False, True, True, False]
    return {"images": images, "error_percent": Fraction(100 * wrong, len(images)),
            "mean_overlap": sum(image["overlap"] for image in images) / len(images)}


# 2. Merging.

def distance(a, b, side):
    apart = [(a[i] + a[i + 2] - b[i] - b[i + 2]) / 2 for i in (0, 1)]
    return math.sqrt(apart[0] ** 2 + apart[1] ** 2) / side - float(overlap(a, b))


def merged(side, below, boxes, scores):
    left = [(exact(box), Fraction(str(score))) for box, score in zip(boxes, scores)]
    while len(left) > 1:
        pairs = sorted((distance(left[i][0], left[j][0], side), i, j) for j in range(len(left)) for i in range(j))
        least, i, j = pairs[0]
        assert all(d == least or d > least + 1e-6 for d, *_ in pairs), "a tie is meant to be one to the last bit"
        assert least == below or abs(least - below) > 1e-6, "so is a pair at the limit"
        if least > below:
            break
        (a, first), (b, second) = left[i], left[j]
        left[i] = tuple((x + y) / 2 for x, y in zip(a, b)), first + second
        del left[j]
    totals = [score for _, score in left]
    return {"side": side, "below": below, "boxes": boxes, "scores": scores,
            "merged": [{"box": box, "score": score} for box, score in left],
            "best": totals.index(max(totals)) if totals else None}


def merging():
    def cluster(count, side, share, around=None):
        around = around or random_box(500, 375, 80, 200, 1)
        return [shaken(around, share, 1) for _ in range(count)]

    def scored(boxes):
        return boxes, [round(draw.uniform(0.01, 1), 3) for _ in boxes]

    def mixed(*parts):
        boxes = [box for part in parts for box in part]
        draw.shuffle(boxes)
        return boxes

    scattered = lambda count: [random_box(500, 375, 40, 220, 1) for _ in range(count)]
    square = lambda left, top, side: [left, top, left + side, top + side]
    grid = [square(32 * column, 32 * row, 64) for row in range(4) for column in range(4)]
    five = mixed(cluster(3, 224, 0.1), scattered(2))
    sixteen = mixed(cluster(6, 224, 0.1), cluster(5, 224, 0.15), scattered(5))
    forty = mixed(cluster(12, 224, 0.08), cluster(9, 224, 0.15), cluster(7, 224, 0.2), scattered(12))
    cases = [(224, 0, [], []), (224, 0, [[12.5, 20.0, 100.5, 90.0]], [0.75])]
    # Two boxes with one centre whose overlap is one half: at the limit they still merge.
    cases += [(64, -0.5, [[0, 0, 64, 64], [16, 0, 48, 64]], [0.25, 0.5])]
    # Two that touch, and lie half a side apart: at one limit they merge, below it not; equal scores, the first is best.
    cases += [(64, t, [square(0, 0, 32), square(32, 0, 32)], [0.5, 0.5]) for t in (0.5, 0.3)]
    # Identical boxes among others, with equal sums of scores in the end.
    cases += [(128, -0.5, [square(300 * (k % 2), 8 * (k % 2), 128 >> k % 2) for k in range(5)],
               [0.25, 0.375, 0.125, 0.5, 0.5])]
    # Ties: squares in a row and on a grid, in order and not.
    cases += [(128, 0, [square(32 * k, 0, 64) for k in (3, 0, 4, 1, 2)], [0.25, 0.5, 0.125, 0.5, 0.25])]
    # Boxes 0 and 3 are as near as 1 and 2, and whichever pair is merged then takes in another of the four.
    cases += [(128, -0.0625, [square(0, 0, 64), [16, 24, 80, 40], [48, 24, 112, 40], square(32, 0, 64)],
               [0.5, 0.25, 0.875, 0.125])]
    cases += [(128, 0.3, grid, [(k * 5 % 16 + 1) / 16 for k in range(16)])]
    cases += [(224, t, *scored(five)) for t in (-0.5, 0.3)]
    cases += [(224, t, *scored(sixteen)) for t in (-0.5, 0, 0.3)]
    cases += [(256, t, *scored(forty)) for t in (-0.5, 0, 0.3)]
    return [merged(*case) for case in cases]


# 3 and 4. The head.

WAVES = {
    "conv.weight": (0.3, 0.3), "conv.bias": (1.1, 0.1), "fc.weight": (4.4, 0.15), "fc.bias": (1.2, 0.2),
    "box.weight": (1.9, 0.3), "box.bias": (0.5, 0.3), "x": (0.2, 1.0), "map": (2.6, 1.0),
}
OUTPUTS = {"single": 4, "per_class": 12}
TARGETS = [[0.52, 0.47, 0.61, 0.7], [0.35, 0.58, 0.33, 0.42], [0.66, 0.4, 0.55, 0.81],
           [0.48, 0.73, 0.9, 0.29], [0.27, 0.31, 0.24, 0.57]]
CLASSES = [1, 0, 2, 2, 1]
RATES, MOMENTUM, DECAY = (0.01, 0.01, 0.001), 0.9, 5e-4


def wave(name, *shape):
    s, a = WAVES[name]
    values = [math.sin(0.37 * k + s) * a for k in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).float().view(shape)


def parameters(outputs, dtype=torch.float32):
    shapes = {"conv.weight": (4, 6, 1, 1), "conv.bias": (4,), "fc.weight": (10, 196), "fc.bias": (10,),
              "box.weight": (outputs, 10), "box.bias": (outputs,)}
    return {name: wave(name, *shape).to(dtype).requires_grad_(True) for name, shape in shapes.items()}


def head(p, x):
    maps = torch.nn.functional.conv2d(x, p["conv.weight"], p["conv.bias"])
    units = torch.nn.functional.linear(maps.relu().flatten(1), p["fc.weight"], p["fc.bias"])
    for values in (maps, units):
        assert 0.35 < (values > 0).float().mean() < 0.65, "about half of the units are meant to be alive"
        assert values.abs().min() > 1e-5, "none is meant to be at its threshold"
    return torch.nn.functional.linear(units.relu(), p["box.weight"], p["box.bias"])


def loss(p, x):
    out, targets = head(p, x), torch.tensor(TARGETS, dtype=x.dtype)
    if out.shape[1] > 4:
        out = torch.stack([row[4 * c:4 * c + 4] for row, c in zip(out, CLASSES)])
    return ((out - targets) ** 2).sum() / (2 * len(x))


def trained(outputs, dtype, steps=3):
    p, x, losses = parameters(outputs, dtype), wave("x", 5, 6, 7, 7).to(dtype), []
    speeds = {name: torch.zeros_like(value) for name, value in p.items()}
    for rate in RATES[:steps]:
        value = loss(p, x)
        losses.append(value.item())
        slopes = torch.autograd.grad(value, list(p.values()))
        with torch.no_grad():
            for (name, weight), slope in zip(p.items(), slopes):
                speeds[name] = MOMENTUM * speeds[name] - rate * (slope + DECAY * weight)
                weight += speeds[name]
    return p, losses, head(p, x).detach()


def training():
    answers = {"waves": {name: {"s": s, "a": a} for name, (s, a) in WAVES.items() if name != "map"}, "targets": TARGETS,
               "classes": CLASSES, "rates": RATES, "momentum": MOMENTUM, "decay": DECAY}
    for name, outputs in OUTPUTS.items():
        # PyTorch's own optimiser has another momentum once the rate changes, and the same until then.
        p, x = parameters(outputs), wave("x", 5, 6, 7, 7)
        sgd = torch.optim.SGD(p.values(), lr=RATES[0], momentum=MOMENTUM, weight_decay=DECAY)
        for _ in range(2):
            sgd.zero_grad()
            loss(p, x).backward()
            sgd.step()
        for weight, by_hand in zip(p.values(), trained(outputs, torch.float32, 2)[0].values()):
            assert torch.allclose(weight, by_hand, rtol=1e-5, atol=1e-7)
        p, losses, predictions = trained(outputs, torch.float32)
        finer, finer_losses, finer_predictions = trained(outputs, torch.float64)
        assert torch.allclose(torch.tensor(losses), torch.tensor(finer_losses), rtol=1e-5)
        assert torch.allclose(predictions.double(), finer_predictions, rtol=1e-5, atol=1e-6)
        assert losses[0] > losses[1] > losses[2]
        sums = {key: {"sum": value.double().sum().item(), "squares": (value.double() ** 2).sum().item()}
                for key, value in p.items()}
        answers[name] = {"losses": losses, "predictions": predictions.tolist(), "sums": sums}
    return answers


def dense():
    p, x = parameters(4), wave("map", 1, 6, 9, 11)
    rows = [[x[:, :, i:i + 7, j:j + 7] for j in range(5)] for i in range(3)]
    with torch.no_grad():
        windows = head(p, torch.cat([window for row in rows for window in row])).view(3, 5, 4)
        maps = torch.nn.functional.conv2d(x, p["conv.weight"], p["conv.bias"]).relu()
        units = torch.nn.functional.conv2d(maps, p["fc.weight"].view(10, 4, 7, 7), p["fc.bias"]).relu()
        slid = torch.nn.functional.conv2d(units, p["box.weight"].view(4, 10, 1, 1), p["box.bias"])
    assert torch.allclose(windows, slid[0].permute(1, 2, 0), rtol=1e-5, atol=1e-6)
    return {"map": dict(zip("sa", WAVES["map"])), "outputs": windows.tolist()}


# 5. Boxes in views.

def view(size, short, window, mirrored, box):
    scaled = [short if x == min(size) else short * x // min(size) for x in size]
    left, top, width, height = window
    assert 0 <= left and 0 <= top and left + width <= scaled[0] and top + height <= scaled[1]
    corners = [x * Fraction(scaled[i % 2], size[i % 2]) - (left, top)[i % 2] for i, x in enumerate(exact(box))]
    if mirrored:
        corners[0], corners[2] = width - corners[2], width - corners[0]
    target = [(corners[0] + corners[2]) / 2 / width, (corners[1] + corners[3]) / 2 / height,
              (corners[2] - corners[0]) / width, (corners[3] - corners[1]) / height]
    return {"size": size, "short": short, "scaled": scaled, "window": window, "mirrored": mirrored, "box": box,
            "target": target}


def views():
    return [
        view([500, 375], 256, [60, 16, 224, 224], False, [120, 80, 380, 300]),
        view([500, 375], 256, [60, 16, 224, 224], True, [120, 80, 380, 300]),
        view([375, 500], 256, [0, 117, 224, 224], False, [33.5, 210.5, 300, 470]),
        view([375, 500], 256, [32, 0, 224, 224], True, [33.5, 210.5, 300, 470]),
        # The scale is not a float64: 256 / 49 times 49 would be less than 256, and 224 / 220 times 660 less than 672.
        view([49, 49], 256, [7, 29, 224, 224], True, [0, 0, 49, 49]),
        view([220, 660], 224, [0, 448, 224, 224], False, [20, 400, 200, 640]),
        # Larger pictures, a box that is partly outside the window, and one that is wholly outside it.
        view([640, 427], 384, [0, 0, 224, 224], False, [200.2, 101.7, 600.9, 420.3]),
        view([640, 427], 384, [351, 160, 224, 224], True, [10, 15, 90.5, 77]),
        view([333, 1001], 512, [200, 1300, 224, 224], True, [50, 640, 310, 990]),
        # Smaller pictures are enlarged; a window that is no square; the whole picture as the window.
        view([120, 91], 256, [100, 20, 200, 230], True, [30.5, 10.25, 110, 85.75]),
        view([800, 600], 224, [0, 0, 298, 224], False, [0, 0, 800, 600]),
        view([601, 800], 224, [0, 0, 224, 298], True, [150, 100, 151, 101]),
    ]


def plain(x):
    """The answers with their numbers rounded to nine digits."""
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(value) for value in x]
    return float(f"{float(x):.9g}") if isinstance(x, (float, Fraction)) else x


answers = {"error": rule(), "merging": merging(), "training": training(), "dense": dense(), "views": views()}
print(json.dumps(plain(answers), sort_keys=True, separators=(",", ":")))
