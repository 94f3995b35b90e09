//! Whether hiding the same part of the user's pictures changes features alike (section 4.3, Table 1).
//!
//! Must not choose pictures or parts.

use engine::error::{Error, Result};
use engine::explain::Trace;
use engine::explain::correspondence::SignChange;
use images::Crop;
use replications::zfnet::recipe::{Hidden, Part};
use spec::event::Model;
use spec::metric::Metric;
use tch::Tensor;

use super::parts::{self, Marked};
use super::subject::Looked;

/// What the outcomes call the user's pictures.
const DATA: &str = "parts";
/// Of a share of features.
const DECIMALS: usize = 6;

/// Measures every condition of the spec, or says why it does not.
pub(super) fn measure(looked: &Looked<'_, '_>) -> Result<()> {
    let stage = looked.context.stage();
    let Some(folder) = &stage.parts else {
        let why = "correspondence is not run: no pictures with marked parts were given; --parts DIR compares yours";
        return looked.context.emitter().note(why);
    };
    looked.context.begin(&format!("hide parts for {}", looked.subject.of))?;
    let (pictures, root) = parts::read(folder)?;
    let side = looked.side();
    let whole = pictures.iter().map(|picture| picture.crop(side)).collect::<Result<Vec<Crop>>>()?;
    let before = features(looked, &whole)?;
    let mut done: Vec<(Part, [Tensor; 2])> = Vec::new();
    for condition in &stage.conditions {
        let Some(hidden) = looked.context.with::<Hidden>(condition)? else { continue };
        if !done.iter().any(|(part, _)| *part == hidden.part) {
            let crops = hide(looked, &pictures, hidden.part)?;
            done.push((hidden.part, features(looked, &crops)?));
        }
        let Some((_, after)) = done.iter().find(|(part, _)| *part == hidden.part) else { continue };
        let layer = usize::from(hidden.layer == 7);
        let found = SignChange::between(&before[layer], &after[layer])?;
        let model = Model::Released { weights: looked.subject.weights.clone() };
        let tested = looked.context.tested((&looked.subject.of, model), (DATA, &root), &condition.id);
        looked.context.values(&tested, ("sign-change", Metric::named("mean sign change")), &found.pairs, DECIMALS)?;
        looked.context.emitter().note(format!(
            "{}, {}: sign change {:.3} ± {:.3} over {} pairs",
            looked.subject.of,
            condition.title,
            found.mean(),
            found.deviation(),
            found.pairs.len()
        ))?;
    }
    Ok(())
}

fn hide(looked: &Looked<'_, '_>, pictures: &[Marked], part: Part) -> Result<Vec<Crop>> {
    let hidden = (0..).zip(pictures).map(|(number, picture)| {
        let mut stream = looked.context.stream("places at random", number);
        picture.hidden(part, looked.side(), &mut || stream.unit())
    });
    hidden.collect()
}

/// What stands for layers 5 and 7, of each picture.
fn features(looked: &Looked<'_, '_>, crops: &[Crop]) -> Result<[Tensor; 2]> {
    let last = looked.subject.layers.last().map_or("", String::as_str);
    let nodes = [looked.layer(last)?, looked.layer(&looked.subject.features)?];
    let mut parts: [Vec<Tensor>; 2] = [Vec::new(), Vec::new()];
    for chunk in crops.chunks(looked.recipe.batch.max(1)) {
        let trace = Trace::of(&looked.model, &looked.batch(chunk)?)?;
        for (part, node) in parts.iter_mut().zip(nodes) {
            part.push(trace.value(node)?.shallow_clone());
        }
    }
    let [five, seven] = parts.map(|part| Tensor::f_cat(&part, 0).map_err(Error::from));
    Ok([five?, seven?])
}
