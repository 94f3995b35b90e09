"""Compares the proposals with those of OpenCV's selective search on PASCAL VOC's objects, on one processor core.

    pip install numpy==2.4.6 opencv-contrib-python-headless==5.0.0.93
    cargo build -p proposals --release --example boxes
    python against_opencv.py target/release/examples/boxes VOC2007 [VOC2012 ...] [--every 8] [--smaller]

Of each folder every eighth image with annotations is taken. Both programs are in their fast mode and give their first 2,000 boxes.
OpenCV's has k of 150, 300 and 450 and keeps small boxes: with `--smaller` it is asked once more with k of 50, 100 and 150 and
without boxes below 20 pixels. `difficult` objects are left out, as in PASCAL VOC's own rule. Recall is at an overlap of .5; the best overlaps are averaged
over objects. Times are of the search alone, without decoding, and of all images together.
"""

import argparse
import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import cv2
import numpy as np

AT_MOST = 2000


def objects(annotation):
    """Boxes of an image by their edges; VOC counts pixels from 1, the last one inside."""
    found = []
    for one in ElementTree.parse(annotation).iterfind("object"):
        if one.findtext("difficult", "0") != "1":
            edges = [float(one.findtext(f"bndbox/{edge}")) for edge in ("xmin", "ymin", "xmax", "ymax")]
            found.append([edges[0] - 1, edges[1] - 1, edges[2], edges[3]])
    return np.array(found).reshape(-1, 4)


def ours(program, images):
    """Seconds and boxes of each image, by one thread."""
    environment = dict(os.environ, RAYON_NUM_THREADS="1")
    printed = subprocess.run([program, *images], env=environment, check=True, capture_output=True, text=True).stdout
    for line in printed.splitlines():
        _, seconds, boxes = line.split("\t")
        yield float(seconds), np.array([[float(edge) for edge in box.split(",")] for box in boxes.split()])


def opencv(path, smaller):
    image = cv2.imread(str(path))
    start = time.perf_counter()
    search = cv2.ximgproc.segmentation.createSelectiveSearchSegmentation()
    search.setBaseImage(image)
    if smaller:
        # There are always three.
        search.switchToSelectiveSearchFast(50, 50, 0.8)
    else:
        search.switchToSelectiveSearchFast()
    found = search.process().astype(float)
    seconds = time.perf_counter() - start
    if smaller:
        found = found[(found[:, 2:] >= 20).all(1)]
    return seconds, np.concatenate([found[:, :2], found[:, :2] + found[:, 2:]], 1)


def best(truth, boxes):
    """The largest overlap of each object."""
    low, high = np.maximum(truth[:, None, :2], boxes[None, :, :2]), np.minimum(truth[:, None, 2:], boxes[None, :, 2:])
    shared = (high - low).clip(0).prod(2)
    areas = [(each[:, 2:] - each[:, :2]).prod(1) for each in (truth, boxes)]
    return (shared / (areas[0][:, None] + areas[1][None] - shared)).max(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--smaller", action="store_true", help="OpenCV with smaller k too")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    for folder in asked.folders:
        annotations = sorted((folder / "Annotations").glob("*.xml"))
        images = [(folder / "JPEGImages" / f"{path.stem}.jpg", path) for path in annotations]
        images = [both for both in images if both[0].is_file()][:: asked.every]
        truth = [objects(annotation) for _, annotation in images]
        ways = {"ours": list(ours(asked.program, [str(image) for image, _ in images]))}
        ways["opencv"] = [opencv(image, False) for image, _ in images]
        if asked.smaller:
            ways["opencv, k from 50"] = [opencv(image, True) for image, _ in images]
        print(f"{folder.name}: {len(images)} images, {sum(map(len, truth))} objects")
        for name, found in ways.items():
            overlaps = np.concatenate([best(t, boxes[:AT_MOST]) for t, (_, boxes) in zip(truth, found) if len(t)])
            seconds = sum(seconds for seconds, _ in found) / len(found)
            boxes = np.mean([len(boxes) for _, boxes in found])
            print(
                f"  {name}: recall {100 * (overlaps >= 0.5).mean():.2f} %, best overlap {overlaps.mean():.4f}, "
                f"{boxes:.0f} boxes and {seconds:.3f} s an image"
            )


main()
