"""Makes golden.json: small made-up pictures, and what independent code says of them.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 pillow==13.0.0
    python make.py

- `lab`: Pillow's ImageCms (LittleCMS) from sRGB to L*a*b*.
- `skimage`: scikit-image's felzenszwalb, without smoothing, on values without ties: it sorts by an unstable sort, smooths with
  another border (reflected, as far as four deviations) and joins below the threshold where the original joins up to it.
- `slow`: selective search step by step in doubles, with colorsys for HSV and scipy for the filters. Nothing is kept between
  merges: each looks through all pairs.
"""

import colorsys
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms
from scipy.ndimage import correlate1d
from skimage.segmentation import felzenszwalb

STEPS = [(1, 0), (0, 1), (1, 1), (1, -1)]
EVERYTHING = ["colour", "texture", "size", "fill"]
SIMILARITIES = [([0], EVERYTHING), ([0], EVERYTHING[1:]), ([0, 1, 2], ["texture", "size"])]


def picture(width, height, seed):
    """Discs on a gradient with noise; [height, width, 3] bytes."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    values = np.stack([60 + 2.0 * x, 90 + 1.5 * y, 140 - 1.0 * x + 0.5 * y], 2)
    for _ in range(9):
        centre, radius = random.uniform(0, [width, height]), random.uniform(4, 11)
        inside = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2
        values[inside] = random.uniform(20, 235, 3) + random.uniform(-2, 2, 3) * (x - centre[0])[inside][:, None]
    return (values + random.normal(0, 6, values.shape)).clip(0, 255).round().astype(np.uint8)


def first_met(labels):
    """Labels counted row by row as they are met."""
    numbers = {}
    return [numbers.setdefault(label, len(numbers)) for label in np.asarray(labels).ravel().tolist()]


def gaussian(sigma):
    x = np.arange(-math.ceil(4 * sigma), math.ceil(4 * sigma) + 1)
    weights = np.exp(-0.5 * (x / sigma) ** 2)
    return x, weights / weights.sum()


def segment(channels, k, min_size):
    """Felzenszwalb and Huttenlocher on [height, width, channels], with sets of pixels."""
    height, width, _ = channels.shape
    edges = []
    for y in range(height):
        for x in range(width):
            for right, below in STEPS:
                if x + right < width and 0 <= y + below < height:
                    distance = math.dist(channels[y, x], channels[y + below, x + right])
                    edges.append((distance, (y, x), (y + below, x + right)))
    edges.sort(key=lambda edge: edge[0])
    owner = {(y, x): (y, x) for y in range(height) for x in range(width)}
    members = {pixel: [pixel] for pixel in owner}
    heaviest = dict.fromkeys(owner, 0.0)

    def join(one, other):
        members[one] += members[other]
        for pixel in members.pop(other):
            owner[pixel] = one

    for weight, one, other in edges:
        one, other = owner[one], owner[other]
        limits = [heaviest[region] + k / len(members[region]) for region in (one, other)] if one != other else []
        if limits and weight <= min(limits):
            join(one, other)
            heaviest[one] = weight
    for _, one, other in edges:
        one, other = owner[one], owner[other]
        if one != other and min(len(members[one]), len(members[other])) < min_size:
            join(one, other)
    return np.array(first_met([owner[y, x][0] * width + owner[y, x][1] for y in range(height) for x in range(width)])).reshape(height, width)


def texture_bins(plane):
    """[height, width, 8] bins of 0 to 9 of one channel of bytes."""
    plane = plane / 255
    x, smooth = gaussian(0.8)
    slope = smooth * x / 0.8**2
    both = [
        correlate1d(correlate1d(plane, slope, 1, mode="nearest"), smooth, 0, mode="nearest"),
        correlate1d(correlate1d(plane, smooth, 1, mode="nearest"), slope, 0, mode="nearest"),
    ]
    smoothed = correlate1d(correlate1d(plane, smooth, 1, mode="nearest"), smooth, 0, mode="nearest")
    padded = np.pad(smoothed, 1, mode="edge")
    right = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    below = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    both += [(right + below) / math.sqrt(2), (right - below) / math.sqrt(2)]
    directions = [rise for slope in both for rise in (slope.clip(0), (-slope).clip(0))]
    return np.floor(np.stack(directions, 2) * 9 / 0.43 + 0.5).clip(0, 9).astype(int)


def histograms(labels, channels, texture_of):
    colour_bins = np.floor(channels / 255 * 24 + 0.5).astype(int)
    texture = np.concatenate([texture_bins(channels[:, :, channel].astype(float)) for channel in texture_of], 2)
    made = []
    for label in range(labels.max() + 1):
        inside = labels == label
        colour = np.concatenate([np.bincount(values, minlength=25) for values in colour_bins[inside].T])
        rises = np.concatenate([np.bincount(values, minlength=10) for values in texture[inside].T])
        made.append((colour / colour.sum(), rises / rises.sum()))
    return made


def box(labels, label):
    y, x = np.nonzero(labels == label)
    return [int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1]


def around(one, other):
    return [min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])]


def group(labels, measured, parts):
    """The boxes of merged regions."""
    pixels = labels.size
    regions = {
        label: (int((labels == label).sum()), box(labels, label), *measured[label]) for label in range(labels.max() + 1)
    }
    pairs = set()
    for one, other in [(labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])]:
        pairs |= {(min(pair), max(pair)) for pair in zip(one.ravel().tolist(), other.ravel().tolist()) if len(set(pair)) == 2}

    def similarity(pair):
        one, other = regions[pair[0]], regions[pair[1]]
        size = one[0] + other[0]
        left, top, right, bottom = around(one[1], other[1])
        each = {
            "colour": np.minimum(one[2], other[2]).sum(),
            "texture": np.minimum(one[3], other[3]).sum(),
            "size": 1 - size / pixels,
            "fill": 1 - ((right - left) * (bottom - top) - size) / pixels,
        }
        return np.mean([each[part] for part in parts])

    merged = []
    while pairs:
        one, other = max(pairs, key=similarity)
        (size, edges, *of_one), (other_size, other_edges, *of_other) = regions[one], regions[other]
        new = len(measured) + len(merged)
        means = [(size * a + other_size * b) / (size + other_size) for a, b in zip(of_one, of_other)]
        regions[new] = (size + other_size, around(edges, other_edges), *means)
        merged.append(regions[new][1])
        renamed = [tuple(new if label in (one, other) else label for label in pair) for pair in pairs]
        pairs = {(min(pair), max(pair)) for pair in renamed if pair[0] != pair[1]}
    return merged


def slow(pixels, space, k):
    if space == "hsv":
        rows = [colorsys.rgb_to_hsv(*(pixel / 255.0)) for pixel in pixels.reshape(-1, 3)]
        channels = np.floor(np.array(rows).reshape(pixels.shape) * 255 + 0.5)
    else:
        channels = pixels.astype(float)
    _, weights = gaussian(0.8)
    smoothed = correlate1d(correlate1d(channels, weights, 1, mode="nearest"), weights, 0, mode="nearest")
    labels = segment(smoothed, k, k)
    merged = []
    for texture_of, parts in SIMILARITIES:
        boxes = group(labels, histograms(labels, channels, texture_of), parts)
        merged.append({"texture": len(texture_of), "parts": parts, "boxes": boxes})
    first = [box(labels, label) for label in range(labels.max() + 1)]
    return {"space": space, "k": k, "labels": labels.ravel().tolist(), "first": first, "merged": merged}


def lab(pixels):
    image = Image.fromarray(pixels)
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = np.array(ImageCms.profileToProfile(image, *profiles, outputMode="LAB"))
    # Pillow keeps a* and b* as signed bytes, the coding of profiles adds 128.
    converted[:, :, 1:] ^= 0x80
    return converted


def main():
    made = {"pictures": [], "skimage": []}
    for seed, (width, height) in enumerate([(48, 36), (31, 44)]):
        pixels = picture(width, height, seed)
        runs = [slow(pixels, space, k) for space in ["hsv", "rgb"] for k in [10, 25]]
        made["pictures"].append({
            "width": width, "height": height, "pixels": pixels.tobytes().hex(), "lab": lab(pixels).tobytes().hex(), "slow": runs,
        })
    for seed, (width, height, k, min_size) in enumerate([(40, 30, 80, 1), (40, 30, 150, 8), (23, 50, 60, 20)]):
        random = np.random.default_rng(100 + seed)
        smooth = correlate1d(correlate1d(random.uniform(0, 255, (height, width, 3)), np.ones(5) / 5, 0), np.ones(5) / 5, 1)
        # Singles, so that both programs read the same numbers.
        written = smooth.round(4)
        values = written.astype(np.float32).astype(float)
        labels = felzenszwalb(values / 255, scale=k, sigma=0, min_size=min_size, channel_axis=2)
        made["skimage"].append({
            "width": width, "height": height, "k": k, "min_size": min_size,
            "planes": [written[:, :, channel].ravel().tolist() for channel in range(3)], "labels": first_met(labels),
        })
    path = Path(__file__).with_name("golden.json")
    path.write_text(json.dumps(made, separators=(",", ":")) + "\n")
    counts = [(run["space"], run["k"], len(run["first"])) for one in made["pictures"] for run in one["slow"]]
    print(counts, [max(one["labels"]) + 1 for one in made["skimage"]], path.stat().st_size)


main()
