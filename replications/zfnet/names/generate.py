"""Writes caffe.csv: the ZF of Faster R-CNN as Caffe's file has it, a layer's blobs by their places."""

import pathlib

lines = ["ours,theirs,transform"]
for layer in ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"):
    lines += [f"{layer}.{part},{layer}/{place}," for place, part in enumerate(("weight", "bias"))]
(pathlib.Path(__file__).parent / "caffe.csv").write_text("\n".join(lines) + "\n")
