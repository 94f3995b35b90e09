//! The measures that image descriptions are judged by, as the caption tools of COCO compute them (Chen et al. 2015): BLEU, ROUGE-L
//! and CIDEr.
//!
//! Must not know a data set or a model, nor cut captions into the words that are counted: the package `ptb` does. METEOR is a package
//! of its own.

pub mod bleu;
pub mod cider;
pub mod rouge;
pub mod sentence;

pub use bleu::Bleu;
pub use cider::Cider;
pub use rouge::rouge_l;
pub use sentence::{Described, Sentence, Words};
