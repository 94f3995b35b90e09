//! The order of boxes: by place times chance.

use proposals::extent::Extent;
use proposals::ranking::{Hierarchies, ranked};

fn extent(left: u32, right: u32) -> Extent {
    Extent { left, top: 0, right, bottom: 10 }
}

/// Two first regions, and the whole that they make.
fn one_merge() -> Hierarchies {
    Hierarchies { first: vec![extent(0, 10), extent(10, 30)], merged: vec![vec![extent(0, 30)]] }
}

/// How often the whole is the first of all, of 4,000 seeds.
fn share(hierarchies: &[Hierarchies]) -> f64 {
    let whole = (0..4000).filter(|seed| ranked(hierarchies, 1, None, *seed)[0] == extent(0, 30)).count();
    whole as f64 / 4000.0
}

#[test]
fn a_larger_region_comes_earlier_as_often_as_its_place_says() {
    // Its number u between 0 and 1 is the least of u, 2v and 2w with the probability of the mean of (1 - u/2)², 7 of 12.
    let found = share(&[one_merge()]);
    assert!((found - 7.0 / 12.0).abs() < 0.03, "{found}");
}

#[test]
fn a_box_that_comes_twice_keeps_its_better_place() {
    // The lesser of two wholes' numbers is u with density 2(1 - u), and four first regions lie above it.
    let mut both = [one_merge(), one_merge()];
    both[1].first = vec![extent(0, 11), extent(11, 30)];
    let expected: f64 = (0..10_000)
        .map(|step| (f64::from(step) + 0.5) / 10_000.0)
        .map(|u| 2.0 * (1.0 - u) * (1.0 - u / 2.0).powi(4) / 10_000.0)
        .sum();
    let found = share(&both);
    assert!((found - expected).abs() < 0.03, "{found}, not {expected}");
    for seed in 0..20 {
        assert_eq!(ranked(&both, 1, None, seed).len(), 5);
    }
}

#[test]
fn small_boxes_go_and_no_more_are_given_than_asked_for() {
    let hierarchies = [one_merge()];
    assert_eq!(ranked(&hierarchies, 11, None, 1), []);
    let narrow = [Hierarchies { first: vec![extent(0, 9), extent(9, 30)], merged: vec![vec![extent(0, 30)]] }];
    assert!(!ranked(&narrow, 10, None, 1).contains(&extent(0, 9)));
    assert_eq!(ranked(&narrow, 10, None, 1).len(), 2);
    assert_eq!(ranked(&narrow, 1, Some(2), 1).len(), 2);
}
