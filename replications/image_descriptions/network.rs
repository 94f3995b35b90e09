//! The two models as the paper gives them: one that aligns regions and words (section 3.1), one that writes sentences (section 3.2).
//!
//! Must not hold what the paper leaves to a search: where it prints a range, the smallest number of it stands here.

use crate::build::Builder;
use crate::graph::{Graph, Op};
use crate::{alexnet, googlenet, vgg};

/// Numbers of the space in which regions and words meet; the paper: 1,000 to 1,600.
const EMBEDDING: usize = 1000;
/// Numbers of a word's vector (word2vec's).
const VECTOR: usize = 300;
/// States of the recurrences that read a sentence; the paper: 300 to 600.
const READER: usize = 300;
/// States of the recurrence that writes.
const WRITER: usize = 512;
/// States, and numbers of images and words, of the long short-term memory that the authors' code has in its place.
const LSTM: usize = 256;
/// The share that is dropped; the paper prints none, the authors' code has this.
const DROPPED: f64 = 0.5;

/// Words of Flickr8k's training sentences that occur five times or more, and the end of a sentence (section 4).
pub const FLICKR8K: usize = 2538;

/// Classes of ILSVRC-2013's detection task.
const DETECTED: usize = 200;

/// What features are read from: networks of other papers, of which R-CNN's tells the classes of ILSVRC-2013's detection task.
pub(super) fn trunk(id: &str) -> Option<Graph> {
    let named = |graph: Graph| Graph { name: id.to_owned(), ..graph };
    match id {
        "descriptions-googlenet-trunk" => googlenet::build("googlenet").map(named),
        "descriptions-vgg16-trunk" => vgg::build("vgg16").map(named),
        "descriptions-rcnn-trunk" => {
            let mut graph = named(alexnet::build("bvlc-caffenet")?);
            let last = graph.output.0;
            if let Op::Linear { outputs, .. } = &mut graph.nodes[last].op {
                *outputs = DETECTED;
            }
            Some(graph)
        }
        _ => None,
    }
}

/// Numbers of the features of a region or an image.
fn features(of: &str) -> Option<usize> {
    match of {
        "googlenet" => Some(1024),
        "vgg16" | "rcnn" => Some(4096),
        _ => None,
    }
}

/// The network of that id with a vocabulary of so many words, their end among them.
#[must_use]
pub fn with_words(id: &str, words: usize) -> Option<Graph> {
    let (what, of) = id.split_once('-')?;
    match what {
        "alignment" => {
            let of = of.strip_suffix("-whole").unwrap_or(of);
            features(of).map(|inputs| alignment(id, inputs, words))
        }
        "generation" => match of.strip_suffix("-lstm") {
            Some(of) => features(of).map(|inputs| lstm(id, inputs, words)),
            None => features(of.strip_suffix("-regions").unwrap_or(of)).map(|inputs| rnn(id, inputs, words)),
        },
        _ => None,
    }
}

/// The network of that id with Flickr8k's vocabulary.
pub(super) fn build(id: &str) -> Option<Graph> {
    with_words(id, FLICKR8K)
}

/// Regions (equation 1) and, beside them, words by a bidirectional recurrence (equations 2 to 6), both `[h]`.
fn alignment(id: &str, inputs: usize, words: usize) -> Graph {
    let mut net = Builder::new(id, [inputs, 1, 1]);
    let v = net.input();
    let v = net.flatten("flatten", v);
    let v = net.dropout("region/drop", v, DROPPED);
    let v = net.linear("W_m", v, EMBEDDING);

    let x = net.words("words");
    let x = net.embedding("W_w", x, words, VECTOR);
    let x = net.dropout("word/drop", x, DROPPED);
    let e = net.linear("W_e", x, READER);
    let e = net.relu("W_e/relu", e);
    let [forwards, backwards] = net.both_ways("h", e);
    let h = net.add("h/sum", forwards, backwards);
    let h = net.dropout("h/drop", h, DROPPED);
    let s = net.linear("W_d", h, EMBEDDING);
    let s = net.relu("W_d/relu", s);
    net.finish_with(v, &[s])
}

/// A recurrence that sees the image at its first step only (equations 13 to 15).
fn rnn(id: &str, inputs: usize, words: usize) -> Graph {
    let mut net = Builder::new(id, [inputs, 1, 1]);
    let image = net.input();
    let image = net.flatten("flatten", image);
    let image = net.linear("W_hi", image, WRITER);
    let image = net.dropout("image/drop", image, DROPPED);

    let x = net.words("words");
    let x = net.embedding("W_w", x, words, VECTOR);
    let x = net.dropout("word/drop", x, DROPPED);
    let x = net.linear("W_hx", x, WRITER);
    let x = net.at_first("first", x, image);
    let h = net.recurrence("W_hh", x);
    let h = net.dropout("h/drop", h, DROPPED);
    let y = net.linear("W_oh", h, words);
    net.finish(y)
}

/// What the authors' code has by default: a long short-term memory whose first word is the image.
fn lstm(id: &str, inputs: usize, words: usize) -> Graph {
    let mut net = Builder::new(id, [inputs, 1, 1]);
    let image = net.input();
    let image = net.flatten("flatten", image);
    let image = net.linear("image", image, LSTM);

    let x = net.words("words");
    let x = net.embedding("word", x, words, LSTM);
    let x = net.in_place_of_first("first", x, image);
    let x = net.dropout("word/drop", x, DROPPED);
    let h = net.lstm("lstm", x, LSTM);
    let h = net.dropout("lstm/drop", h, DROPPED);
    let y = net.linear("out", h, words);
    net.finish(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_as_large_as_counted_by_hand() {
        let of = |id: &str, words: usize| {
            let graph = with_words(id, words).unwrap();
            (graph.parameter_count(), graph.shapes().unwrap().last().cloned().unwrap_or_default())
        };
        let reads = 10 * 300 + 300 * 300 + 300 + 2 * (300 * 300 + 300) + 300 * 1000 + 1000;
        assert_eq!(of("alignment-rcnn", 10), (4096 * 1000 + 1000 + reads, vec![1000]));
        let writes = 4096 * 512 + 512 + 10 * 300 + 300 * 512 + 512 + 512 * 512 + 512 * 10 + 10;
        assert_eq!(of("generation-vgg16", 10), (writes, vec![10]));
        let code = 1024 * 256 + 256 + 10 * 256 + 4 * 256 * (512 + 1) + 256 * 10 + 10;
        assert_eq!(of("generation-googlenet-lstm", 10), (code, vec![10]));
        assert_eq!(build("alignment-googlenet-whole").and_then(|graph| graph.vocabulary()), Some(FLICKR8K));
        assert!(build("alignment-nobody").is_none() && build("vgg16").is_none());
    }
}
