//! How many objects some proposals find, by how well (Figure 4): recall over the least overlap.
//!
//! Must not make proposals.

use engine::detection::head::Looked;
use engine::detection::nearest;
use engine::error::Result;
use engine::input::objects::Annotated;
use engine::train::Context;

/// So many proposals of a picture.
const COUNTS: [usize; 2] = [50, 300];
/// Overlaps of .5 to 1 in so many steps.
const STEPS: usize = 20;

/// Draws the recall of two ways to propose, over the objects of the tested pictures that count.
pub(super) fn draw(context: &Context<'_, '_>, images: &[Annotated], ways: [(&str, &[Looked]); 2]) -> Result<()> {
    let overlaps: Vec<f64> = (0..=STEPS).map(|step| 0.5 + 0.5 * step as f64 / STEPS as f64).collect();
    let mut columns = vec!["overlap [intersection over union]".to_owned()];
    let mut rows: Vec<Vec<f64>> = overlaps.iter().map(|overlap| vec![*overlap]).collect();
    for (name, pictures) in ways {
        for count in COUNTS {
            let found = best(images, pictures, count);
            columns.push(format!("{count} of {name} [percent of the objects]"));
            for (row, overlap) in rows.iter_mut().zip(&overlaps) {
                let right = found.iter().filter(|own| *own >= overlap).count();
                row.push(100.0 * right as f64 / found.len().max(1) as f64);
            }
        }
    }
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    context.relation(("proposal-recall", "Recall of proposals on the tested pictures"), &columns, &rows)
}

/// Of each object that counts, how much the nearest of so many proposals shares with it.
fn best(images: &[Annotated], pictures: &[Looked], count: usize) -> Vec<f64> {
    let mut all = Vec::new();
    for (image, picture) in images.iter().zip(pictures) {
        let some = &picture.regions[..picture.regions.len().min(count)];
        for object in image.objects.iter().filter(|object| !object.difficult) {
            let shares = nearest(some, std::slice::from_ref(&object.bounds));
            all.push(shares.iter().map(|one| one.overlap).fold(0.0, f64::max));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use base::boxes::Bounds;
    use engine::input::objects::Object;

    use super::*;

    #[test]
    fn the_nearest_of_the_first_proposals_counts() {
        let at = |left: f64| Bounds::new([left, 0.0, left + 10.0, 10.0]);
        let object = |left, difficult| Object { class: 0, bounds: at(left), difficult };
        let image = Annotated {
            path: "/a.jpg".into(),
            file: "a.jpg".to_owned(),
            list: "test".to_owned(),
            size: [100, 20],
            objects: vec![object(0.0, false), object(50.0, true), object(80.0, false)],
        };
        let picture =
            Looked { image: image.clone(), sha256: String::new(), regions: vec![at(5.0), at(0.0)], truths: Vec::new() };
        let found = |count| best(std::slice::from_ref(&image), std::slice::from_ref(&picture), count);
        assert_eq!(found(2), [1.0, 0.0]);
        assert!((found(1)[0] - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(found(0), [0.0, 0.0]);
    }
}
