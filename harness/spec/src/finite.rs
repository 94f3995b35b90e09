//! Numbers of single precision as files have them: one that is too large for it is refused, where a plain reader would take
//! it for infinity, which no file can be given again.
//!
//! Must not look at what a number is for.

use serde::{Deserialize, Deserializer, de::Error};

/// A number.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f32, D::Error> {
    checked(f32::deserialize(from)?, |number| vec![*number])
}

/// Three numbers.
pub(crate) fn three<'de, D: Deserializer<'de>>(from: D) -> Result<[f32; 3], D::Error> {
    checked(<[f32; 3]>::deserialize(from)?, |numbers| numbers.to_vec())
}

/// Numbers, each after a class.
pub(crate) fn by_class<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(u32, f32)>, D::Error> {
    checked(Vec::<(u32, f32)>::deserialize(from)?, |all| all.iter().map(|(_, number)| *number).collect())
}

fn checked<T, E: Error>(value: T, numbers: impl Fn(&T) -> Vec<f32>) -> Result<T, E> {
    match numbers(&value).iter().all(|number| number.is_finite()) {
        true => Ok(value),
        false => Err(E::custom("a number that is not finite in single precision")),
    }
}
