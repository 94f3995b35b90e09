"""ResNet-50 and VGG-19: the runner's forward pass against torchvision's, image for image.

    python3 harness/runner/bench/against_torchvision.py --runner target/debug/runner

Needs torch 2.11.0 and torchvision 0.26.0, and a runner that is built. Both sides run with random weights, the same
batch and the same number of threads, in turns of a few seconds each (ABAB...), since a machine's speed drifts with heat
and neighbours. torchvision is what a person gets from its documentation: fp32, eager, contiguous, eval(), under
inference_mode(). The runner runs fp32 and bf16, channels last, batch norm folded, fused operators. A side's figure is
the median of its turns' medians.

ResNet-50 is not quite the same network on both sides: torchvision has the stride in the 3x3 convolution (4.09 G
multiply-adds), the paper in the first 1x1 (3.86 G). `--same-work` divides the runner's ratio by 1.06, so that what
remains is the speed of the code alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

NETWORKS = {"resnet50": (16, 1.4, 2.8, 4_089_184_256 / 3_857_973_248), "vgg19": (8, 1.15, 2.3, 1.0)}


def runner_turn(arguments, network, batch, precision, batches):
    """Images/s of one short run of the runner."""
    with tempfile.TemporaryDirectory() as out:
        job = {
            "format": 2,
            "run": "bench",
            "paper": "bench",
            "network": network,
            "weights": None,
            "out": out,
            "settings": {
                "seed": 1,
                "device": "cpu",
                "precision": precision,
                "memory_format": "channels-last",
                "threads": arguments.threads,
                "loader_threads": 1,
                "batch": batch,
                "fold_batch_norm": True,
                "fuse": True,
            },
            "stages": [{"throughput": {"batches": batches, "warm_up_seconds": 1.0, "warm_up_batches": 2}}],
        }
        environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads))
        output = subprocess.run(
            [arguments.runner], input=json.dumps(job), capture_output=True, text=True, env=environment, check=True
        ).stdout
    for line in output.splitlines():
        event = json.loads(line)
        if event["event"] == "measurement" and event["name"] == "throughput.network":
            return event["value"]
    raise SystemExit(f"the runner measured nothing: {output}")


def torchvision_turn(model, batch, batches):
    """Images/s of one short run of torchvision."""
    import torch

    x = torch.randn(batch, 3, 224, 224)
    rates = []
    with torch.inference_mode():
        start = time.perf_counter()
        warm = 0
        while warm < 2 or time.perf_counter() - start < 1.0:
            model(x)
            warm += 1
        for _ in range(batches):
            begin = time.perf_counter()
            model(x)
            rates.append(batch / (time.perf_counter() - begin))
    return statistics.median(rates)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", default="target/debug/runner")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--batches", type=int, default=10, help="timed batches a turn of torchvision; the runner times 30")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--same-work", action="store_true")
    arguments = parser.parse_args()

    import torch
    import torchvision

    torch.set_num_threads(arguments.threads)
    failed = False
    for network in arguments.networks:
        batch, want_fp32, want_bf16, work = NETWORKS[network]
        model = getattr(torchvision.models, network)(weights=None).eval()
        rates = {"torchvision fp32": [], "fp32": [], "bf16": []}
        for _ in range(arguments.turns):
            rates["torchvision fp32"].append(torchvision_turn(model, batch, arguments.batches))
            for precision in ("fp32", "bf16"):
                rates[precision].append(runner_turn(arguments, network, batch, precision, 30))
        medians = {side: statistics.median(values) for side, values in rates.items()}
        for side, want in (("fp32", want_fp32), ("bf16", want_bf16)):
            ratio = medians[side] / medians["torchvision fp32"] / (work if arguments.same_work else 1.0)
            verdict = "ok" if ratio >= want else "TOO SLOW"
            failed |= ratio < want
            print(
                f"{network} batch {batch} {side}: {medians[side]:.2f} images/s, torchvision fp32 "
                f"{medians['torchvision fp32']:.2f}, {ratio:.2f} times (at least {want}) {verdict}; turns {rates[side]}",
                flush=True,
            )
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
