"""Writes `corpus/<target>/`, what each fuzz target begins with, from the files of the tests. Standard library alone.

Run it again where a format changes; `git diff` shows what came of it. What fuzzing finds on the way lies elsewhere (`found/`).
"""

import gzip
import io
import json
import pathlib
import pickle
import re
import shutil
import struct
import tarfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
CORPUS = HERE / "corpus"


def put(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def specs():
    text = (TOP / "harness/spec/tests/it/sample.rs").read_text()
    samples = dict(re.findall(r'const (\w+): &str = r#"(.*?)"#;', text, re.S))
    put("spec", "paper.yaml", samples["PAPER"])
    put("spec", "trained.yaml", samples["TRAINED"])
    put("lock", "sample.lock", samples["LOCK"])


def annotations():
    text = (TOP / "harness/store/tests/it/voc.rs").read_text()
    objects = {"id": 1, "image_id": 9, "category_id": 18, "bbox": [3, 4, 5.5, 6], "iscrowd": 1, "segmentation": [[1, 2, 3]]}
    image = {"id": 9, "file_name": "9.jpg", "width": 20, "height": 10}
    put("coco", "one", compact({"images": [image], "annotations": [objects], "categories": [{"id": 18, "name": "dog"}]}))
    put("voc", "two.xml", re.search(r'const GOOD: &str = "(.*?)";', text, re.S)[1])


def detections():
    voc = {"000001": [{"name": "dog", "difficult": 0, "bbox": [48, 240, 195, 371]}], "000002": []}
    put("detections", "voc", "v" + compact(voc) + "\0000001 .9 48 240 195 371\n000002 .5 1 1 5 5\n")
    box = {"image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9]}
    instances = {"images": [{"id": 7}], "categories": [{"id": 3, "name": "dog"}], "annotations": [box | {"area": 81, "iscrowd": 1}]}
    put("detections", "coco", "c" + compact(instances) + "\0" + compact([box | {"score": 0.5}]))
    put("outcomes", "located", "ofile,class,boxes\na.jpg,3,0 0 10 10;1 1 2 2\n\0class1,class2,box1,box2\n3,4,0 0 9 9,1 1 2 2\n")


def records():
    kinds = {}
    for folder in sorted((TOP / "results/reference").iterdir()):
        if not (folder / "plan.json").exists():
            continue
        plan, events = (folder / "plan.json").read_text(), (folder / "events.jsonl").read_text()
        name = folder.name.split("-", 1)[1].rsplit("-", 1)[0]
        job = json.loads(plan)["job"]
        if job and len(compact(job)) < 4000:
            put("job", f"{name}.json", compact(job))
        for line in events.splitlines():
            kind = json.loads(line)["event"]
            if len(line) < len(kinds.get(kind, "x" * 3000)):
                kinds[kind] = line
        if len(plan) + len(events) < 6000:
            put("record", name, plan + "\0" + events)
    for kind, line in kinds.items():
        put("event", f"{kind}.json", line)
    others = [
        {"event": "resumed", "what": "net", "step": 3, "at": 1.5},
        {"event": "note", "text": "a note"},
        {"event": "failed", "kind": "out-of-memory", "message": "too much", "at": None},
        {"event": "picture", "name": "p", "caption": "c", "file": "p.png", "sha256": "00", "private": True},
        {"event": "canary", "picture": "chelsea", "top": [[281, 0.5]], "class": 281, "score": 0.5, "agrees": True,
         "pixels": "00"},
    ]
    for event in others:
        put("event", f"{event['event']}.json", compact(event))
    older(kinds)


def older(kinds):
    """A record of format 1, as `results/tests/it/format1.rs` writes it."""
    settings = {"seed": 1, "device": "cpu", "precision": "fp32", "memory_format": "contiguous", "threads": 2,
                "loader_threads": 2, "batch": 128, "fold_batch_norm": False, "fuse": False}
    data = {"id": "set", "images": 2, "root": "00", "part_of": None, "already_resized": None, "redistributable": False}
    size = {"networks": ["net"], "steps": 2, "what": "2 of 4 steps", "settings": {"batch": 2}}
    stage = {"experiment": {"id": "e", "dose": size, "of_steps": 4, "budget": None, "weights": [{"id": "w"}],
                            "data": [{"id": "more", "root": "11"}]}}
    plan = {"format": 1, "run": "r", "time": "t", "paper": "p", "network": "net", "commit": "c", "spec_sha256": "0",
            "lock_sha256": "0", "command": ["harness"], "profile": "cpu", "data": data,
            "job": {"settings": settings, "weights": {"id": "w"}, "stages": [stage]}}
    events = [
        json.loads(kinds["started"]),
        {"event": "predictions", "data": "set", "protocol": "q", "file": "f", "count": 2, "sha256": "00"},
        {"event": "outcomes", "metric": "test error", "network": "net", "data": "set", "protocol": "q", "file": "f",
         "count": 2, "sha256": "00", "root": "00", "trained": None},
        {"event": "finished", "at": 2.0},
    ]
    put("record", "format-1", compact(plan) + "\0" + "".join(compact(event) + "\n" for event in events))


def weights():
    golden = TOP / "harness/weights/tests/golden"
    for path in sorted(golden.glob("*.pth")):
        content = path.read_bytes()
        put("pytorch", path.name, content)
        if not content.startswith(b"PK"):
            # Behind the magic number, the protocol and the machine's description.
            stream = io.BytesIO(content)
            for _ in range(3):
                pickle.load(stream)
            put("pickle", path.stem, content[stream.tell():])
    for path in sorted(golden.glob("*.safetensors")):
        put("safetensors", path.name, path.read_bytes())

    for path in sorted(golden.glob("*.caffemodel")):
        put("caffe", path.name, path.read_bytes())

    data = struct.pack("<2f4H", 1.5, -2.0, 1, 2, 3, 4)
    header = compact({
        "__metadata__": {"state": "x"},
        "a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
        "b": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [8, 16]},
    }).encode()
    put("safetensors", "two.safetensors", struct.pack("<Q", len(header)) + header + data)

    layers = [{"class_name": "BatchNormalization", "config": {"name": "bn", "epsilon": 0.002}},
              {"class_name": "Conv2D", "config": {"name": "conv"}}]
    manifest = [{"paths": ["a.bin", "b.bin"],
                 "weights": [{"name": "bn/gamma", "shape": [2], "dtype": "float32"},
                             {"name": "conv/kernel", "shape": [1, 1, 2], "dtype": "int32"}]}]
    model = {"modelTopology": {"model_config": {"config": {"layers": layers}}}, "weightsManifest": manifest}
    put("tfjs", "model", compact(model).encode() + b"\0" + struct.pack("<2f2i", 1.0, 2.0, 3, 4))


def names():
    seen = set()
    for path in sorted((TOP / "replications").glob("*/names/*.csv")):
        lines = path.read_text().splitlines(keepends=True)
        # A few lines of each kind.
        kinds = {}
        for line in lines[1:]:
            kinds.setdefault(line.rstrip().split(",")[-1], []).append(line)
        some = {line for kind in kinds.values() for line in kind[:3]}
        wanted = {line.split(",")[0] for line in some}
        text = lines[0] + "".join(line for line in lines[1:] if line.split(",")[0] in wanted)
        if text not in seen:
            put("names", f"{path.parent.parent.name}-{path.name}", text)
        seen.add(text)


def outcomes():
    put("outcomes", "scored", "cfile,class\na.jpg,3\nb/c.jpg,0\n\0top1,top2,score1,score2\n,7,0.75,0.2\n4,-,0.5,\n")
    put("outcomes", "bare", "cclass\n3\n0\n2\n\0top1\n3\n1\n-\n")
    put("outcomes", "format-1", "c\0class,given,confidence\n3,3,0.9\n0,1,0.4\n")
    prediction = {"file": "a.jpg", "class": 3, "top": [3, 7], "scores": [0.75, 0.2]}
    put("outcomes", "format-1-predictions", "c\0" + compact(prediction) + "\n")
    # Enough of them for a doubt about the labels.
    shifted = [count % 7 for count in range(30)]
    put("outcomes", "shifted", "cclass\n" + "".join(f"{own}\n" for own in shifted) + "\0top1\n"
        + "".join(f"{own + 1}\n" for own in shifted))
    put("outcomes", "likelihood", "l\0value\n-1.5\n2e3\n0\n")
    put("outcomes", "agreement", "a\0other,given\n1,1\n2,0\n")
    put("outcomes", "without-object", "r\0given,confidence\n7,0.99\n,0.2\n")
    put("outcomes", "distortion", "d\0value\n0.065\n0.07\n")

    labels = "file,wnid,class,note\na.jpg,n01440764,0,x\nb/c.jpg,n01484850,,y\n"
    put("predictions", "named", labels + "\0file,top1,top2,score1,score2\nc.jpg,2,0,0.75,0.2\na.jpg,1,2,0.5,0.5\n")
    put("predictions", "bare", "0\n2\n1\n" + "\0" + "0,1\r\n2,0\r\n0,1\r\n")
    put("predictions", "quoted", "\ufefffile,class\n\"a,b\",1\n\"c\"\"d\",0\n" + "\0" + "file,class\n\"c\"\"d\",0\n\"a,b\",0\n")
    listed = {"image_filenames": [["a/x.jpg", "n01440764"], ["b/x.jpg", "n01443537"]]}
    put("predictions", "listed", compact(listed) + "\0b/x.jpg,1\na/x.jpg,0\n")


def pictures():
    for path in sorted((TOP / "harness/images/tests/fixtures").iterdir()):
        target = "jpeg" if path.read_bytes().startswith(b"\xff\xd8") else "png"
        if path.stat().st_size <= 2600:
            put(target, path.name, path.read_bytes())


def labels():
    put("labels", "whole.csv", "file,wnid,class\na.jpg,n01440764,0\nb/c.png,n01484850,2\n")
    put("labels", "by-class.csv", "\ufeffclass,file\r\n1,a.jpg\r\n2,./b/c.png\r\n")
    put("labels", "quoted.csv", 'file,wnid\n"a.jpg",n01443537\n"b/c.png","n01484850"\n')
    put("labels", "wrong.csv", "file,wnid,class\na.jpg,n01440765,1\nb/c.png,,9\n../x,n01440764,\na.jpg,,0\n")
    for path in sorted((TOP / "harness/store/tests/golden").glob("*.mat")):
        put("mat", path.name, path.read_bytes())


def archives():
    members = [("a/one", b"one" * 50), ("two", b"")]
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in members + [("é" * 80, b"x")]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("a/link")
        link.type, link.linkname = tarfile.SYMTYPE, "../two"
        tar.addfile(link)
    # Without the blocks of zeros that fill the last record.
    plain = plain.getvalue().rstrip(b"\0")
    plain += bytes(-len(plain) % 512 + 1024)
    put("archive", "x.tar", plain)
    put("archive", "x.tar.gz", gzip.compress(plain, mtime=0))
    put("archive", "x.gz", gzip.compress(b"labels\n" * 9, mtime=0))
    for name, method in [("stored.zip", zipfile.ZIP_STORED), ("packed.zip", zipfile.ZIP_DEFLATED)]:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for member, content in members:
                archive.writestr(zipfile.ZipInfo(member), content, method)
        put("archive", name, packed.getvalue())


def arrays():
    for name, version, kind, shape, data in [
        ("rows.npy", 1, "<i8", "(2, 2)", struct.pack("<4q", 1, 2, 3, 4)),
        ("one.npy", 2, "<i4", "(3,)", struct.pack("<3i", 1, 2, 3)),
    ]:
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        length = struct.pack("<H" if version == 1 else "<I", len(header))
        put("npy", name, b"\x93NUMPY" + bytes([version, 0]) + length + header + data)


def numbers():
    put("idx", "images", struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 3) + bytes(range(12)))
    put("idx", "labels", struct.pack(">4BI", 0, 0, 8, 1, 2) + b"\x07\x09")


if __name__ == "__main__":
    shutil.rmtree(CORPUS, ignore_errors=True)
    specs()
    annotations()
    detections()
    records()
    weights()
    names()
    outcomes()
    pictures()
    labels()
    archives()
    arrays()
    numbers()
    print(sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()), "bytes")
