//! What the trained layers propose on a picture (section 3.3), and what is left of it without their scores or their boxes (Table 2).
//!
//! Must not train.

use base::boxes::Bounds;
use engine::detection::head::Looked;
use engine::detection::maps::{Map, Maps};
use engine::detection::{Anchors, Choice, Compiled, anchors_over, propose};
use engine::error::Result;
use engine::streams::Stream;
use engine::train::Model;
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::{AnchorShapes, Chosen};
use tch::{Device, Kind, Tensor};

use crate::detectors::on_maps::OnMaps;

/// Numbers of a box.
pub(super) const NUMBERS: usize = 4;

/// The anchors of a place.
pub(super) fn shapes(own: &AnchorShapes) -> Anchors {
    Anchors { base: own.base, ratios: own.ratios.clone(), scales: own.scales.clone() }
}

/// The anchors of a picture's map.
pub(super) fn anchors_of(shapes: &Anchors, map: &Map) -> Result<Vec<Bounds>> {
    let (_, _, height, width) = map.values.size4()?;
    let side = |side: i64| usize::try_from(side).unwrap_or(0);
    Ok(anchors_over(shapes, [side(height), side(width)], STRIDE as f64))
}

/// The answers `[1, 2 A, H, W]` and `[1, 4 A, H, W]` by anchor, row by row and place by place: background and object `[N, 2]`, and
/// four numbers `[N, 4]`.
pub(super) fn by_anchor(said: &[Tensor]) -> Result<[Tensor; 2]> {
    let (_, answers, height, width) = said[0].size4()?;
    let anchors = answers / 2;
    let scores = said[0].f_view([2, anchors, height, width])?.f_permute([2, 3, 1, 0])?.f_reshape([-1, 2])?;
    let moves = said[1].f_view([anchors, NUMBERS as i64, height, width])?.f_permute([2, 3, 0, 1])?;
    Ok([scores, moves.f_reshape([-1, NUMBERS as i64])?])
}

/// The proposals that follow from what is said of a picture's anchors, in its own pixels, the surest first; without scores, drawn
/// by the stream.
pub(super) fn chosen_of(
    said: &[Tensor],
    (shapes, map): (&Anchors, &Map),
    chosen: &Chosen,
    stream: &mut Stream,
) -> Result<Vec<Bounds>> {
    let [scores, moves] = by_anchor(said)?;
    let anchors = anchors_of(shapes, map)?;
    let mut choice = Choice {
        least_side: chosen.least_side * map.scale[0].min(map.scale[1]),
        before: chosen.before.unwrap_or(usize::MAX),
        overlap: chosen.overlap,
        after: chosen.after,
    };
    let objects = if chosen.without_scores {
        // Nothing says which are better: they are drawn, and nothing is suppressed.
        (choice.before, choice.overlap) = (chosen.after, 1.0);
        stream.permutation(anchors.len()).into_iter().map(|place| place as f32).collect()
    } else {
        let objects = scores.f_softmax(1, Kind::Float)?.f_select(1, 1)?.f_contiguous()?;
        Vec::<f32>::try_from(objects.f_to_device(Device::Cpu)?)?
    };
    let moves = if chosen.without_boxes {
        vec![0.0; anchors.len() * NUMBERS]
    } else {
        Vec::<f32>::try_from(moves.f_contiguous()?.f_view([-1])?.f_to_device(Device::Cpu)?)?
    };
    let found = propose(&anchors, &objects, moves.as_chunks::<NUMBERS>().0, map.size, &choice);
    let back = map.scale.map(|scale| 1.0 / scale);
    Ok(found.into_iter().map(|one| one.bounds.pixels_scaled(back)).collect())
}

/// The trained layers, compiled.
pub(super) struct Proposals {
    network: Compiled,
    shapes: Anchors,
}

impl Proposals {
    pub(super) fn new(model: &Model, anchors: &AnchorShapes) -> Result<Proposals> {
        Ok(Proposals { network: Compiled::of(model.graph(), model, 1)?, shapes: shapes(anchors) })
    }

    /// Multiply-adds of a picture with that map.
    pub(super) fn multiply_adds(&self, map: &Map) -> Result<u64> {
        let (_, channels, height, width) = map.values.size4()?;
        self.network.multiply_adds([channels, height, width].map(|side| usize::try_from(side).unwrap_or(0)))
    }

    /// The same pictures with these proposals in place of their regions; `maps`: of the trunk that is read, None of that which was loaded.
    pub(super) fn on_all<'e>(
        &self,
        (on, maps): (&OnMaps<'_, 'e>, Option<&Maps<'_, 'e>>),
        pictures: &[Looked],
        (what, chosen): (&str, &Chosen),
    ) -> Result<Vec<Looked>> {
        on.context.begin(&format!("propose regions by the network: {what}"))?;
        let mut all = Vec::with_capacity(pictures.len());
        for (index, picture) in pictures.iter().enumerate() {
            let map = maps.unwrap_or(&on.maps).of(&picture.image, &picture.sha256, false)?;
            let mut stream = on.context.stream("proposals without scores", index as u64);
            all.push(Looked { regions: self.on(&map, chosen, &mut stream)?, ..picture.clone() });
            on.context.emitter().progress(index + 1, pictures.len(), "pictures")?;
        }
        Ok(all)
    }

    /// The proposals on a picture ([`chosen_of`]).
    pub(super) fn on(&self, map: &Map, chosen: &Chosen, stream: &mut Stream) -> Result<Vec<Bounds>> {
        let _guard = tch::no_grad_guard();
        chosen_of(&self.network.read(&map.values)?, (&self.shapes, map), chosen, stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two anchors at each of two places: the second place's first anchor is the surest, and is moved by half its width.
    fn said() -> [Tensor; 2] {
        let scores = Tensor::from_slice(&[0.0_f32, 0.0, 0.0, 0.0, 1.0, 4.0, 2.0, 3.0]).view([1, 4, 1, 2]);
        let mut moves = [0.0_f32; 16];
        moves[1] = 0.5;
        [scores, Tensor::from_slice(&moves).view([1, 8, 1, 2])]
    }

    #[test]
    fn scores_and_boxes_can_be_left_out() {
        let shapes = Anchors { base: 16.0, ratios: vec![1.0], scales: vec![1.0, 2.0] };
        let map = Map {
            values: Tensor::zeros([1, 1, 1, 2], (Kind::Float, Device::Cpu)),
            size: [64.0, 32.0],
            scale: [2.0; 2],
        };
        let all = Chosen {
            least_side: 1.0,
            before: None,
            overlap: 0.7,
            after: 10,
            without_scores: false,
            without_boxes: false,
        };
        let mut stream = Stream::new(1, "test", 0);
        let mut on = |chosen: &Chosen| chosen_of(&said(), (&shapes, &map), chosen, &mut stream).unwrap();
        let edges = |all: &[Bounds]| all.iter().map(Bounds::edges).collect::<Vec<_>>();
        let found = on(&all);
        assert_eq!(found.len(), 4);
        // 16 to 32 across, moved by 8: first pixels 24 and 0, last ones 39 and 15, in a picture of half the size.
        assert_eq!(edges(&found)[0], [12.0, 0.0, 20.5, 8.5]);
        let unmoved = on(&Chosen { without_boxes: true, ..all });
        assert_eq!(edges(&unmoved)[0], [8.0, 0.0, 16.5, 8.5]);
        let drawn: Vec<Vec<[f64; 4]>> =
            (0..40).map(|_| edges(&on(&Chosen { without_scores: true, after: 1, ..all }))).collect();
        let surest = drawn.iter().filter(|one| one[0] == [12.0, 0.0, 20.5, 8.5]).count();
        assert!(drawn.iter().all(|one| one.len() == 1) && (2..25).contains(&surest), "{surest} of 40");
    }
}
