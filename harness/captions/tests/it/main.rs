//! The measures against the caption tools' own programs.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it cannot test")]

mod measures;
