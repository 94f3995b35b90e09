"""Writes ../fixtures and golden.json: what Pillow and torchvision make of the same bytes.

    python3 make.py [MIRROR]

MIRROR is an unpacked mirror folder (imagenet-train-60/, imagenet-val-650/); without it the old entries for it are kept.
Must not use any code of this repository: it is the independent side of the comparison.
"""

import hashlib
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, features
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
FILTERS = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}


def sha(data):
    return hashlib.sha256(data).hexdigest()


def noise(width, height, seed=1):
    """The picture tests/it/golden.rs makes by the same rule: smooth waves under hashed noise."""
    out = bytearray()
    state = seed
    for y in range(height):
        for x in range(width):
            for c in range(3):
                state = (state * 1664525 + 1013904223) % 2**32
                out.append((x * (c + 2) + y * 3 + (state >> 26)) % 256)
    return Image.frombytes("RGB", (width, height), bytes(out))


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 120 * np.sin(x / 5 + y / 9), 255 * x / width, 255 * (np.hypot(x - width / 2, y - height / 2) % 16) / 16]
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8), "RGB")


def png(array, depth, colour, extra=b"", interlaced=False):
    """A PNG of kinds that Pillow reads but does not write. `array`: [H, W, samples]."""

    def rows(part):
        height, width, samples = part.shape
        out = b""
        for row in part:
            if depth == 16:
                line = row.astype(">u2").tobytes()
            elif depth == 8:
                line = row.astype(np.uint8).tobytes()
            else:
                bits = "".join(f"{int(v):0{depth}b}" for v in row.ravel())
                bits += "0" * (-len(bits) % 8)
                line = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
            out += b"\0" + line
        return out

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = array.shape
    adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    parts = [array[y::dy, x::dx] for x, y, dx, dy in adam7] if interlaced else [array]
    data = b"".join(rows(p) for p in parts if p.size)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def fixtures():
    def save(picture, **options):
        out = io.BytesIO()
        picture.save(out, **options)
        return out.getvalue()

    small = smooth(45, 31)
    exif = Image.Exif()
    exif[0x0112] = 6
    cmyk = save(small.convert("CMYK"), format="JPEG", quality=85)
    # The same file declared as YCCK: Adobe's transform byte set to 2.
    at = cmyk.index(b"Adobe") + 11
    rgba = small.convert("RGBA")
    rgba.putalpha(Image.linear_gradient("L").resize(small.size))
    palette = small.quantize(11)
    rng = np.random.default_rng(7)
    trns = struct.pack(">I", 3) + b"tRNS" + b"\0\x80\xff" + struct.pack(">I", zlib.crc32(b"tRNS\0\x80\xff"))
    wide = lambda n: rng.integers(0, 65536, (9, 13, n))  # noqa: E731
    files = {
        "grey.jpg": save(small.convert("L"), format="JPEG"),
        "cmyk.jpg": cmyk,
        "ycck.jpg": cmyk[:at] + b"\2" + cmyk[at + 1 :],
        "progressive.jpg": save(small, format="JPEG", progressive=True),
        "odd-420.jpg": save(small, format="JPEG", subsampling="4:2:0"),
        "odd-422.jpg": save(small, format="JPEG", subsampling="4:2:2"),
        "full-444.jpg": save(small, format="JPEG", subsampling="4:4:4", quality=97),
        "rgb-kept.jpg": save(small, format="JPEG", keep_rgb=True),
        "restarts.jpg": save(small, format="JPEG", restart_marker_blocks=1),
        "rotated-by-exif.jpg": save(smooth(24, 9), format="JPEG", exif=exif),
        "one-pixel.jpg": save(smooth(1, 1), format="JPEG"),
        "rgb.png": save(small, format="PNG"),
        "a-png-named.JPEG": save(smooth(16, 12), format="PNG"),
        "alpha.png": save(rgba, format="PNG"),
        "grey-alpha.png": save(rgba.convert("LA"), format="PNG"),
        "one-bit.png": save(small.convert("1"), format="PNG"),
        "palette.png": save(palette, format="PNG"),
        "palette-clear.png": save(palette, format="PNG", transparency=2),
        "grey-2.png": png(rng.integers(0, 4, (9, 13, 1)), 2, 0),
        "grey-4.png": png(rng.integers(0, 16, (9, 13, 1)), 4, 0),
        "grey-16.png": png(np.minimum(wide(1), rng.choice([200, 300, 65535], (9, 13, 1))), 16, 0),
        "grey-alpha-16.png": png(wide(2), 16, 4),
        "rgb-16.png": png(wide(3), 16, 2),
        "alpha-16.png": png(wide(4), 16, 6),
        "interlaced.png": png(np.asarray(small), 8, 2, interlaced=True),
        "interlaced-palette.png": png(rng.integers(0, 4, (9, 13, 1)), 2, 3, struct.pack(">I", 12) + b"PLTE" + bytes(range(12))
            + struct.pack(">I", zlib.crc32(b"PLTE" + bytes(range(12)))) + trns, interlaced=True),
    }
    FIXTURES.mkdir(exist_ok=True)
    for name, data in files.items():
        (FIXTURES / name).write_bytes(data)
    return files


def opened(data):
    """Pillow's pixels, or None where it refuses the file."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return None


def described(picture):
    return {"width": picture.width, "height": picture.height, "sha256": sha(picture.tobytes())}


def damage(data):
    """One byte changed, or cut with a false end: what Pillow still reads and how it looks."""
    out = []
    for i in range(96):
        # Inside the scan, where there is no marker to hit.
        start = data.index(b"\xff\xda") + 12
        at = start + (i * 7919) % (len(data) - start - 2)
        changed = bytearray(data)
        changed[at] ^= 1 << (i % 8)
        picture = opened(bytes(changed))
        out.append({"at": at, "xor": 1 << (i % 8), "sha256": picture and sha(picture.tobytes())})
    return out


def resized(picture, short, mode):
    """One pass after the other, across first: what Pillow up to 12 does in one call, and Pillow 13 for all but tall pictures."""
    width, height = F.resize(picture, short, mode).size
    name = Image.Resampling.BICUBIC if mode == InterpolationMode.BICUBIC else Image.Resampling.BILINEAR
    return picture.resize((width, picture.height), name).resize((width, height), name)


def resizes():
    out = []
    for width, height, short in [(97, 61, 24), (61, 97, 24), (61, 61, 60), (97, 61, 61), (97, 61, 100), (33, 250, 7), (500, 375, 256), (5, 3, 9), (40, 1, 3)]:
        for name, mode in FILTERS.items():
            picture = resized(noise(width, height), short, mode)
            out.append({"from": [width, height], "short": short, "filter": name, **described(picture)})
    return out


def plain():
    """Without antialiasing: torch's float interpolation, which is OpenCV's INTER_LINEAR before rounding."""
    out = []
    for width, height, short in [(45, 31, 12), (31, 45, 7), (20, 20, 31)]:
        tensor = torch.from_numpy(np.asarray(noise(width, height)).copy()).permute(2, 0, 1)
        picture = F.resize(tensor, short, InterpolationMode.BILINEAR, antialias=False)
        out.append({"from": [width, height], "short": short, "hex": picture.permute(1, 2, 0).numpy().tobytes().hex()})
    return out


def crops():
    out = []
    for width, height in [(30, 41), (41, 30), (31, 33), (27, 24), (25, 26), (24, 24)]:
        for short in [None, 29, 30]:
            picture = noise(width, height)
            picture = picture if short is None else F.resize(picture, short)
            out.append({
                "from": [width, height],
                "short": short,
                "center": sha(F.center_crop(picture, 24).tobytes()),
                "ten": [sha(view.tobytes()) for view in F.ten_crop(picture, 24)],
            })
    return out


def mirror(folder):
    out = {}
    for name in ["imagenet-train-60", "imagenet-val-650"]:
        files, everything = {}, hashlib.sha256()
        for path in sorted((folder / name).glob("*.JPEG"), key=lambda p: p.name.encode()):
            picture = Image.open(path).convert("RGB")
            crop = F.center_crop(F.resize(picture, 256), 224).tobytes()
            everything.update(picture.tobytes() + crop)
            means = [round(v, 4) for v in np.frombuffer(crop, np.uint8).reshape(-1, 3).mean(0).tolist()]
            files[path.name] = {"decoded": sha(picture.tobytes()), "crop": sha(crop), "mean": means}
        out[name] = {"n": len(files), "all": everything.hexdigest(), "files": files if len(files) < 100 else {}}
    return out


def main():
    path = HERE / "golden.json"
    files = fixtures()
    old = json.loads(path.read_text()) if path.exists() else {}
    golden = {
        "made_with": {"pillow": PIL.__version__, "libjpeg_turbo": features.version("libjpeg_turbo"), "torchvision": torchvision.__version__},
        "fixtures": {name: described(opened(data)) for name, data in files.items()},
        # The first length at which Pillow no longer says that the file is cut short.
        "whole_from": {n: next(i for i in range(len(d) + 1) if opened(d[:i])) for n, d in files.items() if len(d) < 1600},
        "damage": {n: damage(files[n]) for n in ["odd-420.jpg", "progressive.jpg", "restarts.jpg"]},
        "resizes": resizes(),
        "plain": plain(),
        "crops": crops(),
        "mirror": mirror(Path(sys.argv[1])) if len(sys.argv) > 1 else old["mirror"],
    }
    text = json.dumps(golden, indent=1)
    path.write_text(text + "\n")


if __name__ == "__main__":
    main()
