//! Layers over the words of a sentence, which is a network's second input: each has a value for each word, and what follows from it has
//! too. How many words there are is no part of a network.
//!
//! Must not know what words mean: a word is a number in a vocabulary.

use crate::build::Builder;
use crate::count::Parameter;
use crate::graph::{Graph, NodeId, Op};
use crate::shapes::{Problem, arity, flat, same_channels};

/// What such a layer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// The sentence, `[1]`: of each word its number in the vocabulary.
    Words,
    /// Of each word a vector of its own, `[1]` to `[width]`; weight `[words, width]`.
    Embedding {
        /// Words in the vocabulary.
        words: usize,
        /// Numbers of a word.
        width: usize,
    },
    /// The first input at each word, and at the first word the second, of the image, too.
    AtFirst {
        /// Whether the image stands in place of the first word; else it is added.
        instead: bool,
    },
    /// A plain recurrence with rectifiers, h(t) = max(0, x(t) + W h(t-1) + b), `[width]`; weight `[width, width]`.
    Recurrence {
        /// Numbers of a state.
        width: usize,
        /// Whether there is a bias.
        bias: bool,
        /// Whether the sentence is read from its end.
        backwards: bool,
    },
    /// A long short-term memory, `[inputs]` to `[outputs]`; gates in the order input, forget, cell, output: weight
    /// `[4 · outputs, inputs]`, recurrent `[4 · outputs, outputs]`, bias `[4 · outputs]`.
    Lstm {
        /// Numbers of an input.
        inputs: usize,
        /// Numbers of a state.
        outputs: usize,
    },
}

/// Gates of a long short-term memory.
const GATES: usize = 4;

impl Sequence {
    /// The shape of its output at a word.
    pub(crate) fn output_shape(self, inputs: &[&[usize]]) -> Result<Vec<usize>, Problem> {
        let width = |wanted: usize| {
            arity(inputs, 1)?;
            same_channels(wanted, flat(inputs[0])?[0])
        };
        match self {
            Sequence::Words => arity(inputs, 0).map(|()| vec![1]),
            Sequence::Embedding { width: own, .. } => width(1).map(|()| vec![own]),
            Sequence::AtFirst { .. } => {
                arity(inputs, 2)?;
                let [words, image] = [flat(inputs[0])?[0], flat(inputs[1])?[0]];
                same_channels(words, image).map(|()| vec![words])
            }
            Sequence::Recurrence { width: own, .. } => width(own).map(|()| vec![own]),
            Sequence::Lstm { inputs: wanted, outputs } => width(wanted).map(|()| vec![outputs]),
        }
    }

    /// Its tensors, each part's name with its shape.
    pub(crate) fn parameters(self) -> Vec<(&'static str, Vec<usize>)> {
        match self {
            Sequence::Words | Sequence::AtFirst { .. } => Vec::new(),
            Sequence::Embedding { words, width } => vec![("weight", vec![words, width])],
            Sequence::Recurrence { width, bias, .. } => {
                let weight = ("weight", vec![width, width]);
                std::iter::once(weight).chain(bias.then(|| ("bias", vec![width]))).collect()
            }
            Sequence::Lstm { inputs, outputs } => vec![
                ("weight", vec![GATES * outputs, inputs]),
                ("recurrent", vec![GATES * outputs, outputs]),
                ("bias", vec![GATES * outputs]),
            ],
        }
    }

    /// Multiply-adds for each number of its output, at one word.
    pub(crate) fn multiply_adds(self) -> u64 {
        let each = match self {
            Sequence::Words | Sequence::Embedding { .. } | Sequence::AtFirst { .. } => 0,
            Sequence::Recurrence { width, .. } => width,
            Sequence::Lstm { inputs, outputs } => GATES * (inputs + outputs),
        };
        each as u64
    }

    /// In a few words.
    pub(crate) fn words(self) -> String {
        match self {
            Sequence::Words => "words".to_owned(),
            Sequence::Embedding { words, .. } => format!("vectors of {words} words"),
            Sequence::AtFirst { instead: false } => "image added at the first word".to_owned(),
            Sequence::AtFirst { instead: true } => "image as the first word".to_owned(),
            Sequence::Recurrence { backwards: false, .. } => "recurrence".to_owned(),
            Sequence::Recurrence { backwards: true, .. } => "recurrence from the end".to_owned(),
            Sequence::Lstm { .. } => "LSTM".to_owned(),
        }
    }
}

impl Builder {
    /// The sentence, the network's second input.
    pub fn words(&mut self, name: impl Into<String>) -> NodeId {
        self.node(name, Op::Sequence(Sequence::Words), &[])
    }

    /// A vector for each of `words` words.
    pub fn embedding(&mut self, name: impl Into<String>, from: NodeId, words: usize, width: usize) -> NodeId {
        self.node(name, Op::Sequence(Sequence::Embedding { words, width }), &[from])
    }

    /// What is there at each word, and the image's added at the first.
    pub fn at_first(&mut self, name: impl Into<String>, words: NodeId, image: NodeId) -> NodeId {
        self.node(name, Op::Sequence(Sequence::AtFirst { instead: false }), &[words, image])
    }

    /// What is there at each word, but the image's at the first.
    pub fn in_place_of_first(&mut self, name: impl Into<String>, words: NodeId, image: NodeId) -> NodeId {
        self.node(name, Op::Sequence(Sequence::AtFirst { instead: true }), &[words, image])
    }

    /// A plain recurrence without a bias.
    pub fn recurrence(&mut self, name: impl Into<String>, from: NodeId) -> NodeId {
        let width = self.channels(from);
        self.node(name, Op::Sequence(Sequence::Recurrence { width, bias: false, backwards: false }), &[from])
    }

    /// Two recurrences with biases, one from the sentence's beginning and one from its end, named `<name>/forwards` and
    /// `<name>/backwards`.
    pub fn both_ways(&mut self, name: &str, from: NodeId) -> [NodeId; 2] {
        let width = self.channels(from);
        [("forwards", false), ("backwards", true)].map(|(way, backwards)| {
            let op = Op::Sequence(Sequence::Recurrence { width, bias: true, backwards });
            self.node(format!("{name}/{way}"), op, &[from])
        })
    }

    /// A long short-term memory.
    pub fn lstm(&mut self, name: impl Into<String>, from: NodeId, outputs: usize) -> NodeId {
        let inputs = self.channels(from);
        self.node(name, Op::Sequence(Sequence::Lstm { inputs, outputs }), &[from])
    }
}

impl Graph {
    /// Whether it reads a sentence too.
    #[must_use]
    pub fn reads_words(&self) -> bool {
        self.nodes.iter().any(|node| node.op == Op::Sequence(Sequence::Words))
    }

    /// Numbers of the vocabulary that it reads; None where it reads no words.
    #[must_use]
    pub fn vocabulary(&self) -> Option<usize> {
        self.nodes.iter().find_map(|node| match node.op {
            Op::Sequence(Sequence::Embedding { words, .. }) => Some(words),
            _ => None,
        })
    }
}

/// The tensors of such a layer.
pub(crate) fn parameters(name: &str, op: Sequence) -> Vec<Parameter> {
    let of = |(part, shape)| Parameter { name: format!("{name}.{part}"), shape, learned: true };
    op.parameters().into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_over_words_is_counted_by_hand() {
        let mut net = Builder::new("n", [6, 1, 1]);
        let image = net.input();
        let image = net.flatten("flatten", image);
        let image = net.linear("image", image, 5);
        let words = net.words("words");
        let x = net.embedding("vectors", words, 10, 4);
        let x = net.linear("in", x, 5);
        let x = net.at_first("first", x, image);
        let h = net.recurrence("h", x);
        let [f, b] = net.both_ways("both", h);
        let x = net.add("sum", f, b);
        let x = net.lstm("lstm", x, 3);
        let y = net.linear("out", x, 10);
        let graph = net.finish(y);
        let shapes = graph.shapes().unwrap();
        assert_eq!(
            (shapes[graph.output.0].clone(), graph.vocabulary(), graph.reads_words()),
            (vec![10], Some(10), true)
        );
        // image, vectors, in, h, both ways, LSTM, out.
        let parameters = 6 * 5 + 5 + 10 * 4 + 4 * 5 + 5 + 25 + 2 * (25 + 5) + 12 * (5 + 3 + 1) + 3 * 10 + 10;
        assert_eq!(graph.parameter_count(), parameters);
        // A sentence of one word.
        assert_eq!(graph.multiply_adds().unwrap(), 30 + 20 + 25 + 2 * 25 + 12 * (5 + 3) + 30);
        let wrong = Sequence::Recurrence { width: 4, bias: true, backwards: false };
        assert_eq!(wrong.output_shape(&[&[5]]), Err(Problem::Channels { wanted: 4, found: 5 }));
        let first = Sequence::AtFirst { instead: true };
        assert!(first.output_shape(&[&[5]]).is_err() && first.output_shape(&[&[5], &[4]]).is_err());
    }
}
