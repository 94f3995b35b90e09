"""Takes turns: a plain PyTorch loop in this process, and the runner's training in its own, on the same threads."""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[4]


def arguments(description, data=("--mnist", "folder that holds data/train-images-idx3-ubyte and the others")):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(data[0], required=True, help=data[1])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--steps", type=int, default=150, help="timed steps a turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--runner", default=str(ROOT / "target/debug/runner"))
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    return asked


def images(asked, name="train"):
    raw = np.fromfile(Path(asked.mnist) / f"data/{name}-images-idx3-ubyte", dtype=np.uint8)[16:]
    return torch.from_numpy(raw.reshape(-1, 784).astype(np.float32) / 255).to(asked.device)


def labels(asked, name="train"):
    raw = np.fromfile(Path(asked.mnist) / f"data/{name}-labels-idx1-ubyte", dtype=np.uint8)[8:]
    return torch.from_numpy(raw.astype(np.int64)).to(asked.device)


def plain_rate(asked, step):
    """Steps a second of `step(index)`, after a tenth of the steps as warm-up."""
    for index in range(asked.steps // 10):
        step(index)
    if asked.device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    for index in range(asked.steps):
        step(index)
    if asked.device == "cuda":
        torch.cuda.synchronize()
    return asked.steps / (time.perf_counter() - start)


def recipe(asked, paper, **changes):
    """The paper's recipe as its spec has it, with these changes."""
    harness = Path(asked.runner).resolve().with_name("harness")
    shown = subprocess.run([harness, "show", paper, "--json"], capture_output=True, text=True, check=True, cwd=ROOT)
    return {**json.loads(shown.stdout)["training"], **changes}


def runner_rate(asked, paper, stage, name):
    """Steps a second of the runner's training of that name, as it measures them."""
    with tempfile.TemporaryDirectory() as out:
        stage = {"budget": None, "weights": [], "protocol": None, "generated": [], **stage}
        if "data" not in stage:
            stage["data"] = [{"id": "mnist", "folder": asked.mnist, "list": None, "root": "0"}]
        job = {
            "format": 2, "run": "bench", "paper": paper, "network": stage["id"], "weights": None, "out": out,
            "settings": {
                "seed": 0, "device": asked.device, "precision": "fp32", "memory_format": "contiguous",
                "threads": asked.threads, "loader_threads": 1, "batch": 1, "fold_batch_norm": False, "fuse": False,
            },
            "stages": [{"experiment": stage}],
        }
        threads = {"OMP_NUM_THREADS": str(asked.threads), "MKL_NUM_THREADS": str(asked.threads)}
        command = [asked.runner]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads}
        )
        process.stdin.write(json.dumps(job))
        process.stdin.close()
        said = []
        for line in process.stdout:
            said.append(line)
            event = json.loads(line)
            if event.get("name") == f"training-steps-per-second.{name}":
                process.kill()
                return event["value"]
        raise SystemExit(f"the runner did not train {name}: {said[-1] if said else 'it said nothing'}")


def compare(asked, title, plain, ours):
    """Prints each turn's two rates and the ratio of the medians."""
    rates = []
    for turn in range(asked.turns):
        rates.append((plain(), ours()))
        print(f"turn {turn + 1}: plain {rates[-1][0]:.2f} steps/s, runner {rates[-1][1]:.2f} steps/s", flush=True)
    theirs, mine = (statistics.median(column) for column in zip(*rates))
    print(f"{title}: plain {theirs:.2f}, runner {mine:.2f} steps/s, ratio {mine / theirs:.2f}")
