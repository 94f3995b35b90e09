//! Why a detection is wrong (Hoiem et al., ECCV 2012): near its object, on an object of a like class, on one of another, or on
//! none.
//!
//! Must not count a score: the task `detect` does, and its right ones may be others where overlaps tie.

use engine::detection::Found;
use engine::input::objects::{Annotated, Object};

/// A detection is right whose intersection over union with an object of its class is more than this, if it is the first.
const RIGHT: f64 = 0.5;
/// It has to do with an object that it shares at least this with.
const NEAR: f64 = 0.1;

/// Classes that are like each other, as Hoiem et al. group them: vehicles, animals with people, furniture, and what flies.
const ALIKE: [&[u32]; 4] = [&[0, 1, 3, 5, 6, 13, 18], &[2, 7, 9, 11, 12, 14, 16], &[8, 10, 17], &[0, 2]];

/// What became of a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// The first on an object of its class.
    Right,
    /// Near an object of its class, or on one that was found before.
    Localisation,
    /// Near an object of a class that is like its own.
    LikeClass,
    /// Near an object of another class.
    OtherClass,
    /// Near no object.
    Background,
}

impl Came {
    /// The kinds of mistakes.
    pub const MISTAKES: [Came; 4] = [Came::Localisation, Came::LikeClass, Came::OtherClass, Came::Background];

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Came::Right => "right",
            Came::Localisation => "place",
            Came::LikeClass => "like class",
            Came::OtherClass => "other class",
            Came::Background => "background",
        }
    }
}

fn alike(one: u32, other: u32) -> bool {
    ALIKE.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// What became of each detection of an image, in their order; None for those on objects that are too difficult to count.
#[must_use]
pub fn of_image(image: &Annotated, found: &[Found]) -> Vec<Option<Came>> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|one, other| found[*other].score.total_cmp(&found[*one].score));
    let mut taken = vec![false; image.objects.len()];
    let mut came = vec![None; found.len()];
    for place in order {
        came[place] = of_detection(&image.objects, &found[place], &mut taken);
    }
    came
}

fn of_detection(objects: &[Object], found: &Found, taken: &mut [bool]) -> Option<Came> {
    let best = |wanted: &dyn Fn(u32) -> bool| {
        let own = objects.iter().enumerate().filter(|(_, object)| wanted(object.class));
        let overlaps = own.map(|(place, object)| (object.bounds.iou(&found.bounds), place));
        overlaps.reduce(|best, one| if one.0 > best.0 { one } else { best })
    };
    if let Some((overlap, place)) = best(&|class| class == found.class) {
        if overlap > RIGHT && objects[place].difficult {
            return None;
        }
        if overlap > RIGHT && !taken[place] {
            taken[place] = true;
            return Some(Came::Right);
        }
        if overlap >= NEAR {
            return Some(Came::Localisation);
        }
    }
    let is_near = |wanted: &dyn Fn(u32) -> bool| best(wanted).is_some_and(|(overlap, _)| overlap >= NEAR);
    Some(if is_near(&|class| class != found.class && alike(class, found.class)) {
        Came::LikeClass
    } else if is_near(&|class| class != found.class) {
        Came::OtherClass
    } else {
        Came::Background
    })
}

#[cfg(test)]
mod tests {
    use base::boxes::Bounds;

    use super::*;

    #[test]
    fn each_kind_is_told() {
        let at = |left: f64| Bounds::new([left, 0.0, left + 10.0, 10.0]);
        let object = |class, left, difficult| Object { class, bounds: at(left), difficult };
        let image = Annotated {
            path: "/a.jpg".into(),
            file: "a.jpg".to_owned(),
            list: "test".to_owned(),
            size: [200, 20],
            objects: vec![
                object(7, 0.0, false),
                object(11, 50.0, false),
                object(4, 100.0, false),
                object(7, 150.0, true),
            ],
        };
        let cat = |score, left| Found { class: 7, score, bounds: at(left) };
        let found = [
            cat(0.5, 0.0),
            cat(0.9, 1.0),
            cat(0.4, 6.0),
            cat(0.8, 51.0),
            cat(0.7, 101.0),
            cat(0.6, 75.0),
            cat(0.3, 150.0),
        ];
        use Came::{Background, LikeClass, Localisation, OtherClass, Right};
        let wanted = [
            Some(Localisation),
            Some(Right),
            Some(Localisation),
            Some(LikeClass),
            Some(OtherClass),
            Some(Background),
            None,
        ];
        assert_eq!(of_image(&image, &found), wanted);
    }

    #[test]
    fn like_classes_are_those_of_one_group() {
        let place = |name: &str| base::voc::CLASSES.iter().position(|class| *class == name).unwrap() as u32;
        assert!(alike(place("dog"), place("person")) && alike(place("aeroplane"), place("bird")));
        assert!(alike(place("sofa"), place("chair")) && alike(place("boat"), place("train")));
        assert!(!alike(place("dog"), place("sofa")) && !alike(place("bottle"), place("pottedplant")));
    }
}
