//! Mining: it comes to what training on all negatives at once comes to, by the rules, class by class.

use linear::mining::{Candidates, Mined, Progress, Settings, mine};
use linear::svm;

use crate::made_up::{count, features, golden, list, near, number, rows};

const IMAGES: usize = 40;
const ROWS: usize = 50;
const POSITIVES: usize = 30;
const COLUMNS: usize = 12;
const CLASSES: usize = 3;

const SETTINGS: Settings = Settings {
    svm: svm::Settings { c: 0.02, positive_weight: 2.0, bias: 3.0, tolerance: 1e-7, max_epochs: 1_000_000, seed: 1 },
    hard: -1.0001,
    retrain: 100,
    evict: -1.2,
    epochs: 1,
    warm: true,
};

/// Each class's positives, which lie further out for each next class.
fn positives() -> Vec<Vec<f32>> {
    (0..CLASSES).map(|class| features(90 + class as u64, POSITIVES, COLUMNS, [0.8, 1.1, 1.4][class])).collect()
}

/// An image's features, and which of its rows are no negatives of a class: every seventh, and another for each class.
fn image(image: usize) -> Candidates {
    let negatives = (0..CLASSES).map(|class| (0..ROWS).filter(|row| row % 7 != class).collect()).collect();
    Candidates { features: features(1000 + image as u64, ROWS, COLUMNS, 0.0), negatives }
}

fn run(settings: &Settings) -> Vec<Mined> {
    let positives = positives();
    let positives: Vec<_> = positives.iter().map(|values| rows(values, COLUMNS)).collect();
    mine(&positives, IMAGES, |at| Ok(image(at)), settings, |_| {}).unwrap()
}

/// Every negative of a class, of all images.
fn every_negative(class: usize) -> Vec<f32> {
    (0..IMAGES)
        .flat_map(|at| {
            let image = image(at);
            let rows = image.negatives[class].iter().flat_map(|row| &image.features[row * COLUMNS..][..COLUMNS]);
            rows.copied().collect::<Vec<f32>>()
        })
        .collect()
}

/// By how much each class's objective over all negatives is above that of training on all of them at once.
fn excess(settings: &Settings) -> Vec<f64> {
    let (mined, positives) = (run(settings), positives());
    let of_class = |(class, mined): (usize, &Mined)| {
        let negatives = every_negative(class);
        let (positives, negatives) = (rows(&positives[class], COLUMNS), rows(&negatives, COLUMNS));
        let at_once = svm::train(positives, negatives, &settings.svm, None).unwrap();
        assert!(at_once.converged);
        mined.model.objective(positives, negatives, &settings.svm).unwrap() / at_once.primal - 1.0
    };
    mined.iter().enumerate().map(of_class).collect()
}

#[test]
fn rounds_machines_and_negatives_are_those_of_the_published_rules() {
    let made = golden(include_str!("../golden/mining.json"));
    let sizes = ["images", "rows", "columns", "positives", "retrain"].map(|key| count(&made, key));
    assert_eq!(sizes, [IMAGES, ROWS, COLUMNS, POSITIVES, SETTINGS.retrain]);
    let settings = ["c", "positive_weight", "bias_value", "hard", "evict"].map(|key| number(&made, key));
    let svm = SETTINGS.svm;
    assert_eq!(settings, [svm.c, svm.positive_weight, svm.bias, SETTINGS.hard, SETTINGS.evict]);
    for (found, expected) in run(&SETTINGS).iter().zip(made["classes"].as_array().unwrap()) {
        let rounds = expected["rounds"].as_array().unwrap();
        assert_eq!(found.rounds.len(), rounds.len());
        for (found, expected) in found.rounds.iter().zip(rounds) {
            let counts = ["image", "negatives", "added", "dropped"].map(|key| count(expected, key));
            assert_eq!([found.image, found.negatives, found.added, found.dropped], counts);
            assert!((found.primal / number(expected, "primal") - 1.0).abs() < 1e-6, "{found:?} for {expected}");
        }
        for (found, expected) in found.model.weights.iter().zip(list(&expected["weights"])) {
            assert!(near(*found, expected, 1e-4), "{found} for {expected}");
        }
        assert!(near(found.model.bias, number(expected, "bias"), 1e-4));
        let negatives: Vec<(usize, usize)> = serde_json::from_value(expected["negatives"].clone()).unwrap();
        assert_eq!(found.negatives, negatives);
    }
}

#[test]
fn mining_comes_to_what_training_on_all_negatives_comes_to() {
    let often = excess(&SETTINGS);
    assert!(often.iter().all(|excess| excess.abs() < 1e-6), "{often:?}");
    // Hardly regularised machines change more from one training to the next, and negatives that matter may be passed over
    // or dropped; training at every new one, and more passes, find them.
    let svm = svm::Settings { c: 1.0, tolerance: 1e-5, ..SETTINGS.svm };
    let once = excess(&Settings { svm, ..SETTINGS });
    assert!(once.iter().all(|excess| (1e-4..1e-2).contains(excess)), "{once:?}");
    let more = excess(&Settings { svm, retrain: 0, epochs: 3, ..SETTINGS });
    assert!(more.iter().all(|excess| excess.abs() < 1e-5), "{more:?}");
}

#[test]
fn mining_holds_fewer_negatives_than_there_are() {
    for (class, mined) in run(&SETTINGS).iter().enumerate() {
        let all = every_negative(class).len() / COLUMNS;
        let most = mined.rounds.iter().map(|round| round.negatives).max().unwrap();
        assert!(most < all * 3 / 4, "class {class}: {most} of {all}");
        assert!(mined.negatives.len() < most);
    }
}

#[test]
fn trainings_follow_the_rules() {
    let mut kept_before = 0;
    for (class, mined) in run(&SETTINGS).iter().enumerate() {
        let (first, last) = (&mined.rounds[0], mined.rounds.last().unwrap());
        assert_eq!((first.image, first.negatives, first.added), (0, image(0).negatives[class].len(), first.negatives));
        assert_eq!(last.image, IMAGES - 1);
        assert!(mined.rounds.len() > 3, "{:?}", mined.rounds);
        for (at, round) in mined.rounds.iter().enumerate() {
            assert!(round.converged && round.class == class && round.positives == POSITIVES);
            assert!(at == 0 || round.image == IMAGES - 1 || round.added > SETTINGS.retrain, "{round:?}");
            assert!(round.added <= SETTINGS.retrain + ROWS, "{round:?}");
            assert!(at == 0 || round.negatives == kept_before + round.added, "{round:?}");
            kept_before = round.negatives - round.dropped;
        }
        assert_eq!(mined.negatives.len(), kept_before);
        for (at, row) in &mined.negatives {
            let features = image(*at).features;
            let score = mined.model.scores(rows(&features[row * COLUMNS..][..COLUMNS], COLUMNS)).unwrap()[0];
            assert!(score >= SETTINGS.evict && image(*at).negatives[class].contains(row), "{at}, {row}: {score}");
        }
    }
}

#[test]
fn only_hard_negatives_of_later_images_come_in() {
    let positives = positives();
    let positives = [rows(&positives[2], COLUMNS)];
    let given = |at: usize| {
        let mut image = image(at);
        image.negatives.truncate(1);
        Ok(image)
    };
    // Never trained again before the last image: what counts as hard is what the first training says.
    let settings = Settings { retrain: usize::MAX, ..SETTINGS };
    let first = mine(&positives, 1, given, &settings, |_| {}).unwrap().remove(0).model;
    let mut added = Vec::new();
    mine(&positives, IMAGES, given, &settings, |what| {
        if let Progress::Image { added: new, .. } = what {
            added.push(new);
        }
    })
    .unwrap();
    for (at, added) in added.into_iter().enumerate().skip(1) {
        let image = image(at);
        let scores = first.scores(rows(&image.features, COLUMNS)).unwrap();
        let hard = image.negatives[0].iter().filter(|row| scores[**row] > settings.hard).count();
        assert_eq!(added, hard, "image {at}");
    }
}

#[test]
fn a_warm_start_comes_to_the_same_in_fewer_passes() {
    let (warm, cold) = (run(&SETTINGS), run(&Settings { warm: false, ..SETTINGS }));
    let mut passes = [0, 0];
    for (warm, cold) in warm.iter().zip(&cold) {
        assert_eq!(warm.negatives, cold.negatives);
        for (warm, cold) in warm.rounds.iter().zip(&cold.rounds) {
            assert!((warm.primal / cold.primal - 1.0).abs() < 1e-7, "{warm:?} {cold:?}");
            passes[0] += warm.passes;
            passes[1] += cold.passes;
        }
    }
    assert!(passes[0] < passes[1], "{passes:?}");
}

#[test]
fn training_again_without_new_negatives_begins_where_it_ended() {
    let positives = positives();
    let positives = [rows(&positives[0], COLUMNS)];
    let given = |at: usize| {
        let mut first = image(0);
        first.negatives.truncate(1);
        Ok(if at == 0 { first } else { Candidates::default() })
    };
    for (warm, passes) in [(true, 1..=2), (false, 10..=usize::MAX)] {
        let rounds = mine(&positives, 2, given, &Settings { warm, ..SETTINGS }, |_| {}).unwrap().remove(0).rounds;
        assert_eq!((rounds.len(), rounds[1].added), (2, 0));
        assert!(passes.contains(&rounds[1].passes), "{rounds:?}");
    }
}

#[test]
fn classes_do_not_touch_each_other_and_runs_repeat() {
    let together = run(&SETTINGS);
    assert_eq!(together, run(&SETTINGS));
    let positives = positives();
    for (class, together) in together.iter().enumerate() {
        let given = |at: usize| {
            let mut image = image(at);
            image.negatives = vec![image.negatives.swap_remove(class)];
            Ok(image)
        };
        let mut alone = mine(&[rows(&positives[class], COLUMNS)], IMAGES, given, &SETTINGS, |_| {}).unwrap();
        alone[0].rounds.iter_mut().for_each(|round| round.class = class);
        assert_eq!(&alone[0], together);
    }
}

#[test]
fn images_without_negatives_are_passed_over() {
    let positives = positives();
    let positives: Vec<_> = positives.iter().map(|values| rows(values, COLUMNS)).collect();
    // Neither the first nor the last image has any: what comes after the first is judged by no machine yet, so all is hard.
    let given = |at: usize| if at % 2 == 1 { Ok(image(at)) } else { Ok(Candidates::default()) };
    let mut events = Vec::new();
    let mined = mine(&positives, 5, given, &SETTINGS, |what| match what {
        Progress::Trained(round) => events.push((round.image, round.negatives)),
        _ => events.push((usize::MAX, 0)),
    })
    .unwrap();
    assert_eq!(mined[0].rounds.len(), 1);
    assert_eq!(mined[0].rounds[0].negatives, image(1).negatives[0].len() + image(3).negatives[0].len());
    assert_eq!(events.iter().filter(|(image, _)| *image == 4).count(), CLASSES);
    assert_eq!(events.iter().filter(|(image, _)| *image == usize::MAX).count(), 5);
}
