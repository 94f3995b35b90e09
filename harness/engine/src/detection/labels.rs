//! What anchors and regions are to learn (Ren et al. 2015, section 3.1.2; Girshick 2015, section 2.3): by how much they share with
//! objects.
//!
//! Must not draw which of them are learned from.

use base::boxes::Bounds;

/// What a region shares most with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// Intersection over union.
    pub overlap: f64,
    /// Which of the true boxes, the first of equals; 0 where none shares anything.
    pub truth: usize,
}

/// For each region the true box that it shares most with; of no true boxes, nothing is shared.
#[must_use]
pub fn nearest(regions: &[Bounds], truths: &[Bounds]) -> Vec<Nearest> {
    let of = |region: &Bounds| {
        let all = truths.iter().enumerate().map(|(truth, own)| Nearest { overlap: region.iou(own), truth });
        all.fold(Nearest { overlap: 0.0, truth: 0 }, |best, one| if one.overlap > best.overlap { one } else { best })
    };
    regions.iter().map(of).collect()
}

/// What an anchor is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchored {
    /// That there is an object: the true box that it shares most with.
    Object(usize),
    /// That there is none.
    Background,
    /// Nothing: it shares too much for the one and too little for the other.
    Neither,
    /// Nothing: it reaches across the picture's border.
    Across,
}

/// What anchors on a picture of that width and height are to say: an object where they share `high` or more with one, or where none
/// shares more with it (all that tie); background where they share less than `low` with any. As in the authors' code, but that an
/// object which no anchor touches makes none of them its own.
#[must_use]
pub fn anchored(anchors: &[Bounds], size: [f64; 2], truths: &[Bounds], [low, high]: [f64; 2]) -> Vec<Anchored> {
    let is_inside = |own: &Bounds| own.left >= 0.0 && own.top >= 0.0 && own.right <= size[0] && own.bottom <= size[1];
    let inside: Vec<usize> = (0..anchors.len()).filter(|place| is_inside(&anchors[*place])).collect();
    let own: Vec<Bounds> = inside.iter().map(|place| anchors[*place]).collect();
    let most = nearest(&own, truths);
    let mut found = vec![Anchored::Across; anchors.len()];
    for (place, Nearest { overlap, truth }) in inside.iter().zip(&most) {
        found[*place] = match *overlap {
            share if share >= high => Anchored::Object(*truth),
            share if share < low => Anchored::Background,
            _ => Anchored::Neither,
        };
    }
    for truth in truths {
        let shares: Vec<f64> = own.iter().map(|anchor| anchor.iou(truth)).collect();
        let best = shares.iter().copied().fold(0.0, f64::max);
        let ties = shares.iter().zip(&inside).zip(&most).filter(|((share, _), _)| best > 0.0 && **share == best);
        for ((_, place), Nearest { truth, .. }) in ties {
            found[*place] = Anchored::Object(*truth);
        }
    }
    found
}
