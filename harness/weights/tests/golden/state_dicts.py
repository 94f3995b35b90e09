"""Writes state_dict_zip.pth and state_dict_legacy.pth with PyTorch itself: the same tensors in both formats."""

import collections
import pathlib

import torch

HERE = pathlib.Path(__file__).parent

base = torch.arange(6, dtype=torch.float32)
state = collections.OrderedDict(
    a=base.view(3, 2).t(),  # not contiguous
    b=torch.tensor([1.5, -0.25], dtype=torch.float16),
    c=torch.tensor(3.0, dtype=torch.bfloat16),
    shared=torch.nn.Parameter(base[2:4]),  # a part of a's storage
)
state["bn.num_batches_tracked"] = torch.tensor(7)
torch.save({"epoch": 3, "state_dict": state}, HERE / "state_dict_zip.pth")
torch.save({"epoch": 3, "state_dict": state}, HERE / "state_dict_legacy.pth", _use_new_zipfile_serialization=False)
