"""How many of imagenet-train-60 an independent GoogLeNet has right with ten crops: 53 (top-1) and 59 (top-5).

    python3 harness/tests/golden/ten_crop.py FOLDER

FOLDER is an unpacked mirror (bvlc_googlenet.safetensors, imagenet-train-60/). Needs torch 2.11.0, torchvision 0.26.0,
safetensors and Pillow. Decoding, resizing and cropping are torchvision's on Pillow images (short side 256, antialiased
bilinear, TenCrop 224), softmax averaged over the crops; the network is the one of replications/tests/golden/networks.py.
"""

import csv
import pathlib
import sys

import torch
import torchvision.transforms as transforms
from PIL import Image
from safetensors.torch import load_file

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "replications/tests/golden"))
import networks  # noqa: E402

BRANCHES = ["1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj"]
BLOCKS = ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]


def load(path):
    """The network with the file's weights: layers are in the same order on both sides."""
    network = networks.googlenet().eval()
    tensors = load_file(path)
    names = ["conv1/7x7_s2", "conv2/3x3_reduce", "conv2/3x3"]
    names += [f"inception_{block}/{branch}" for block in BLOCKS for branch in BRANCHES] + ["loss3/classifier"]
    layers = [m for m in network.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    for name, layer in zip(names, layers, strict=True):
        assert tensors[f"{name}.weight"].shape == layer.weight.shape, name
        layer.weight.data, layer.bias.data = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
    return network


def main():
    folder = pathlib.Path(sys.argv[1])
    network = load(folder / "bvlc_googlenet.safetensors")
    mean = torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1)
    top1 = top5 = 0
    images = folder / "imagenet-train-60"
    with torch.inference_mode():
        for row in csv.DictReader((images / "labels.csv").open()):
            picture = transforms.Resize(256)(Image.open(images / row["file"]).convert("RGB"))
            crops = torch.stack([transforms.PILToTensor()(crop) for crop in transforms.TenCrop(224)(picture)])
            best = network(crops.float()[:, [2, 1, 0]] - mean).softmax(1).mean(0).topk(5).indices.tolist()
            top1 += best[0] == int(row["class"])
            top5 += int(row["class"]) in best
    print(top1, top5)


main()
