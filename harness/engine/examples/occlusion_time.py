"""How long the same loop takes in PyTorch: copy the picture, cover one place, run the network, a place at a time.

Networks as torchvision has them (its GoogLeNet has batch norms), with random weights. torch 2.11.0, torchvision 0.26.0:

    python harness/engine/examples/occlusion_time.py googlenet 32 16 2
"""
import sys
import time

import torch
import torchvision

name, size, stride, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
options = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
network = getattr(torchvision.models, name)(**options).eval()
picture = torch.randn(1, 3, 224, 224)
corners = range(0, 224 - size + 1, stride)
times = []
for _ in range(3):
    start = time.perf_counter()
    with torch.no_grad():
        for row in corners:
            for column in corners:
                covered = picture.clone()
                covered[:, :, row : row + size, column : column + size] = 0
                network(covered).softmax(1)[0, 1].item()
    times.append(time.perf_counter() - start)
print(f"{name}, {len(corners) ** 2} places, {threads} threads: one by one {sorted(times)[1]:.2f} s")
