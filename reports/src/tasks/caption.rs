//! Sentences about images: their measures on one scale.

use results::tasks::caption::{BLEU, CIDER, METEOR, ROUGE_L};

use super::{Fragment, Scale};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[Scale {
        name: "agreement-captions",
        title: "Measures of sentences against published",
        axis: "a hundred times what the caption tools print",
        metrics: &[BLEU[0], BLEU[1], BLEU[2], BLEU[3], METEOR, ROUGE_L, CIDER],
    }],
    counted: &[],
    plain: &[],
    sections: &[],
};
