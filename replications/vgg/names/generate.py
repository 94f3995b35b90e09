"""Writes torchvision-{11,13,16,19}{,-bn}.csv (torchvision numbers its layers, ReLUs and pools included), timm-*.csv (torchvision's,
but for the fully connected layers) and caffe-{16,19}.csv (our layers have the names of the authors' Caffe models)."""

import pathlib

HERE = pathlib.Path(__file__).parent
STAGES = {11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}
BN = ("weight", "bias", "running_mean", "running_var")
TORCHVISION = {6: "classifier.0", 7: "classifier.3", 8: "classifier.6"}
TIMM = {6: "pre_logits.fc1", 7: "pre_logits.fc2", 8: "head.fc"}


def write(name, lines):
    (HERE / f"{name}.csv").write_text("\n".join(["ours,theirs,transform", *lines]) + "\n")


def features(stages, batch_norm):
    index = 0
    for stage, layers in enumerate(stages, start=1):
        for layer in range(1, layers + 1):
            yield from (f"conv{stage}_{layer}.{part},features.{index}.{part}," for part in BN[:2])
            index += 1
            if batch_norm:
                yield from (f"bn{stage}_{layer}.{part},features.{index}.{part}," for part in BN)
                index += 1
            index += 1  # the ReLU
        index += 1  # the pool


for depth, stages in STAGES.items():
    for batch_norm in (False, True):
        convolutions = list(features(stages, batch_norm))
        suffix = "-bn" if batch_norm else ""
        for library, layers in (("torchvision", TORCHVISION), ("timm", TIMM)):
            # timm keeps the first two as convolutions.
            ends = [f"fc{layer}.{part},{theirs}.{part}," + ("flatten" if library == "timm" and layer < 8 and part == "weight" else "")
                    for layer, theirs in layers.items() for part in BN[:2]]
            write(f"{library}-{depth}{suffix}", convolutions + ends)
    if depth in (16, 19):
        layers = [f"conv{stage}_{layer}" for stage, count in enumerate(stages, 1) for layer in range(1, count + 1)]
        blobs = [(layer, place, part) for layer in layers + ["fc6", "fc7", "fc8"] for place, part in enumerate(BN[:2])]
        write(f"caffe-{depth}", [f"{layer}.{part},{layer}/{place}," for layer, place, part in blobs])
