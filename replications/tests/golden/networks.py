"""Writes networks.json: sizes of the networks from independent PyTorch builds.

VGG, with batch norm or not, the one-tower AlexNet, torchvision's GoogLeNet and the v1.5 ResNets come from torchvision; AlexNet,
GoogLeNet and ResNet are written by hand from the papers, since torchvision's differ (one tower instead of two in AlexNet, batch
norm and a 3x3 for the 5x5 in GoogLeNet, the stride in the 3x3 in ResNet); so are ZF Net and its ablations, and from their
deploy.prototxt BVLC's networks, the ZF of Faster R-CNN and the ResNets that their authors released. Detectors are from the
test.prototxt of fast-rcnn and py-faster-rcnn, but for those on GoogLeNet, which are this project's own; what stands behind RoI
pooling is counted for one region. Shapes are those that hooks see in a forward pass on the meta device; multiply-adds follow from
them, convolutions and fully connected layers only.

    python networks.py        (torch 2.11.0, torchvision 0.26.0)
"""

import json
import pathlib

import torch
from torch import nn
from torchvision import models


def conv(inputs, outputs, kernel, stride=1, padding=0, groups=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups), nn.ReLU())


def zfnet(maps=(384, 384, 256), units=(4096, 4096), krizhevsky=False):
    """Figure 3, or the replication of Krizhevsky et al. in two groups; alpha is n * 1e-4, since PyTorch divides by n."""
    norm = lambda: nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0)
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    if krizhevsky:
        layers = [conv(3, 96, 11, 4, 2), norm(), pool(), conv(96, 256, 5, 1, 2, 2), norm(), pool()]
    else:
        layers = [conv(3, 96, 7, 2, 1), pool(), norm(), conv(96, 256, 5, 2), pool(), norm()]
    features = 256
    for index, outputs in enumerate(maps):
        # Where layers are removed, the last that is left is layer 5.
        whole = index == 0 and len(maps) == 3
        layers.append(conv(features, outputs, 3, 1, 1, 2 if krizhevsky and not whole else 1))
        features = outputs
    layers += [pool(), nn.Flatten()]
    features *= 6 * 6
    for outputs in units:
        layers += [nn.Linear(features, outputs), nn.ReLU(), nn.Dropout(0.5)]
        features = outputs
    return nn.Sequential(*layers, nn.Linear(features, 1000))


WIDE = (512, 1024, 512)
ZFNETS = {
    "zfnet": {},
    "zfnet-512-1024-512": {"maps": WIDE},
    "zfnet-fc2048": {"units": (2048, 2048)},
    "zfnet-fc8192": {"units": (8192, 8192)},
    "zfnet-512-1024-512-fc8192": {"maps": WIDE, "units": (8192, 8192)},
    "zfnet-krizhevsky": {"krizhevsky": True},
    "zfnet-krizhevsky-without-3-4": {"krizhevsky": True, "maps": (256,)},
    "zfnet-krizhevsky-without-7": {"krizhevsky": True, "units": (4096,)},
    "zfnet-krizhevsky-without-6-7": {"krizhevsky": True, "units": ()},
    "zfnet-krizhevsky-without-3-4-6-7": {"krizhevsky": True, "maps": (256,), "units": ()},
    "zfnet-krizhevsky-fc2048": {"krizhevsky": True, "units": (2048, 2048)},
    "zfnet-krizhevsky-fc8192": {"krizhevsky": True, "units": (8192, 8192)},
}


class Inception(nn.Module):
    def __init__(self, inputs, a, b, c, d, e, f):
        super().__init__()
        self.branches = nn.ModuleList([
            conv(inputs, a, 1),
            nn.Sequential(conv(inputs, b, 1), conv(b, c, 3, 1, 1)),
            nn.Sequential(conv(inputs, d, 1), conv(d, e, 5, 1, 2)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(inputs, f, 1)),
        ])

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def alexnet():
    """Two GPUs are two groups; 60,965,224 parameters need 55 places behind the first convolution, which padding 2 gives."""

    def layer(inputs, outputs, kernel, groups):
        return [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups), nn.ReLU()]

    norm = lambda: nn.LocalResponseNorm(5, 5 * 1e-4, 0.75, 2.0)
    pool = lambda: nn.MaxPool2d(3, 2)
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4, 2), nn.ReLU(), norm(), pool(), *layer(96, 256, 5, 2), norm(), pool(),
        *layer(256, 384, 3, 1), *layer(384, 384, 3, 2), *layer(384, 256, 3, 2), pool(), nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000),
    )


def bvlc(pool_first, classes=1000):
    """227 pixels, no padding; AlexNet, or CaffeNet, which pools first. Normalisation changes no size."""
    norm = lambda: nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    after = lambda: [pool(), norm()] if pool_first else [norm(), pool()]
    return nn.Sequential(
        conv(3, 96, 11, 4), *after(), conv(96, 256, 5, 1, 2, 2), *after(), conv(256, 384, 3, 1, 1),
        conv(384, 384, 3, 1, 1, 2), conv(384, 256, 3, 1, 1, 2), pool(), nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, classes),
    )


def zf_msra():
    pool = lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True)
    return nn.Sequential(
        conv(3, 96, 7, 2, 3), pool(), conv(96, 256, 5, 2, 2), pool(), conv(256, 384, 3, 1, 1), conv(384, 384, 3, 1, 1),
        conv(384, 256, 3, 1, 1), nn.MaxPool2d(3, 3, 1, ceil_mode=True), nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000),
    )


def googlenet():
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    norm = lambda: nn.LocalResponseNorm(5)
    return nn.Sequential(
        conv(3, 64, 7, 2, 3), pool(), norm(), conv(64, 64, 1), conv(64, 192, 3, 1, 1), norm(), pool(),
        Inception(192, 64, 96, 128, 16, 32, 32), Inception(256, 128, 128, 192, 32, 96, 64), pool(),
        Inception(480, 192, 96, 208, 16, 48, 64), Inception(512, 160, 112, 224, 24, 64, 64),
        Inception(512, 128, 128, 256, 24, 64, 64), Inception(512, 112, 144, 288, 32, 64, 64),
        Inception(528, 256, 160, 320, 32, 128, 128), pool(),
        Inception(832, 256, 160, 320, 32, 128, 128), Inception(832, 384, 192, 384, 48, 128, 128),
        nn.AvgPool2d(7), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, 1000),
    )


class WithHeads(nn.Module):
    """Figure 3: heads on 4a and 4d."""

    def __init__(self):
        super().__init__()
        self.trunk = googlenet()
        head = lambda inputs: nn.Sequential(
            nn.AvgPool2d(5, 3), conv(inputs, 128, 1), nn.Flatten(), nn.Linear(2048, 1024), nn.ReLU(), nn.Dropout(0.7),
            nn.Linear(1024, 1000))
        self.heads = nn.ModuleDict({"4a": head(512), "4d": head(528)})

    def forward(self, x):
        for index, layer in enumerate(self.trunk):
            x = layer(x)
            name = {10: "4a", 13: "4d"}.get(index)
            if name:
                self.heads[name](x)
        return x


class Pad(nn.Module):
    """Option A."""

    def __init__(self, stride, extra):
        super().__init__()
        self.stride, self.extra = stride, extra

    def forward(self, x):
        return nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.extra // 2, self.extra // 2))


class Block(nn.Module):
    def __init__(self, inputs, width, stride, bottleneck, option):
        super().__init__()
        outputs = width * 4 if bottleneck else width
        plan = [(inputs, width, 1, stride), (width, width, 3, 1), (width, outputs, 1, 1)] if bottleneck else [
            (inputs, width, 3, stride), (width, width, 3, 1)]
        layers = []
        for i, o, k, s in plan:
            layers += [nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU()]
        self.branch = nn.Sequential(*layers[:-1])
        changes = stride != 1 or inputs != outputs
        if option == "plain":
            self.shortcut = None
        elif option == "C" or (option == "B" and changes):
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.shortcut = Pad(stride, outputs - inputs) if changes else nn.Identity()

    def forward(self, x):
        y = self.branch(x)
        return torch.relu(y if self.shortcut is None else y + self.shortcut(x))


def stack(first, stages, width, bottleneck, option, classes):
    layers, inputs = first, width
    for index, count in enumerate(stages):
        for block in range(count):
            layers.append(Block(inputs, width << index, 2 if index and not block else 1, bottleneck, option))
            inputs = (width << index) * (4 if bottleneck else 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


def resnet(stages, bottleneck=False, option="B", caffe=False):
    pool = nn.MaxPool2d(3, 2, ceil_mode=True) if caffe else nn.MaxPool2d(3, 2, 1)
    first = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), pool]
    return stack(first, stages, 64, bottleneck, option, 1000)


def cifar(depth, option="A"):
    first = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    return stack(first, [(depth - 2) // 6] * 3, 16, False, option, 10)


def vgg_c():
    network = models.vgg16()
    for index, channels in ((14, 256), (21, 512), (28, 512)):
        network.features[index] = nn.Conv2d(channels, channels, 1)
    return network


class Regions(nn.Module):
    """RoI pooling, of one region and its sizes only."""

    def __init__(self, bins):
        super().__init__()
        self.bins = bins

    def forward(self, x):
        return x.new_empty(1, x.shape[1], self.bins, self.bins)


class Detector(nn.Module):
    """A trunk of so many maps, what turns a region into so many features, and what proposes, where it has maps of its own."""

    def __init__(self, trunk, maps, behind, features, proposing=0):
        super().__init__()
        self.trunk, self.behind = nn.Sequential(*trunk), nn.Sequential(*behind)
        self.scores, self.boxes = nn.Linear(features, 21), nn.Linear(features, 84)
        self.proposing = None
        if proposing:
            self.proposing = conv(maps, proposing, 3, 1, 1)
            # Nine anchors: background or not, and four numbers each.
            self.anchor_scores, self.anchor_boxes = nn.Conv2d(proposing, 18, 1), nn.Conv2d(proposing, 36, 1)

    def forward(self, x):
        x = self.trunk(x)
        if self.proposing:
            proposed = self.proposing(x)
            self.anchor_scores(proposed)
            self.anchor_boxes(proposed)
        x = self.behind(x)
        return self.scores(x), self.boxes(x)


def connected(maps, bins, last=4096):
    """RoI pooling, fc6 and fc7."""
    layers = [Regions(bins), nn.Flatten(), nn.Linear(maps * bins * bins, 4096), nn.ReLU(), nn.Dropout(0.5)]
    return layers + [nn.Linear(4096, last), nn.ReLU(), nn.Dropout(0.5)]


def caffenet_detector():
    """Padding where deploy.prototxt has none: 5 pixels in conv1 and 1 in either pool."""
    after = lambda: [nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)]
    trunk = [conv(3, 96, 11, 4, 5), *after(), conv(96, 256, 5, 1, 2, 2), *after(), conv(256, 384, 3, 1, 1),
             conv(384, 384, 3, 1, 1, 2), conv(384, 256, 3, 1, 1, 2)]
    return Detector(trunk, 256, connected(256, 6), 4096)


def vgg_m_detector():
    after = lambda: [nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0), nn.MaxPool2d(3, 2, ceil_mode=True)]
    trunk = [conv(3, 96, 7, 2), *after(), conv(96, 256, 5, 2, 1), *after(), conv(256, 512, 3, 1, 1), conv(512, 512, 3, 1, 1),
             conv(512, 512, 3, 1, 1)]
    return Detector(trunk, 512, connected(512, 6, 1024), 1024)


def vgg16_detector(proposing=0):
    """Without the last pool; Caffe's pools round up, which torchvision's do not."""
    trunk, inputs = [], 3
    for maps, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        if trunk:
            trunk.append(nn.MaxPool2d(2, 2, ceil_mode=True))
        for _ in range(count):
            trunk.append(conv(inputs, maps, 3, 1, 1))
            inputs = maps
    return Detector(trunk, 512, connected(512, 7), 4096, proposing)


def zf_detector():
    return Detector(zf_msra()[:7], 256, connected(256, 6), 4096, 256)


def googlenet_detector(proposing=0):
    """All up to 4e for the picture, 5a and 5b for each region, without the pool between them."""
    layers = googlenet()
    behind = [Regions(7), *layers[16:18], nn.AvgPool2d(7), nn.Flatten(), nn.Dropout(0.4)]
    return Detector(layers[:15], 832, behind, 1024, proposing)


def measure(network, height, width=None):
    """Parameters, multiply-adds, and the output shapes of convolutions, pools and fully connected layers, sorted."""
    shapes, total = [], 0

    def hook(module, inputs, output):
        nonlocal total
        shapes.append(list(output.shape[1:]))
        if isinstance(module, nn.Conv2d):
            total += output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += module.weight.numel()

    kinds = (nn.Conv2d, nn.Linear, nn.MaxPool2d)
    for module in network.modules():
        if isinstance(module, kinds):
            module.register_forward_hook(hook)
    network.eval()(torch.empty(1, 3, height, width or height, device="meta"))
    return {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "multiply_adds": total,
        "shapes": sorted(shapes),
    }


def main():
    with torch.device("meta"):
        networks = {"alexnet": (alexnet(), 224), "alexnet-one-tower": (models.alexnet(), 224)}
        networks |= {f"vgg{depth}": (getattr(models, f"vgg{depth}")(), 224) for depth in (11, 13, 16, 19)}
        networks |= {f"vgg{depth}-bn": (getattr(models, f"vgg{depth}_bn")(), 224) for depth in (11, 13, 16, 19)}
        networks |= {f"vgg16-{kind}": (models.vgg16(num_classes=outputs), 224) for kind, outputs in (("scr", 4), ("pcr", 4000))}
        networks["bvlc-alexnet"] = (bvlc(False), 227)
        networks["rcnn-t-net"] = (bvlc(True, 21), 227)
        networks["rcnn-o-net"] = (models.vgg16(num_classes=21), 224)
        networks["bvlc-caffenet"] = (bvlc(True), 227)
        networks["zf-msra"] = (zf_msra(), 224)
        networks["googlenet-torchvision"] = (models.googlenet(aux_logits=False, init_weights=False), 224)
        networks["vgg16-c"] = (vgg_c(), 224)
        networks["googlenet"] = (googlenet(), 224)
        networks["googlenet-with-heads"] = (WithHeads(), 224)
        for name, stages, bottleneck in (
            ("18", [2, 2, 2, 2], False), ("34", [3, 4, 6, 3], False), ("50", [3, 4, 6, 3], True),
            ("101", [3, 4, 23, 3], True), ("152", [3, 8, 36, 3], True),
        ):
            networks[f"resnet{name}"] = (resnet(stages, bottleneck), 224)
            if bottleneck:
                networks[f"resnet{name}-caffe"] = (resnet(stages, True, caffe=True), 224)
                networks[f"resnet{name}-v1.5"] = (getattr(models, f"resnet{name}")(), 224)
        networks["resnet18-a"] = (resnet([2, 2, 2, 2], option="A"), 224)
        networks["resnet34-a"] = (resnet([3, 4, 6, 3], option="A"), 224)
        networks["resnet34-c"] = (resnet([3, 4, 6, 3], option="C"), 224)
        networks["plain18"] = (resnet([2, 2, 2, 2], option="plain"), 224)
        networks["plain34"] = (resnet([3, 4, 6, 3], option="plain"), 224)
        for depth in (20, 32, 44, 56, 110, 1202):
            networks[f"resnet{depth}"] = (cifar(depth), 32)
        for depth in (20, 32, 44, 56, 110):
            networks[f"plain{depth}"] = (cifar(depth, "plain"), 32)
        for name, parts in ZFNETS.items():
            networks[name] = (zfnet(**parts), 224)
        for name, detector in (
            ("fast-rcnn-s", caffenet_detector()), ("fast-rcnn-m", vgg_m_detector()), ("fast-rcnn-l", vgg16_detector()),
            ("faster-rcnn-zf", zf_detector()), ("faster-rcnn-vgg16", vgg16_detector(512)),
            ("fast-rcnn-googlenet", googlenet_detector()), ("faster-rcnn-googlenet", googlenet_detector(256)),
        ):
            networks[name] = (detector, 600, 1000)
    rows = [f'  "{name}": {json.dumps(measure(*network))}' for name, network in networks.items()]
    text = "{\n" + ",\n".join(rows) + "\n}\n"
    (pathlib.Path(__file__).parent / "networks.json").write_text(text)


main()
