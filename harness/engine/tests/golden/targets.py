"""Writes targets.json: what anchors and regions are to learn, and which regions are proposed, by NumPy from the authors' rules.

Written from rbgirshick/py-faster-rcnn: lib/rpn/generate_anchors.py, anchor_target_layer.py, proposal_layer.py and
proposal_target_layer.py, lib/fast_rcnn/bbox_transform.py and config.py, experiments/cfgs/faster_rcnn_end2end.yml. All in float64.

Boxes in targets.json are by their edges: the last pixel, counted from 0, plus 1. The authors' are by first and last pixels, and
whatever they measure is of `last - first + 1` pixels, which is the same. In one thing this departs from them, by one pixel: their
bbox_transform_inv gives `centre + width / 2`, the right edge, which they go on with as if it were the last pixel, so that their
proposals reach one pixel further right and down (clip_boxes, with `width - 1`, takes that back at the border only). Here it is
an edge and stays one; clipping is to 0 and the image's width or height; sides, of overlaps too, are right minus left.

Anchors are counted row by row, place by place, the nine of a place last; a map's numbers are in the order of its channels, rows
and columns. Channels a and 9 + a of the scores are background and object of anchor a, 4a to 4a + 3 of the boxes its four numbers.

`labels`: one letter for each anchor before any is drawn: 1 object, 0 background, `.` neither (overlaps from .3 to .7), `x` across
the border; the last two are -1 to the authors. Best of a truth are all that tie. `objects`: anchor, the truth that it overlaps
most (the first of them; not always the one that it is the best of) and the four numbers.

`proposed`: anchor, score, four edges, after all of these: sides of 16 at least, the 6000 best, overlaps of .7 at most (more is
suppressed; their cpu_nms.pyx takes equal too), the 300 best. `large` and `left` say how many there were after the first and third.
The scores are the softmax over the two. Maps follow from `numbers`: background and boxes are `made` of rule.py with these numbers
and scales; object at flat place i of n is background plus ((i * 7919) mod n + 0.5) / n * 4 - 2, as float64, rounded to float32:
no two scores lie close.

`regions`: truths are regions too, last in the list. Largest overlap, the truth (0 where none overlaps), labels (-1: not used) where
background is from .1 (`fast`) or 0 (`end_to_end`) up to .5, and the four numbers, divided by .1, .1, .2, .2, whatever the label.

Python 3.11, numpy 2:

    python harness/engine/tests/golden/targets.py
"""

import json
import random
from pathlib import Path

import numpy as np
from rule import made

STRIDE = 16
SPREAD = np.array([0.1, 0.1, 0.2, 0.2])


def anchors_of_a_place():
    """First and last pixels: three shapes around the middle of 16 x 16 pixels, sides rounded, then 8, 16 and 32 times as large."""
    middle, boxes = 7.5, []
    for ratio in (0.5, 1.0, 2.0):
        width = np.round(np.sqrt(16 * 16 / ratio))
        height = np.round(width * ratio)
        for scale in (8, 16, 32):
            across, down = (width * scale - 1) / 2, (height * scale - 1) / 2
            boxes.append([middle - across, middle - down, middle + across, middle + down])
    return np.array(boxes)


def all_anchors(across, down):
    one = anchors_of_a_place()
    return np.array([one[kind] + np.array([x, y, x, y]) * STRIDE for y in range(down) for x in range(across) for kind in range(9)])


def sides(boxes):
    return boxes[:, 2] - boxes[:, 0] + 1, boxes[:, 3] - boxes[:, 1] + 1


def overlaps(boxes, others):
    """Intersection over union of boxes by first and last pixels."""
    shared = 1.0
    for axis in (0, 1):
        first = np.maximum(boxes[:, None, axis], others[None, :, axis])
        last = np.minimum(boxes[:, None, axis + 2], others[None, :, axis + 2])
        shared = shared * np.maximum(last - first + 1, 0)
    (width, height), (other_width, other_height) = sides(boxes), sides(others)
    return shared / ((width * height)[:, None] + (other_width * other_height)[None] - shared)


def encoded(boxes, others):
    (width, height), (to_width, to_height) = sides(boxes), sides(others)
    right = (others[:, 0] + to_width / 2 - boxes[:, 0] - width / 2) / width
    down = (others[:, 1] + to_height / 2 - boxes[:, 1] - height / 2) / height
    return np.stack([right, down, np.log(to_width / width), np.log(to_height / height)], 1)


def edges(boxes):
    return boxes + np.array([0, 0, 1, 1])


def pixels(boxes):
    return np.array(boxes, dtype=np.float64) - np.array([0, 0, 1, 1])


def short(value):
    """Six digits, and no point where there is nothing behind it."""
    value = float(f"{value:.6g}")
    return int(value) if value.is_integer() else value


def anchor_targets(anchors, truths, width, height):
    inside = (anchors[:, 0] >= 0) & (anchors[:, 1] >= 0) & (anchors[:, 2] < width) & (anchors[:, 3] < height)
    table = overlaps(anchors, truths)
    most, matched = table.max(1), table.argmax(1)
    best = table[inside].max(0)
    # The authors take every anchor that does not touch a truth for its best, where none does.
    assert (best > 0).all()
    objects = inside & ((most >= 0.7) | (table == best).any(1))
    background = inside & ~objects & (most < 0.3)
    labels = np.where(objects, "1", np.where(background, "0", np.where(inside, ".", "x")))
    places = np.flatnonzero(objects)
    numbers = encoded(anchors[places], truths[matched[places]])
    rows = [[int(place), int(matched[place]), *map(short, row)] for place, row in zip(places, numbers)]
    return "".join(labels), rows


def suppressed(boxes, most):
    """Which boxes, best first, are left."""
    left, top, right, bottom = boxes.T
    area, alive, kept = (right - left) * (bottom - top), np.ones(len(boxes), bool), []
    for place in range(len(boxes)):
        if alive[place]:
            kept.append(place)
            across = np.maximum(np.minimum(right, right[place]) - np.maximum(left, left[place]), 0)
            down = np.maximum(np.minimum(bottom, bottom[place]) - np.maximum(top, top[place]), 0)
            shared = across * down
            alive &= shared / (area + area[place] - shared) <= most
    return kept


def maps(across, down, number):
    count = 9 * across * down
    background = made(count, number, 2.0)
    ladder = ((np.arange(count) * 7919) % count + 0.5) / count * 4 - 2
    scores = np.concatenate([background, (background + ladder).astype(np.float32)]).reshape(18, down, across)
    return scores, made(4 * count, number + 1, 0.6).reshape(36, down, across)


def proposals(anchors, scores, numbers, width, height):
    by_place = lambda part: part.astype(np.float64).transpose(1, 2, 0).reshape(len(anchors), -1)
    score = 1 / (1 + np.exp(by_place(scores[:9]) - by_place(scores[9:]))[:, 0])
    right, down, wider, higher = by_place(numbers).T
    left, top, right_edge, bottom = edges(anchors).T
    middle_x, middle_y = (left + right_edge) / 2 + right * (right_edge - left), (top + bottom) / 2 + down * (bottom - top)
    half_width, half_height = (right_edge - left) * np.exp(wider) / 2, (bottom - top) * np.exp(higher) / 2
    boxes = np.stack([middle_x - half_width, middle_y - half_height, middle_x + half_width, middle_y + half_height], 1)
    boxes = np.clip(boxes, 0, np.array([width, height, width, height]))
    large = np.flatnonzero((boxes[:, 2] - boxes[:, 0] >= 16) & (boxes[:, 3] - boxes[:, 1] >= 16))
    order = large[np.argsort(-score[large])][:6000]
    kept = suppressed(boxes[order], 0.7)
    rows = [[int(place), short(score[place]), *map(short, boxes[place])] for place in order[kept[:300]]]
    return {"large": len(large), "left": len(kept), "proposed": rows}


def of_a_map(across, down, width, height, truths, number):
    anchors = all_anchors(across, down)
    labels, objects = anchor_targets(anchors, pixels(truths), width, height)
    numbers = {"background": [number, 2.0], "boxes": [number + 1, 0.6]}
    return {
        "map": [across, down], "image": [width, height], "truths": truths, "labels": labels, "objects": objects,
        "numbers": numbers, **proposals(anchors, *maps(across, down, number), width, height),
    }


def region_targets():
    """Boxes whose edges are quarters, so that few digits say them."""
    draw = random.Random(2015)
    truths, classes = [[100, 100, 200, 200], [30, 20, 330, 280], [210, 40, 226, 52], [350, 150, 470, 290]], [12, 7, 15, 7]
    # Exactly a half and a tenth of the first; and what touches nothing.
    boxes = [[100, 100, 200, 150], [100, 190, 200, 200], [400, 0, 480, 60], [0, 290, 50, 300]]
    quarter = lambda value: round(value * 4) / 4
    while len(boxes) < 30:
        if len(boxes) < 20:
            left, top, right, bottom = draw.choice(truths)
            width, height, amount = right - left, bottom - top, draw.choice([0.1, 0.3, 0.5])
            shift = lambda side: draw.uniform(-amount, amount) * side
            box = [left + shift(width), top + shift(height), right + shift(width), bottom + shift(height)]
        else:
            left, top = draw.uniform(0, 400), draw.uniform(0, 240)
            box = [left, top, left + draw.uniform(16, 80), top + draw.uniform(16, 60)]
        boxes.append([quarter(max(value, 0)) for value in box])
    boxes += truths
    table = overlaps(pixels(boxes), pixels(truths))
    most, matched = table.max(1), table.argmax(1)
    numbers = encoded(pixels(boxes), pixels(truths)[matched]) / SPREAD
    label = lambda least: [classes[truth] if most_ >= 0.5 else 0 if most_ >= least else -1 for truth, most_ in zip(matched, most)]
    return {
        "truths": truths, "classes": classes, "boxes": [[short(edge) for edge in box] for box in boxes],
        "overlaps": [short(value) for value in most], "matched": matched.tolist(), "fast": label(0.1), "end_to_end": label(0.0),
        "numbers": [[short(value) for value in row] for row in numbers],
    }


def main():
    cases = [
        of_a_map(12, 9, 200, 140, [[10, 5, 151, 131], [60, 40, 72, 49], [100, 20, 200, 140], [0, 60, 51, 140]], 1),
        of_a_map(38, 28, 600, 440, [[150, 100, 521, 401], [200, 180, 331, 301], [300, 250, 312, 260], [0, 0, 91, 171]], 3),
    ]
    compact = lambda value: json.dumps(value, separators=(",", ":"))
    anchors = [[short(edge) for edge in box] for box in edges(anchors_of_a_place())]
    text = f'{{"anchors":{compact(anchors)},\n"maps":[\n' + ",\n".join(map(compact, cases))
    text += f'\n],\n"regions":{compact(region_targets())}}}\n'
    Path(__file__).with_suffix(".json").write_text(text)


if __name__ == "__main__":
    main()
