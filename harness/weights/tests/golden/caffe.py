"""Writes caffe_*.caffemodel with the classes of Caffe's own caffe.proto, what is in them (caffe.json), and what is refused.

    pip install protobuf grpcio-tools 'opencv-python-headless<5'
    python caffe.py CAFFE_PROTO

CAFFE_PROTO is src/caffe/proto/caffe.proto of BVLC/caffe @9b89154, as the package brocolli-caffe 9.0.2 of PyPI has it (with
layers of its own beside). OpenCV writes half precision as NVIDIA's Caffe does (4.14.0).
"""

import importlib
import json
import pathlib
import sys
import tempfile

import cv2
import numpy as np
from grpc_tools import protoc

HERE = pathlib.Path(__file__).parent
work = pathlib.Path(tempfile.mkdtemp())
sys.path.insert(0, str(work))
text = pathlib.Path(sys.argv[1]).read_text()


def classes(name, text):
    (work / f"{name}.proto").write_text(text)
    assert protoc.main(["", f"-I{work}", f"--python_out={work}", f"{name}.proto"]) == 0
    return importlib.import_module(f"{name}_pb2")


caffe = classes("caffe", text)
# The same messages as they were before numbers were packed.
unpacked = classes("unpacked", text.replace(" [packed = true]", "").replace("package caffe", "package unpacked"))


def numbers(*shape):
    return (np.arange(np.prod(shape), dtype=np.float32).reshape(shape) - 2) / 4


def fill(blob, values, how):
    if how == "sides":
        blob.num, blob.channels, blob.height, blob.width = (1,) * (4 - values.ndim) + values.shape
    else:
        blob.shape.dim.extend(values.shape)
    (blob.double_data if how == "double" else blob.data).extend(values.ravel().tolist())
    if how == "packed":
        blob.diff.extend(values.ravel().tolist())  # as a net that is trained on has it


WEIGHTS = {"conv": [numbers(2, 1, 2, 2), numbers(2)], "fc": [numbers(3, 2), numbers(3)], "one": [numbers(1, 4), numbers(1)]}


def network(how, proto=caffe):
    net = proto.NetParameter(name="net")
    older = how == "sides"
    layers = net.layers if older else net.layer
    kinds = (4, 14, 18) if older else ("Convolution", "InnerProduct", "ReLU")
    if not older:
        # A net of training and test has two layers of one name, which no weights are in.
        for phase in (0, 1):
            layers.add(name="data", type="Data").include.add(phase=phase)
    for name, blobs in WEIGHTS.items():
        layer = layers.add(name=name, type=kinds[0] if name == "conv" else kinds[1])
        layer.bottom.append("data")
        for values in blobs:
            fill(layer.blobs.add(), values, how)
        layers.add(name=f"relu_{name}", type=kinds[2])
    return net


def put(name, message):
    (HERE / f"caffe_{name}.caffemodel").write_bytes(message.SerializeToString())


def tensors(weights):
    named = {f"{layer}/{index}": values for layer, blobs in weights.items() for index, values in enumerate(blobs)}
    return {name: {"shape": values.shape, "data": values.ravel().tolist()} for name, values in named.items()}


found = {}
for how in ("packed", "double", "sides"):
    put(how, network(how))
    found[f"caffe_{how}.caffemodel"] = {"tensors": tensors(WEIGHTS), "epsilons": {}}
put("unpacked", network("unpacked", unpacked))
found["caffe_unpacked.caffemodel"] = found["caffe_packed.caffemodel"]

# Statistics are sums, beside the factor that they are divided by.
net = caffe.NetParameter(name="norm")
scale, shift, mean, variance = numbers(3), numbers(3) * 2, numbers(3) - 1, numbers(3) + 1
for name, factor, epsilon in (("bn1", 8, None), ("bn2", 0, 0.002)):
    layer = net.layer.add(name=name, type="BatchNorm")
    if epsilon:
        layer.batch_norm_param.eps = epsilon
    for values in (mean * factor if factor else mean, variance * factor if factor else variance, np.float32([factor])):
        fill(layer.blobs.add(), values, "shape")
layer = net.layer.add(name="scale1", type="Scale")
layer.scale_param.bias_term = True
for values in (scale, shift):
    fill(layer.blobs.add(), values, "shape")
put("norm", net)
weights = {"bn1": [mean, variance], "bn2": [mean * 0, variance * 0], "scale1": [scale, shift]}
found["caffe_norm.caffemodel"] = {"tensors": tensors(weights), "epsilons": {"bn1": 1e-5, "bn2": 0.002}}

# What is refused.
net = caffe.NetParameter(name="older")
older = net.layers.add(bottom=["data"]).layer
older.name, older.type = "conv", "conv"
fill(older.blobs.add(), WEIGHTS["conv"][0], "sides")
put("refused_v0", net)
cv2.dnn.shrinkCaffeModel(str(HERE / "caffe_packed.caffemodel"), str(HERE / "caffe_refused_half.caffemodel"), ["Convolution"])
net = network("packed")
net.layer.add().CopyFrom(net.layer[2])
put("refused_twice", net)

(HERE / "caffe.json").write_text(json.dumps(found, indent=1) + "\n")
