//! The data store: keeps the files that `datasets.lock` pins, fetches what is missing, and proves every byte before it is
//! handed out.
//!
//! Must not decode pictures or weights, know papers or networks, or print results: it gives paths and facts about them.
//! Nothing here trusts a name, a suffix or a date: a file is what its hash says.
//!
//! ```no_run
//! # fn main() -> Result<(), store::Error> {
//! # let lock: spec::lock::Lock = unimplemented!();
//! let store = store::Store::new(store::Options::new(store::Home::locate()?));
//! let fetched = store.ensure(lock.entry("mnist").unwrap())?;
//! println!("{} files under {}, root {}", fetched.files.len(), fetched.dir.display(), fetched.root);
//! # Ok(()) }
//! ```

mod absent;
pub mod annotated;
pub mod archive;
mod boxes;
pub mod captioned;
pub mod coco;
pub mod error;
pub mod expect;
mod extracted;
mod fetched;
pub mod fs;
mod given;
pub mod hash;
pub mod home;
pub mod http;
pub mod images;
mod inspect;
mod listed;
pub mod manifest;
pub mod mutex;
mod obtain;
mod options;
pub mod package;
mod parts;
pub mod pin;
pub mod progress;
mod stamp;
mod status;
mod store;
mod verify;
pub mod voc;

pub use boxes::{UserBoxes, has_boxes, has_labels, user_boxes};
pub use captioned::{Captioned, captioned};
pub use error::Error;
pub use fetched::{Fetched, FileFact, InPlace, Origin};
pub use home::Home;
pub use images::{Labelled, Labels, Truth, UserImages, labelled, user_images};
pub use listed::listed;
pub use options::Options;
pub use pin::pin;
pub use progress::Progress;
pub use status::Status;
pub use store::Store;
pub use verify::{Problem, Report};
