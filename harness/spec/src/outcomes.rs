//! The text of outcome files, as those write it who have outcomes to tell: the runner, and whoever takes over somebody
//! else's predictions. How they are read, checked and scored is the tasks' matter.
//!
//! Must not touch files.

use std::fmt::Write as _;

/// From so many examples on the third decimal of a probability moves no mean that is shown, if sums are kept.
const MANY: usize = 100;

/// What a classifier answered to one example.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// Classes, the best first.
    pub classes: Vec<u32>,
    /// Their probabilities, 0 to 1, in the same order; empty where they are not known.
    pub scores: Vec<f32>,
}

/// What is known of the examples of a classification: `class`, or `file,class` where they have names.
#[must_use]
pub fn examples(files: Option<&[String]>, classes: &[u32]) -> String {
    let mut text = if files.is_some() { "file,class\n" } else { "class\n" }.to_owned();
    for (index, class) in classes.iter().enumerate() {
        if let Some(file) = files.and_then(|files| files.get(index)) {
            let _ = write!(text, "{},", field(file));
        }
        let _ = writeln!(text, "{class}");
    }
    text
}

/// Answers of a classification (task `classify`), in the order of the examples, whose classes are `classes`: columns
/// `top1` to `topK` and, where scores are known, `score1` to `scoreK`. Beside other columns `top1` is left empty where it
/// is the true class, which most answers are: the file packs to half the size.
#[must_use]
pub fn answers(classes: &[u32], answers: &[Answer]) -> String {
    let kept = answers.iter().map(|answer| answer.classes.len()).max().unwrap_or(1).max(1);
    let scored = answers.iter().any(|answer| !answer.scores.is_empty());
    let is_right = |index: usize| answers[index].classes.first().is_some_and(|given| classes.get(index) == Some(given));
    let right = (0..answers.len()).filter(|index| is_right(*index)).count();
    let mut rounding = Rounding::new(if kept == 1 { [answers.len() - right, right] } else { [0, 0] });
    // A line must not be empty: a column alone says every class.
    let shortened = scored || kept > 1;
    let name = |what: &str| (1..=kept).map(|place| format!("{what}{place}")).collect::<Vec<_>>().join(",");
    let mut text = name("top");
    if scored {
        let _ = write!(text, ",{}", name("score"));
    }
    text.push('\n');
    for (index, answer) in answers.iter().enumerate() {
        for place in 0..kept {
            if place > 0 {
                text.push(',');
            }
            match answer.classes.get(place) {
                Some(given) if shortened && place == 0 && classes.get(index) == Some(given) => {}
                Some(given) => {
                    let _ = write!(text, "{given}");
                }
                // No class at all stands behind those that are there.
                None => text.push('-'),
            }
        }
        for place in 0..if scored { kept } else { 0 } {
            text.push(',');
            if let Some(score) = answer.scores.get(place) {
                text.push_str(&rounding.next(f64::from(*score), place == 0 && is_right(index)));
            }
        }
        text.push('\n');
    }
    text
}

/// Answers to inputs without an object, with the probability of the best class: columns `given,confidence`, `given` empty
/// where no class was given.
#[must_use]
pub fn without_object(answers: &[(Option<u32>, f64)]) -> String {
    let given = answers.iter().filter(|(given, _)| given.is_some()).count();
    let mut rounding = Rounding::new([answers.len() - given, given]);
    let mut text = "given,confidence\n".to_owned();
    for (given, confidence) in answers {
        let class = given.map_or_else(String::new, |given| given.to_string());
        let _ = writeln!(text, "{class},{}", rounding.next(*confidence, given.is_some()));
    }
    text
}

/// Two networks' answers to the same inputs, the other's first: columns `other,given`.
#[must_use]
pub fn agreement(answers: &[(u32, u32)]) -> String {
    let mut text = "other,given\n".to_owned();
    for (other, given) in answers {
        let _ = writeln!(text, "{other},{given}");
    }
    text
}

/// Rounds probabilities so that their sums stay: what one loses is given to the next of its kind, since most lie so near 1
/// that rounding each by itself would move their mean.
#[derive(Debug, Clone)]
struct Rounding {
    /// Decimals for the one kind and for the other.
    decimals: [usize; 2],
    /// What is owed to the next probability of either kind.
    owed: [f64; 2],
}

impl Rounding {
    /// For so many probabilities of the one kind and of the other.
    fn new(counts: [usize; 2]) -> Rounding {
        Rounding { decimals: counts.map(|count| if count < MANY { 5 } else { 3 }), owed: [0.0; 2] }
    }

    /// The next probability; `kind` says whose sum it belongs to.
    fn next(&mut self, value: f64, kind: bool) -> String {
        let (decimals, owed) = (self.decimals[usize::from(kind)], &mut self.owed[usize::from(kind)]);
        let unit = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
        let wanted = value + *owed;
        let rounded = ((wanted * unit).round() / unit).clamp(0.0, 1.0);
        if !rounded.is_finite() {
            return number(value, decimals);
        }
        *owed = wanted - rounded;
        number(rounded, decimals)
    }
}

/// One number an example, with so many decimals: column `value`.
#[must_use]
pub fn values(values: &[f64], decimals: usize) -> String {
    let mut text = "value\n".to_owned();
    for value in values {
        text.push_str(&number(*value, decimals));
        text.push('\n');
    }
    text
}

/// What is known of images whose objects are to be found: `file,class,boxes`.
#[must_use]
pub fn located_examples<'a>(images: impl IntoIterator<Item = (&'a str, u32, &'a [[f64; 4]])>) -> String {
    let mut text = "file,class,boxes\n".to_owned();
    for (file, class, own) in images {
        let _ = writeln!(text, "{},{class},{}", field(file), boxes(own));
    }
    text
}

/// Guesses where the object of each image is (task `localise`), a class and a box each, the best first: columns `class1` to
/// `classK`, `box1` to `boxK`.
#[must_use]
pub fn located(guesses: &[Vec<(u32, [f64; 4])>]) -> String {
    let kept = guesses.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let names = |what: &str| (1..=kept).map(|place| format!("{what}{place}")).collect::<Vec<_>>().join(",");
    let mut text = format!("{},{}\n", names("class"), names("box"));
    for image in guesses {
        let guess = |place: usize| image.get(place);
        let classes = (0..kept).map(|place| guess(place).map_or_else(String::new, |(class, _)| class.to_string()));
        let found = (0..kept).map(|place| guess(place).map_or_else(String::new, |(_, edges)| boxes(&[*edges])));
        let _ = writeln!(text, "{}", classes.chain(found).collect::<Vec<_>>().join(","));
    }
    text
}

/// An object on an image, for detection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object {
    /// Its class.
    pub class: u32,
    /// Left, top, right, bottom.
    pub edges: [f64; 4],
    /// Too difficult to count.
    pub difficult: bool,
    /// A crowd, which may be found many times.
    pub crowd: bool,
    /// Its area, where that is not its box's.
    pub area: Option<f64>,
}

/// What is on images whose objects are to be detected: `file,objects`, each object `class left top right bottom` with
/// `difficult`, `crowd` or its area behind, `;` between objects.
#[must_use]
pub fn detected_examples(images: &[(&str, Vec<Object>)]) -> String {
    let mut text = "file,objects\n".to_owned();
    for (file, objects) in images {
        let of = |object: &Object| {
            let mut word = format!("{} {}", object.class, object.edges.map(|edge| edge.to_string()).join(" "));
            if object.difficult {
                word.push_str(" difficult");
            }
            if object.crowd {
                word.push_str(" crowd");
            }
            if let Some(area) = object.area {
                let _ = write!(word, " {area}");
            }
            word
        };
        let _ = writeln!(text, "{},{}", field(file), objects.iter().map(of).collect::<Vec<_>>().join(";"));
    }
    text
}

/// What was detected on each image (task `detect`), column `detections`: `class score left top right bottom`, `;` between.
#[must_use]
pub fn detected(images: &[Vec<(u32, f64, [f64; 4])>]) -> String {
    let mut text = "detections\n".to_owned();
    for detections in images {
        let of = |(class, score, edges): &(u32, f64, [f64; 4])| {
            // To the last digit: rounded scores would be equal that are not.
            format!("{class} {score} {}", edges.map(|edge| edge.to_string()).join(" "))
        };
        text.push_str(&detections.iter().map(of).collect::<Vec<_>>().join(";"));
        text.push('\n');
    }
    text
}

/// What people said of images (tasks `caption` and `retrieve`): `file,sentence`, a line a sentence.
#[must_use]
pub fn described_examples<'a>(images: impl IntoIterator<Item = (&'a str, &'a [String])>) -> String {
    let mut text = "file,sentence\n".to_owned();
    for (file, sentences) in images {
        for sentence in sentences {
            let _ = writeln!(text, "{},{}", field(file), field(sentence));
        }
    }
    text
}

/// What a system says of each image (task `caption`), with whether that is one of the sentences that it learned from, where that is
/// known: columns `seen,sentence`.
#[must_use]
pub fn captioned<'a>(images: impl IntoIterator<Item = (Option<bool>, &'a str)>) -> String {
    let mut text = "seen,sentence\n".to_owned();
    for (seen, sentence) in images {
        let seen = seen.map_or_else(String::new, |seen| seen.to_string());
        let _ = writeln!(text, "{seen},{}", field(sentence));
    }
    text
}

/// Ranks of the right ones (task `retrieve`), from 1: of each image that of the best of its own sentences among all of them, and for
/// each of these the image's among all images: columns `annotation,search`.
#[must_use]
pub fn ranked<'a>(images: impl IntoIterator<Item = (u32, &'a [u32])>) -> String {
    let mut text = "annotation,search\n".to_owned();
    for (annotation, search) in images {
        let search: Vec<String> = search.iter().map(u32::to_string).collect();
        let _ = writeln!(text, "{annotation},{}", search.join(" "));
    }
    text
}

/// Words with how often each occurs and whether it is kept (task `vocabulary`): the examples `word` and the outcomes `count,kept`.
#[must_use]
pub fn counted_words<'a>(words: impl IntoIterator<Item = (&'a str, u64, bool)>) -> (String, String) {
    let (mut examples, mut outcomes) = ("word\n".to_owned(), "count,kept\n".to_owned());
    for (word, count, kept) in words {
        // A word alone on its line is no field of several.
        let _ = writeln!(examples, "{word}");
        let _ = writeln!(outcomes, "{count},{kept}");
    }
    (examples, outcomes)
}

/// Boxes by their edges: `left top right bottom`, `;` between boxes.
#[must_use]
pub fn boxes(all: &[[f64; 4]]) -> String {
    let one = |edges: &[f64; 4]| edges.map(|edge| number(edge, 2)).join(" ");
    all.iter().map(one).collect::<Vec<_>>().join(";")
}

/// A number without zeros at its end. What is not finite is written as it is, and refused by whoever reads it.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A field of a CSV file.
#[must_use]
pub fn field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_as_they_are_written() {
        let own = [[0.0, 1.0, 2.5, 3.126], [4.0, 5.0, 6.0, 7.0]];
        assert_eq!(
            located_examples([("a,b.jpg", 3, &own[..])]),
            "file,class,boxes\n\"a,b.jpg\",3,0 1 2.5 3.13;4 5 6 7\n"
        );
        let guesses = [vec![(3, own[1]), (4, own[1])], Vec::new()];
        assert_eq!(located(&guesses), "class1,class2,box1,box2\n3,4,4 5 6 7,4 5 6 7\n,,,\n");
        assert_eq!(located(&[]), "class1,box1\n");
    }

    #[test]
    fn sentences_and_ranks_as_they_are_written() {
        let said = ["a cat, a \"dog\"".to_owned(), String::new()];
        assert_eq!(
            described_examples([("a,b.jpg", &said[..])]),
            "file,sentence\n\"a,b.jpg\",\"a cat, a \"\"dog\"\"\"\n\"a,b.jpg\",\n"
        );
        assert_eq!(captioned([(Some(true), "a, b"), (None, "")]), "seen,sentence\ntrue,\"a, b\"\n,\n");
        assert_eq!(ranked([(3, &[1, 20][..])]), "annotation,search\n3,1 20\n");
    }

    #[test]
    fn answers_as_they_are_written() {
        let answer = |classes: &[u32], scores: &[f32]| Answer { classes: classes.to_vec(), scores: scores.to_vec() };
        let one = [answer(&[3], &[0.5]), answer(&[4], &[1.0])];
        assert_eq!(answers(&[3, 3], &one), "top1,score1\n,0.5\n4,1\n");
        let two = [answer(&[3, 1], &[]), answer(&[4, 3], &[])];
        assert_eq!(answers(&[3, 3], &two), "top1,top2\n,1\n4,3\n");
        assert_eq!(examples(Some(&["a,b.jpg".to_owned()]), &[7]), "file,class\n\"a,b.jpg\",7\n");
        assert_eq!(examples(None, &[7, 0]), "class\n7\n0\n");
        assert_eq!(answers(&[3], &[answer(&[3], &[])]), "top1\n3\n");
        assert_eq!(agreement(&[(1, 2)]), "other,given\n1,2\n");
        assert_eq!(without_object(&[(Some(3), 0.75), (None, 0.25)]), "given,confidence\n3,0.75\n,0.25\n");
        // A thousand probabilities of .9996 have a mean of .9996 in three decimals too.
        let many = vec![answer(&[3], &[0.9996]); 1000];
        let text = answers(&[3; 1000], &many);
        let sum: f64 = text.lines().skip(1).map(|line| line[1..].parse::<f64>().unwrap()).sum();
        assert!((sum - 999.6).abs() < 2e-3, "{sum}");
        assert_eq!(values(&[-0.000_01, 180.25, -3.0], 3), "value\n0\n180.25\n-3\n");
    }
}
