"""Writes torchvision-{11,13,16,19}.csv: torchvision numbers its layers, ReLUs and pools included."""

import pathlib

HERE = pathlib.Path(__file__).parent
STAGES = {11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}

for depth, stages in STAGES.items():
    lines = ["ours,theirs,transform"]
    index = 0
    for stage, layers in enumerate(stages, start=1):
        for layer in range(1, layers + 1):
            lines += [f"conv{stage}_{layer}.{part},features.{index}.{part}," for part in ("weight", "bias")]
            index += 2  # the convolution and its ReLU
        index += 1  # the pool
    for layer, index in ((6, 0), (7, 3), (8, 6)):
        lines += [f"fc{layer}.{part},classifier.{index}.{part}," for part in ("weight", "bias")]
    (HERE / f"torchvision-{depth}.csv").write_text("\n".join(lines) + "\n")
