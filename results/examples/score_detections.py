"""Times scoring of detections in Python and here, in turns in one run: VOC's average precision and COCO's twelve numbers.

    python score_detections.py PROGRAM [VOC-ANNOTATIONS DETECTIONS...]    (numpy, pycocotools)

PROGRAM is the built example `score_detections`. Without files of VOC's, made-up ones are used: 5,000 images of 20 classes, about 50
detections each. For COCO 5,000 images of 80 classes with 100 detections each are made up. VOC's rule is counted detection by
detection with NumPy, as the Python port of the kit goes about it (py-faster-rcnn's voc_eval.py was read for it).
"""
import collections
import contextlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

draw = random.Random(1405)


def box(within=None):
    if within and draw.random() < 0.6:
        return [edge + draw.gauss(0, 6) for edge in within]
    left, top = draw.uniform(0, 400), draw.uniform(0, 300)
    return [left, top, left + draw.uniform(5, 200), top + draw.uniform(5, 200)]


def upright(edges):
    left, top, right, bottom = edges
    return [min(left, right), min(top, bottom), max(left, right) + 1, max(top, bottom) + 1]


def made_up(images, classes, count):
    """By image: objects (class, edges) and detections (class, score, edges)."""
    made = []
    for _ in range(images):
        objects = [(draw.randrange(classes), upright(box())) for _ in range(draw.randrange(1, 12))]
        detections = []
        for _ in range(count):
            known, own = draw.choice(objects)
            near = draw.random() < 0.5
            label = known if near else draw.randrange(classes)
            detections.append((label, round(draw.random(), 6), upright(box(own if near else None))))
        made.append((objects, detections))
    return made


def write_voc(folder):
    truth, lines = {}, collections.defaultdict(list)
    for image, (objects, detections) in enumerate(made_up(5000, 20, 50)):
        name = f"{image:06}"
        truth[name] = [{"name": f"c{label:02}", "difficult": 0, "bbox": own} for label, own in objects]
        for label, score, own in detections:
            lines[label].append(f"{name} {score} " + " ".join(f"{edge:.3f}" for edge in own))
    (folder / "annotations.json").write_text(json.dumps(truth))
    files = []
    for label, own in lines.items():
        files.append(folder / f"comp4_det_test_c{label:02}.txt")
        files[-1].write_text("\n".join(own) + "\n")
    return folder / "annotations.json", files


def write_coco(folder):
    images, annotations, detections = [], [], []
    for image, (objects, found) in enumerate(made_up(5000, 80, 100)):
        images.append({"id": image, "file_name": f"{image}.jpg"})
        size = lambda own: [own[0], own[1], own[2] - own[0], own[3] - own[1]]
        for label, own in objects:
            left, top, width, height = size(own)
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": label, "iscrowd": 0,
                                "bbox": [left, top, width, height], "area": width * height})
        detections += [{"image_id": image, "category_id": label, "bbox": size(own), "score": score} for label, score, own in found]
    categories = [{"id": label, "name": f"c{label}"} for label in range(80)]
    (folder / "instances.json").write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    (folder / "detections.json").write_text(json.dumps(detections))
    return folder / "instances.json", folder / "detections.json"


def voc(annotations, files):
    """Seconds, and the mean of eleven-point average precisions."""
    start = time.perf_counter()
    truth = json.loads(annotations.read_text())
    averages = []
    for file in files:
        name = file.stem.rsplit("_", 1)[1]
        own, positives = {}, 0
        for image, objects in truth.items():
            objects = [one for one in objects if one["name"] == name]
            difficult = np.array([one["difficult"] for one in objects], dtype=bool)
            positives += int((~difficult).sum())
            own[image] = (np.array([one["bbox"] for one in objects], dtype=float), difficult, [False] * len(objects))
        rows = [line.split() for line in file.read_text().splitlines()]
        scores = np.array([float(row[1]) for row in rows])
        boxes = np.array([[float(edge) for edge in row[2:]] for row in rows])
        right, wrong = np.zeros(len(rows)), np.zeros(len(rows))
        for rank, place in enumerate(np.argsort(-scores, kind="stable")):
            edges, difficult, taken = own[rows[place][0]]
            found = boxes[place]
            best = -np.inf
            if edges.size:
                across = np.maximum(np.minimum(edges[:, 2], found[2]) - np.maximum(edges[:, 0], found[0]) + 1, 0)
                down = np.maximum(np.minimum(edges[:, 3], found[3]) - np.maximum(edges[:, 1], found[1]) + 1, 0)
                shared = across * down
                union = (found[2] - found[0] + 1) * (found[3] - found[1] + 1)
                union = union + (edges[:, 2] - edges[:, 0] + 1) * (edges[:, 3] - edges[:, 1] + 1) - shared
                overlaps = shared / union
                best, which = overlaps.max(), overlaps.argmax()
            if best > 0.5:
                if not difficult[which]:
                    (wrong if taken[which] else right)[rank] = 1
                    taken[which] = True
            else:
                wrong[rank] = 1
        right, wrong = np.cumsum(right), np.cumsum(wrong)
        recall, precision = right / positives, right / np.maximum(right + wrong, np.finfo(float).eps)
        reached = [precision[recall >= point] for point in np.arange(0, 1.1, 0.1)]
        averages.append(sum(one.max() if one.size else 0 for one in reached) / 11)
    return time.perf_counter() - start, float(np.mean(averages))


def coco(annotations, detections):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(annotations))
        found = truth.loadRes(str(detections))
        start = time.perf_counter()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        taken = time.perf_counter() - start
        evaluation.summarize()
    return taken, evaluation.stats


def ours(program, annotations, files):
    said = subprocess.run([program, annotations, *files], capture_output=True, text=True, check=True).stdout
    lines = dict(line.split(": ", 1) for line in said.splitlines())
    return {key: float(text.split(" s")[0]) for key, text in lines.items()}, lines


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as room:
        folder = pathlib.Path(room)
        given = [pathlib.Path(path) for path in sys.argv[2:]]
        annotations, files = (given[0], given[1:]) if given else write_voc(folder)
        seconds, mean = voc(annotations, files)
        times, lines = ours(program, annotations, files)
        both = times["read"] + times["voc"]
        print(f"VOC: Python {seconds:.2f} s, mAP {mean:.6f}; here {both:.2f} s with reading ({lines['voc']}): {seconds / both:.0f} times")
        print(f"     and the interval over a thousand draws of images {times['voc, interval']:.2f} s")
        annotations, detections = write_coco(folder)
        seconds, numbers = coco(annotations, detections)
        times, lines = ours(program, annotations, [detections])
        print(f"COCO: pycocotools {seconds:.2f} s without reading; here {times['coco']:.2f} s: {seconds / times['coco']:.0f} times")
        print("      " + " ".join(f"{100 * number:.4f}" for number in numbers))
        print("      " + lines["coco"].split(", ", 1)[1])


main()
