//! The classes and functions that a state dict is made of, and what to say of all others.
//!
//! Must not allow a name that is more than data: what is allowed is still never called.

use super::Problem;

/// What to do with a file that has more in it than tensors by name.
pub(crate) const ALONE: &str =
    "load it where you trust it, and save the state dict alone: `torch.save(model.state_dict(), NEW)`";

/// What needs something else to be done, by how the name begins.
const ADVICE: [(&str, &str); 8] = [
    ("__torch__.", "save its state dict: `torch.save(torch.jit.load(OLD).state_dict(), NEW)`"),
    ("torch._utils._rebuild_qtensor", "save its tensors as floats: `tensor.dequantize()`"),
    ("torch._utils._rebuild_sparse", "save its tensors with all of their numbers: `tensor.to_dense()`"),
    ("torch._utils._rebuild_meta", "its tensors have no numbers; save the state dict once they have"),
    // Of types that have no storage of their own: float8, or unsigned of 16 to 64 bits.
    ("torch.storage.UntypedStorage", "save its tensors as floats: `tensor.float()`"),
    ("torch._utils._rebuild_tensor_v3", "save its tensors as floats: `tensor.float()`"),
    ("torch.storage._load_from_bytes", "save the state dict with `torch.save` in place of `pickle.dump`"),
    ("numpy.", "save its arrays as tensors: `torch.from_numpy(array)`"),
];

/// Refuses the name of a class or function that no state dict needs.
pub(crate) fn check(name: &str) -> Result<(), Problem> {
    let known = matches!(
        name,
        "collections.OrderedDict"
            | "torch._utils._rebuild_tensor"
            | "torch._utils._rebuild_tensor_v2"
            | "torch._utils._rebuild_parameter"
            | "torch._utils._rebuild_parameter_with_state"
    );
    let storage = name.strip_prefix("torch.").is_some_and(|class| class.ends_with("Storage") && !class.contains('.'));
    if known || storage {
        return Ok(());
    }
    let advice = ADVICE.iter().find(|(start, _)| name.starts_with(start)).map_or(ALONE, |(_, advice)| advice);
    Err(Problem::unsupported(
        format!(
            "the pickle wants `{name}`, which is more than a state dict needs; it is refused, since a pickle can run any program"
        ),
        advice,
    ))
}
