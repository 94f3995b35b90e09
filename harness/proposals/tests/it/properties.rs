//! What holds of any picture.

use std::collections::HashSet;

use proposals::selective_search;
use proposals::settings::Settings;
use proptest::prelude::*;

use super::support::{picture, squares};

fn small() -> Settings {
    Settings { ks: vec![10.0, 30.0], min_side: 3, ..Settings::fast() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn boxes_are_whole_pixels_of_the_picture_large_enough_and_none_twice(
        width in 3_u32..70, height in 3_u32..70, side in 2_u32..20, seed in 0_u32..1000, every in proptest::bool::ANY,
    ) {
        let picture = squares(width, height, side, seed);
        let settings = if every { Settings { min_side: 3, ..Settings::first_version() } } else { small() };
        let boxes = selective_search(&picture, &settings, u64::from(seed)).unwrap();
        let mut met = HashSet::new();
        for found in &boxes {
            let edges = found.edges();
            prop_assert!(edges.iter().all(|edge| edge.fract() == 0.0 && *edge >= 0.0), "{edges:?}");
            prop_assert!(found.right <= f64::from(width) && found.bottom <= f64::from(height), "{edges:?}");
            prop_assert!(found.size().iter().all(|side| *side >= 3.0), "{edges:?}");
            prop_assert!(met.insert(edges.map(|edge| edge as u32)), "{edges:?} comes twice");
        }
        // The last merge is the whole picture.
        prop_assert!(met.contains(&[0, 0, width, height]));
    }

    #[test]
    fn fewer_boxes_are_the_first_of_more(side in 2_u32..12, seed in 0_u32..1000, at_most in 1_usize..40) {
        let picture = squares(50, 40, side, seed);
        let all = selective_search(&picture, &small(), 7).unwrap();
        let few = selective_search(&picture, &Settings { at_most: Some(at_most), ..small() }, 7).unwrap();
        prop_assert_eq!(&few[..], &all[..at_most.min(all.len())]);
    }
}

#[test]
fn the_number_of_threads_does_not_matter_and_the_seed_only_to_the_order() {
    let picture = squares(120, 90, 11, 5);
    let with = |threads: usize, seed: u64| {
        let pool = rayon_pool(threads);
        pool.install(|| selective_search(&picture, &small(), seed).unwrap())
    };
    let one = with(1, 3);
    assert!(one.len() > 100, "only {} boxes", one.len());
    assert_eq!(one, with(2, 3));
    assert_eq!(one, with(5, 3));
    let other = with(2, 4);
    assert_ne!(one, other);
    let set = |boxes: &[base::boxes::Bounds]| -> HashSet<[u32; 4]> {
        boxes.iter().map(|found| found.edges().map(|edge| edge as u32)).collect()
    };
    assert_eq!(set(&one), set(&other));
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn a_picture_of_one_colour_has_one_box() {
    for value in [0, 77, 255] {
        let plain = picture(64, 48, vec![value; 64 * 48 * 3]);
        for settings in [Settings::fast(), Settings::first_version()] {
            let boxes = selective_search(&plain, &settings, 1).unwrap();
            assert_eq!(boxes.iter().map(|found| found.edges()).collect::<Vec<_>>(), [[0.0, 0.0, 64.0, 48.0]]);
        }
    }
}

#[test]
fn two_halves_are_two_boxes_and_the_whole() {
    let pixels = (0..40 * 60).flat_map(|at| if at % 60 < 25 { [200, 30, 30] } else { [20, 60, 220] });
    let boxes = selective_search(&picture(60, 40, pixels.collect()), &Settings::fast(), 1).unwrap();
    let mut edges: Vec<[u32; 4]> = boxes.iter().map(|found| found.edges().map(|edge| edge as u32)).collect();
    edges.sort_unstable();
    // Smoothing blurs the border: where exactly it lies may differ between colour spaces.
    assert!(edges.contains(&[0, 0, 60, 40]), "{edges:?}");
    assert!(edges.iter().any(|[left, _, right, _]| *left == 0 && right.abs_diff(25) <= 3), "{edges:?}");
    assert!(edges.iter().any(|[left, _, right, _]| left.abs_diff(25) <= 3 && *right == 60), "{edges:?}");
}

#[test]
fn a_picture_of_one_pixel_or_one_row_is_searched() {
    let settings = Settings { min_side: 1, ..Settings::fast() };
    for (width, height) in [(1, 1), (1, 30), (30, 1), (2, 2)] {
        let boxes = selective_search(&squares(width, height, 3, 1), &settings, 1).unwrap();
        let whole = [0.0, 0.0, f64::from(width), f64::from(height)];
        assert!(boxes.iter().any(|found| found.edges() == whole), "{width}×{height}");
    }
}
