//! The two tests of appendix A: the box of the true class from the central crop, and five classes with their boxes from whole
//! pictures.
//!
//! Must not say what is right: the task `localise` does.

use base::boxes::Bounds;
use engine::error::Result;
use engine::train::{Mode, Model};
use replications::vgg::recipe::Recipe;
use spec::protocol::ViewKind;
use tch::{Kind, Tensor};

use super::boxes::{NUMBERS, Window};
use super::data::Picture;
use super::head::of_class;
use super::merging::{self, Scored, merged};
use super::trunk::{Trunk, View, protocol};

/// A class and where its object is said to be.
pub(super) type Guess = (u32, Bounds);

/// The trained heads on a trunk.
pub(super) struct Heads<'a> {
    pub(super) classes: &'a Model,
    pub(super) single_class: &'a Model,
    pub(super) per_class: &'a Model,
}

/// The guesses of one test, picture by picture.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    pub(super) single_class: Vec<Vec<Guess>>,
    pub(super) per_class: Vec<Vec<Guess>>,
}

/// What central crops come to.
#[derive(Debug)]
pub(super) struct OfCrops {
    pub(super) guesses: Guesses,
    /// The box of mean place and size for every picture, which is what one knows without looking.
    pub(super) mean_box: Vec<Vec<Guess>>,
    /// `[N, K]`.
    pub(super) probabilities: Tensor,
}

/// The central crop's box of the true class; `mean` is what is said of a crop in the mean, by who does not look.
pub(super) fn true_class(
    trunk: &Trunk<'_, '_>,
    heads: &Heads<'_>,
    recipe: &Recipe,
    (pictures, mean): (&[Picture], [f64; NUMBERS]),
) -> Result<OfCrops> {
    let _guard = tch::no_grad_guard();
    let (mut guesses, mut mean_box, mut probabilities) = (Guesses::default(), Vec::new(), Vec::new());
    let central = protocol(ViewKind::Center, &[recipe.short_side], trunk.side);
    trunk.views(pictures, &central, "pictures", |index, views| {
        let class = pictures[index].class;
        for View { window, map } in views {
            let map = map.f_unsqueeze(0)?;
            let own = Tensor::f_from_slice(&[i64::from(class)])?.f_to_device(map.device())?;
            for (model, all) in
                [(heads.single_class, &mut guesses.single_class), (heads.per_class, &mut guesses.per_class)]
            {
                let said = of_class(&model.forward(&map, Mode::Test)?, &own)?;
                all.push(vec![(class, window.bounds(numbers(&said)?))]);
            }
            mean_box.push(vec![(class, window.bounds(mean))]);
            probabilities.push(heads.classes.forward(&map, Mode::Test)?.f_softmax(1, Kind::Float)?);
        }
        Ok(())
    })?;
    Ok(OfCrops { guesses, mean_box, probabilities: Tensor::f_cat(&probabilities, 0)? })
}

/// What heads that answer at each place say of one picture.
#[derive(Default)]
struct Said {
    /// By place: the window that is looked at, and the probability of each class.
    places: Vec<(Window, Vec<f64>)>,
    /// By place: the numbers of one box, and of a box for each class.
    single_class: Vec<[f64; NUMBERS]>,
    per_class: Vec<Vec<[f64; NUMBERS]>>,
}

/// The likeliest classes of whole pictures, each with the best of its merged boxes.
pub(super) fn dense(
    trunk: &Trunk<'_, '_>,
    heads: &Heads<'_>,
    recipe: &Recipe,
    pictures: &[Picture],
) -> Result<Guesses> {
    let _guard = tch::no_grad_guard();
    let over = |model: &Model| model.over_places();
    let (classes, single, each) = (over(heads.classes)?, over(heads.single_class)?, over(heads.per_class)?);
    let mut guesses = Guesses::default();
    let whole = protocol(ViewKind::Dense, &recipe.test_sides, trunk.side);
    trunk.views(pictures, &whole, "pictures", |index, views| {
        let mut said = Said::default();
        for View { window, map } in views {
            let map = map.f_unsqueeze(0)?;
            let probabilities = classes.forward(&map, Mode::Test)?.f_softmax(1, Kind::Float)?;
            let one = single.forward(&map, Mode::Test)?;
            let all = each.forward(&map, Mode::Test)?;
            let [rows, columns] = [2, 3].map(|side| one.size().get(side).copied().unwrap_or(0));
            for row in 0..rows {
                for column in 0..columns {
                    let at = |map: &Tensor| -> Result<Vec<f64>> {
                        let values = map.f_select(2, row)?.f_select(2, column)?.f_view([-1])?;
                        Ok(Vec::<f64>::try_from(values.f_to_kind(Kind::Double)?.f_to_device(tch::Device::Cpu)?)?)
                    };
                    let corner = [column, row].map(|place| place as f64 * trunk.stride as f64);
                    said.places.push((window.part(corner, trunk.side as f64), at(&probabilities)?));
                    said.single_class.extend(at(&one)?.as_chunks().0);
                    said.per_class.push(at(&all)?.as_chunks().0.to_vec());
                }
            }
        }
        let picture = &pictures[index];
        guesses.single_class.push(said.guesses(recipe, picture, |place, _| said.single_class.get(place).copied()));
        guesses.per_class.push(said.guesses(recipe, picture, |place, class| {
            said.per_class.get(place).and_then(|boxes| boxes.get(class)).copied()
        }));
        Ok(())
    })?;
    Ok(guesses)
}

impl Said {
    /// The classes of the greatest mean probability over all places; of equals the first.
    fn likeliest(&self, count: usize) -> Vec<usize> {
        let classes = self.places.first().map_or(0, |(_, scores)| scores.len());
        let sum = |class: usize| self.places.iter().map(|(_, scores)| scores[class]).sum::<f64>();
        let mut sums: Vec<(usize, f64)> = (0..classes).map(|class| (class, sum(class))).collect();
        sums.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        sums.into_iter().take(count).map(|(class, _)| class).collect()
    }

    /// The likeliest classes, each with the best of its merged boxes: `numbers` gives what is said at a place of a class.
    fn guesses(
        &self,
        recipe: &Recipe,
        picture: &Picture,
        numbers: impl Fn(usize, usize) -> Option<[f64; NUMBERS]>,
    ) -> Vec<Guess> {
        let side = f64::from(picture.size[0].min(picture.size[1]));
        let guess = |class: usize| {
            let boxes = self.places.iter().enumerate().filter_map(|(place, (window, scores))| {
                Some(Scored { bounds: window.bounds(numbers(place, class)?), score: scores[class] })
            });
            let best = merging::best(&merged(boxes.collect(), side, recipe.merge_below))?;
            Some((u32::try_from(class).ok()?, best.bounds))
        };
        self.likeliest(recipe.guesses).into_iter().filter_map(guess).collect()
    }
}

/// The four numbers of one box.
pub(super) fn numbers(said: &Tensor) -> Result<[f64; NUMBERS]> {
    let values = Vec::<f64>::try_from(said.f_view([-1])?.f_to_kind(Kind::Double)?.f_to_device(tch::Device::Cpu)?)?;
    Ok(std::array::from_fn(|number| values.get(number).copied().unwrap_or(0.0)))
}
