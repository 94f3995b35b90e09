//! Settings and pictures that cannot be, each with its message.

use proposals::grouping::Similarity;
use proposals::{Error, Settings, selective_search};

use super::support::{picture, squares};

fn message(settings: &Settings) -> String {
    selective_search(&squares(30, 30, 5, 1), settings, 1).unwrap_err().to_string()
}

#[test]
fn settings_without_anything_to_search_by_are_refused() {
    let fast = Settings::fast;
    assert_eq!(
        message(&Settings { colours: Vec::new(), ..fast() }),
        "`colours` is empty, so there is nothing to search by; give at least one"
    );
    assert!(message(&Settings { ks: Vec::new(), ..fast() }).starts_with("`ks` is empty"));
    assert!(message(&Settings { similarities: Vec::new(), ..fast() }).starts_with("`similarities` is empty"));
    let none = Similarity { colour: false, texture: false, size: false, fill: false };
    assert!(message(&Settings { similarities: vec![none], ..fast() }).starts_with("`similarities[].parts` is empty"));
    assert_eq!(
        message(&Settings { at_most: Some(0), ..fast() }),
        "`at_most` is 0; it must be at least 1, or none for all boxes"
    );
}

#[test]
fn numbers_out_of_range_are_refused() {
    for k in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let error = message(&Settings { ks: vec![50.0, k], ..Settings::fast() });
        assert!(error.starts_with("`ks` is ") && error.ends_with("; it must be finite and more than 0"), "{error}");
    }
    for sigma in [-0.1, f32::NAN, f32::INFINITY, 1e9] {
        let error = message(&Settings { sigma, ..Settings::fast() });
        assert!(error.starts_with("`sigma` is ") && error.ends_with("; it must be between 0 and 100"), "{error}");
    }
}

#[test]
fn pictures_that_cannot_be_searched_are_refused() {
    let search = |picture| selective_search(&picture, &Settings::fast(), 1);
    assert_eq!(search(squares(19, 300, 5, 1)), Err(Error::TooSmall { width: 19, height: 300, side: 20 }));
    assert_eq!(
        search(squares(300, 19, 5, 1)).unwrap_err().to_string(),
        "a 300×19 picture has no box with sides of 20 pixels; take a larger one or ask for a smaller `min_side`"
    );
    assert_eq!(search(picture(0, 0, Vec::new())), Err(Error::TooSmall { width: 0, height: 0, side: 20 }));
    assert_eq!(
        search(picture(40, 30, vec![0; 3599])).unwrap_err().to_string(),
        "a 40×30 picture comes with 3599 bytes, not three a pixel; decode it again or mend what made it"
    );
    let huge = picture(u32::MAX, u32::MAX, Vec::new());
    assert_eq!(search(huge), Err(Error::TooLarge { width: u32::MAX, height: u32::MAX }));
    let settings = Settings { min_side: 0, ..Settings::fast() };
    let none = selective_search(&picture(0, 0, Vec::new()), &settings, 1);
    assert_eq!(none, Err(Error::TooSmall { width: 0, height: 0, side: 1 }));
}
