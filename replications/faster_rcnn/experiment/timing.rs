//! Where the time of one picture goes, split as in Table 5: the trunk, proposals, and the layers that look into regions.
//!
//! Must not use what is kept: everything is computed anew.

use std::time::Instant;

use engine::detection::head::Reader;
use engine::detection::maps::Maps;
use engine::error::Result;
use engine::input::Opened;
use engine::input::objects::Annotated;
use engine::stages::synchronize;
use engine::train::Context;
use replications::faster_rcnn::recipe::Recipe;
use spec::metric::Unit;

use super::proposals::Proposals;

/// Pictures that are timed, after some that only warm up.
const TIMED: usize = 12;
const WARM_UP: usize = 2;

/// Times some of the tested pictures and tells the medians, in milliseconds a picture, and what was computed in them, in
/// multiply-adds.
pub(super) fn measure(
    context: &Context<'_, '_>,
    (maps, proposals, reader): (&Maps<'_, '_>, &Proposals, &Reader),
    recipe: &Recipe,
    images: &[Annotated],
) -> Result<()> {
    context.begin("time the parts of the detector")?;
    let mut parts: [Vec<f64>; 3] = Default::default();
    let mut work: [Vec<f64>; 3] = Default::default();
    for (number, image) in images.iter().take(WARM_UP + TIMED).enumerate() {
        let opened = Opened::of(image)?;
        let mut last = Instant::now();
        let mut lap = || -> Result<f64> {
            // A GPU answers before it is done.
            synchronize(context.device())?;
            let now = Instant::now();
            let taken = now.duration_since(last).as_secs_f64() * 1e3;
            last = now;
            Ok(taken)
        };
        let _ = lap()?;
        let map = maps.map(&opened.picture, false)?;
        let trunk = lap()?;
        let regions = proposals.on(&map, &recipe.looked_into, &mut context.stream("proposals without scores", 0))?;
        let proposing = lap()?;
        let said = reader.read(&map, &regions)?;
        let _ = reader.found((&regions, &said), image.size, true, &recipe.kept);
        let looking = lap()?;
        if number >= WARM_UP {
            parts.iter_mut().zip([trunk, proposing, looking]).for_each(|(own, taken)| own.push(taken));
            let each =
                [maps.multiply_adds(image.size)?, proposals.multiply_adds(&map)?, reader.multiply_adds(regions.len())?];
            work.iter_mut().zip(each).for_each(|(own, done)| own.push(done as f64));
        }
    }
    for ((name, taken), done) in ["trunk", "proposals", "regions"].into_iter().zip(parts).zip(work) {
        if let (Some(taken), Some(done)) = (median(taken), median(done)) {
            context.emitter().value(&format!("time.picture.{name}"), taken, Some(Unit::Milliseconds))?;
            context.emitter().value(&format!("macs.picture.{name}"), done, Some(Unit::Count))?;
        }
    }
    Ok(())
}

fn median(mut all: Vec<f64>) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}
