//! Pictures in, batches out, while the network works on the batch before; and sets that are packed in few files.
//!
//! Must not know networks: a batch is a tensor, an answer somebody else's.

pub mod batch;
pub mod idx;
pub mod list;
pub mod loader;
pub mod objects;
