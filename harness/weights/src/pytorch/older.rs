//! PyTorch's files before 1.6: a run of pickles, then the storages.
//!
//! Numbers are little-endian in them on every machine: PyTorch turns them round where it must. Must not judge tensors.

use super::super::pickle::{self, Pickle, Value};
use super::{Problem, Storages, dtype};

/// Magic number, protocol, machine, state dict, list of storages: five pickles; then each storage's length and bytes.
pub(super) fn read(bytes: &[u8]) -> Result<(Pickle, Storages<'_>), Problem> {
    let mut rest = bytes;
    let mut next = || -> Result<Pickle, Problem> {
        let pickle = pickle::read(rest)?;
        rest = &rest[pickle.end..];
        Ok(pickle)
    };
    for _ in 0..3 {
        next()?;
    }
    let pickle = next()?;
    let keys = next()?;
    let mut storages = Storages::new();
    let listed = keys.items(&keys.root).ok_or_else(|| Problem::damaged("the file holds no list of storages"))?;
    for key in listed {
        let Value::Text(key) = key else { return Err(Problem::damaged("a storage's name is no text")) };
        let class = pickle.storages.get(key);
        let class = class.ok_or_else(|| Problem::damaged(format!("nothing says what storage {key} holds")))?;
        let cut = || Problem::damaged(format!("the file ends in the middle of storage {key}"));
        let (count, after) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
        let count = usize::try_from(u64::from_le_bytes(*count)).map_err(|_| cut())?;
        let length = count.checked_mul(dtype(class)?.bytes()).ok_or_else(cut)?;
        let (own, others) = after.split_at_checked(length).ok_or_else(cut)?;
        storages.insert(key.to_string(), own.into());
        rest = others;
    }
    Ok((pickle, storages))
}
