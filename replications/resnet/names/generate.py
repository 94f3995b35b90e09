"""Writes keras.csv (ResNet-50), caffe-{50,101,152}.csv, torchvision-{18,34,50,101,152}.csv, which are timm's as well, and
akamaster-{20,32,44,56}.csv."""

import pathlib

HERE = pathlib.Path(__file__).parent
BN = ("weight", "bias", "running_mean", "running_var")
KERAS_BN = ("gamma", "beta", "moving_mean", "moving_variance")


def write(name, lines):
    (HERE / f"{name}.csv").write_text("\n".join(["ours,theirs,transform", *lines]) + "\n")


def keras_pair(conv, bn):
    """A convolution and its batch norm. The bias of the converted file belongs to the running mean."""
    yield f"{conv}.weight,{conv}/kernel,hwio"
    yield from (f"{bn}.{ours},{bn}/{theirs}," for ours, theirs in zip(BN, KERAS_BN))
    yield f"{bn}.running_mean,{conv}/bias,subtract"


def keras():
    yield from keras_pair("conv1", "bn_conv1")
    for stage, blocks in ((2, "abc"), (3, "abcd"), (4, "abcdef"), (5, "abc")):
        for block in blocks:
            branches = ["2a", "2b", "2c"] + (["1"] if block == "a" else [])
            for branch in branches:
                name = f"{stage}{block}_branch{branch}"
                yield from keras_pair(f"res{name}", f"bn{name}")
    yield "fc1000.weight,fc1000/kernel,transpose"
    yield "fc1000.bias,fc1000/bias,"


def caffe_pair(conv, bn):
    """A convolution, its batch norm, and the scale and shift that are a layer of their own there."""
    yield f"{conv}.weight,{conv}/0,"
    yield from (f"{bn}.{part},scale{bn[2:]}/{place}," for place, part in enumerate(BN[:2]))
    yield from (f"{bn}.{part},{bn}/{place}," for place, part in enumerate(BN[2:]))


def caffe(stages):
    """The authors' names, which are ours. Their first convolution of 50 layers has a bias."""
    yield from caffe_pair("conv1", "bn_conv1")
    if stages == [3, 4, 6, 3]:
        yield "bn_conv1.running_mean,conv1/1,subtract"
    for index, count in enumerate(stages):
        for block in range(count):
            name = f"{index + 2}{mixed(stages)(index, block)}_branch"
            for branch in ["2a", "2b", "2c"] + (["1"] if block == 0 else []):
                yield from caffe_pair(f"res{name}{branch}", f"bn{name}{branch}")
    yield from (f"fc1000.{part},fc1000/{place}," for place, part in enumerate(BN[:2]))


def pair(conv, bn, their_conv, their_bn):
    yield f"{conv}.weight,{their_conv}.weight,"
    yield from (f"{bn}.{part},{their_bn}.{part}," for part in BN)


def torch(stages, letters, block_name, prefix, projects, ours_fc, theirs_fc):
    """A network in PyTorch's naming: layer1.0.conv1, layer1.0.bn1, layer1.0.downsample.0; a letter a layer of a block."""
    yield from pair("conv1", "bn_conv1", f"{prefix}conv1", f"{prefix}bn1")
    for index, count in enumerate(stages):
        for block in range(count):
            name = f"{index + 2}{block_name(index, block)}_branch"
            theirs = f"{prefix}layer{index + 1}.{block}"
            for number, letter in enumerate(letters, 1):
                yield from pair(
                    f"res{name}2{letter}", f"bn{name}2{letter}", f"{theirs}.conv{number}", f"{theirs}.bn{number}"
                )
            if block == 0 and projects(index):
                yield from pair(f"res{name}1", f"bn{name}1", f"{theirs}.downsample.0", f"{theirs}.downsample.1")
    for part in ("weight", "bias"):
        yield f"{ours_fc}.{part},{prefix}{theirs_fc}.{part},"


def numbered(index, block):
    return f"b{block}" if block else "a"


def lettered(index, block):
    return "abcdef"[block]


def mixed(stages):
    """Long stages number their blocks, and so does the second one of a network with a long third."""
    is_long = lambda index: stages[index] > 6 or (stages[2] > 6 and index == 1)
    return lambda index, block: (numbered if is_long(index) else lettered)(index, block)


write("keras", keras())
for depth, stages in ((18, [2, 2, 2, 2]), (34, [3, 4, 6, 3])):
    write(f"torchvision-{depth}", torch(stages, "ab", lettered, "", lambda index: index > 0, "fc1000", "fc"))
for depth, stages in ((50, [3, 4, 6, 3]), (101, [3, 4, 23, 3]), (152, [3, 8, 36, 3])):
    write(f"torchvision-{depth}", torch(stages, "abc", mixed(stages), "", lambda index: True, "fc1000", "fc"))
for depth, stages in ((50, [3, 4, 6, 3]), (101, [3, 4, 23, 3]), (152, [3, 8, 36, 3])):
    write(f"caffe-{depth}", caffe(stages))
for depth in (20, 32, 44, 56):
    stages = [(depth - 2) // 6] * 3
    write(f"akamaster-{depth}", torch(stages, "ab", numbered, "module.", lambda index: False, "fc10", "linear"))
