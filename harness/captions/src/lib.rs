//! The measures that image descriptions are judged by, as the caption tools of COCO compute them (Chen et al. 2015): words by the Penn
//! Treebank's rules, BLEU, ROUGE-L, CIDEr, METEOR.
//!
//! Must not know a data set or a model, and needs no Java.

pub mod bleu;
pub mod cider;
pub mod rouge;
pub mod sentence;
pub mod vocabulary;

pub use bleu::Bleu;
pub use cider::Cider;
pub use rouge::rouge_l;
pub use sentence::{Described, Sentence, Words};
pub use vocabulary::Vocabulary;
