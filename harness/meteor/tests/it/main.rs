//! METEOR against the official program, over made-up tables and, where it is at hand, the official package.

// Marked as tests, so that clippy lets helpers unwrap as the tests may.
#[cfg(test)]
mod damage;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod package;
#[cfg(test)]
mod tiny;
