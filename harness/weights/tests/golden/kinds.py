"""Writes what else PyTorch and safetensors may write, by themselves (PyTorch 2.11, safetensors 0.8): the same numbers in every
type, by every protocol of pickle, in either order of bytes; tensors that show a number many times.

What each file holds is said in `tests/it/written.rs`. PyTorch reads back what this script put together itself. The older
format calls storages by their addresses, so that its files are others each time.
"""

import io
import pathlib
import zipfile

import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent
TYPES = "float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool".split()

# 0, 1, 2, 3 in every type, negative where it has a sign; as booleans 0, 1, 1, 1.
numbers = {}
for name in TYPES:
    dtype = getattr(torch, name)
    sign = 1 if name in ("uint8", "bool") else -1
    numbers[name] = (sign * torch.arange(4)).to(dtype).view(2, 2)
numbers["bn.num_batches_tracked"] = torch.tensor(7)

torch.save(numbers, HERE / "numbers.pth", pickle_protocol=4)
safetensors.torch.save_file(numbers, HERE / "numbers.safetensors")

# As a big-endian machine writes it: the storages' numbers turned round, and the record that says so.
buffer = io.BytesIO()
torch.save(numbers, buffer, pickle_protocol=5)
sizes = {f"archive/data/{key}": tensor.element_size() for key, tensor in enumerate(numbers.values())}
with zipfile.ZipFile(buffer) as little, zipfile.ZipFile(HERE / "big_endian.pth", "w") as big:
    for name in little.namelist():
        content = little.read(name)
        size = sizes.get(name, 1)
        content = b"".join(content[at : at + size][::-1] for at in range(0, len(content), size))
        if name == "archive/byteorder":
            content = b"big"
        big.writestr(zipfile.ZipInfo(name), content)
for name, tensor in torch.load(HERE / "big_endian.pth", weights_only=False).items():
    assert torch.equal(tensor, numbers[name]), name

# One number as [3, 4]; a row as [2, 3]; a column as [3, 2]; windows of three out of four.
row = torch.tensor([1.0, 2.0, 3.0])
shown = {
    "one": torch.tensor([0.5]).expand(3, 4),
    "rows": row.expand(2, 3),
    "columns": row.view(3, 1).expand(3, 2),
    "windows": torch.arange(4.0).unfold(0, 3, 1),
}
# Without checksums, as one may ask PyTorch to write.
torch.serialization.set_crc32_options(False)
torch.save(shown, HERE / "expanded.pth", pickle_protocol=3)
torch.serialization.set_crc32_options(True)

for protocol in (1, 3, 4, 5):
    older = HERE / f"older_protocol_{protocol}.pth"
    torch.save(shown, older, pickle_protocol=protocol, _use_new_zipfile_serialization=False)

# What is refused: a type without a storage of its own, numbers that are to be negated, a whole model.
torch.save({"a": torch.zeros(2, dtype=torch.float8_e4m3fn)}, HERE / "refused_float8.pth")
torch.save({"a": torch._neg_view(torch.ones(2))}, HERE / "refused_negated.pth")
torch.save(torch.nn.ReLU(), HERE / "refused_model.pth")
