"""Writes torchvision.csv (torchvision numbers its layers, ReLUs, pools and dropouts included) and caffe.csv."""

import pathlib

HERE = pathlib.Path(__file__).parent

lines = ["ours,theirs,transform"]
for layer, index in ((1, 0), (2, 3), (3, 6), (4, 8), (5, 10)):
    lines += [f"conv{layer}.{part},features.{index}.{part}," for part in ("weight", "bias")]
for layer, index in ((6, 1), (7, 4), (8, 6)):
    lines += [f"fc{layer}.{part},classifier.{index}.{part}," for part in ("weight", "bias")]
(HERE / "torchvision.csv").write_text("\n".join(lines) + "\n")

# Caffe's file has a layer's blobs by their places: weight, bias.
lines = ["ours,theirs,transform"]
for layer in ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"):
    lines += [f"{layer}.{part},{layer}/{place}," for place, part in enumerate(("weight", "bias"))]
(HERE / "caffe.csv").write_text("\n".join(lines) + "\n")
