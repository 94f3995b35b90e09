//! What people read: pages, the index and figures, from made-up data.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod index;
mod made_up;
mod made_up_trained;
mod markup;
mod page;
mod pictures;
mod tables;
mod trained;
mod words;
