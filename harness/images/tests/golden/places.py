"""Where torchvision's crops lie, read off pictures whose pixels are their own coordinates, and the bytes of some of them on
noise, resized by Pillow: the tables beside this script.

    python places.py > places.json        (torch 2.11.0, torchvision 0.26.0, numpy)
"""
import hashlib
import json

import numpy
import torch
import torchvision.transforms.functional as F
from PIL import Image
from torchvision.transforms.functional import _compute_resized_output_size as resized

SIZES = [(500, 375), (333, 500), (227, 227), (1024, 301), (225, 999)]


def coordinates(width, height):
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([x, y])


def view(crop, size=None):
    """[left, top, width, height, mirrored, width of the view, height of the view]"""
    x, y = crop
    left, top = int(x.min()), int(y.min())
    width, height = int(x.max()) - left + 1, int(y.max()) - top + 1
    assert x.shape == (height, width)
    mirrored = bool(x[0, 0] > x[0, -1])
    return [left, top, width, height, mirrored, *(size or (width, height))]


def centre(picture, size):
    return [view(F.center_crop(picture, [size, size]))]


def ten(picture, size, within=None):
    if within:
        picture = F.center_crop(picture, [within, within])
    return [view(crop) for crop in F.ten_crop(picture, [size, size])]


def dense(picture):
    return [view(picture), view(F.hflip(picture))]


def grid(picture, size):
    _, height, width = picture.shape
    tops = numpy.rint(numpy.linspace(0, height - size, 5)).astype(int)
    lefts = numpy.rint(numpy.linspace(0, width - size, 5)).astype(int)
    crops = [F.crop(picture, int(top), int(left), size, size) for top in tops for left in lefts]
    return [view(crop) for crop in crops] + [view(F.hflip(crop)) for crop in crops]


def squares(picture, size):
    _, height, width = picture.shape
    side = min(height, width)
    middle = F.center_crop(picture, [side, side])
    parts = [F.crop(picture, 0, 0, side, side), middle, F.crop(picture, height - side, width - side, side, side)]
    views = []
    for part in parts:
        five = list(F.five_crop(part, [size, size]))
        views += [view(crop) for crop in five] + [view(part, (size, size))]
        views += [view(F.hflip(crop)) for crop in five] + [view(F.hflip(part), (size, size))]
    return views


def central(picture, size):
    _, height, width = picture.shape
    top, left = int((height - height * 0.875) / 2), int((width - width * 0.875) / 2)
    return [view(F.crop(picture, top, left, height - 2 * top, width - 2 * left), (size, size))]


PROTOCOLS = [
    ("center", 224, None, [256], lambda p: centre(p, 224)),
    ("center", 224, None, [], lambda p: centre(p, 224)),
    ("ten-crop", 224, None, [256], lambda p: ten(p, 224)),
    ("ten-crop", 224, 256, [256], lambda p: ten(p, 224, 256)),
    ("ten-crop", 224, 225, [255], lambda p: ten(p, 224, 225)),
    ("dense", 224, None, [224, 256, 384, 480, 640], dense),
    ("grid-50", 224, None, [256, 384, 512], lambda p: grid(p, 224)),
    ("dense-and-grid", 224, None, [256, 384, 512], lambda p: dense(p) + grid(p, 224)),
    ("crops-144", 224, None, [256, 288, 320, 352], lambda p: squares(p, 224)),
    ("central-squeezed", 224, None, [], lambda p: central(p, 224)),
]

cases = []
for kind, size, within, shorts, cut in PROTOCOLS:
    for width, height in SIZES:
        views = []
        for short in shorts or [None]:
            to = resized((height, width), [short]) if short else [height, width]
            views += [[to[1], to[0], *one] for one in cut(coordinates(to[1], to[0]))]
        cases.append({"kind": kind, "size": size, "within": within, "short_side": shorts, "of": [width, height], "views": views})


def noise(width, height):
    """The picture tests/it/support.rs makes by the same rule."""
    out, state = bytearray(), 1
    for y in range(height):
        for x in range(width):
            for c in range(3):
                state = (state * 1664525 + 1013904223) % 2**32
                out.append((x * (c + 2) + y * 3 + (state >> 26)) % 256)
    return Image.frombytes("RGB", (width, height), bytes(out))


def bytes_of(picture, kind, size, shorts):
    """The same views as above, of pixels, in one hash."""
    whole = hashlib.sha256()
    for short in shorts or [None]:
        resized_picture = F.resize(picture, [short], antialias=True) if short else picture
        width, height = resized_picture.size
        rule = {"grid-50": lambda p: grid(p, size), "crops-144": lambda p: squares(p, size), "dense": dense,
                "ten-crop": lambda p: ten(p, size, size + 2)}[kind]
        for left, top, w, h, mirrored, *to in rule(coordinates(width, height)):
            crop = F.crop(resized_picture, top, left, h, w)
            if tuple(to) != (w, h):
                crop = F.resize(crop, [to[1], to[0]], antialias=True)
            whole.update((F.hflip(crop) if mirrored else crop).tobytes())
    return whole.hexdigest()


pixels = []
for kind, size, shorts in [("dense", 24, [20, 30]), ("grid-50", 24, [26, 31]), ("crops-144", 24, [26, 28, 31, 33]), ("ten-crop", 24, [27])]:
    for width, height in [(61, 47), (40, 71)]:
        case = {"kind": kind, "size": size, "short_side": shorts, "of": [width, height]}
        pixels.append({**case, "within": size + 2 if kind == "ten-crop" else None, "sha256": bytes_of(noise(width, height), kind, size, shorts)})

print('{"places": [')
print(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
print('], "pixels": [')
print(",\n".join(json.dumps(case, separators=(",", ":")) for case in pixels))
print("]}")
