//! Fits both networks to grids by least squares, and counts on other grids.

use std::fmt::Write as _;

use engine::error::Result;
use engine::outcomes::{Table, finite};
use engine::train::Context;
use replications::toy::recipe::Recipe;
use spec::event::{Model, Trained};
use spec::metric::Metric;
use tch::{Kind, Tensor};

/// Pixels of a grid.
const PIXELS: usize = 16;
/// Grids that are counted.
const TESTED: usize = 200;

/// Runs `toy-counting`.
///
/// # Errors
/// A recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    context.begin("fit")?;
    let fitted = grids(context, &recipe, "fitted", recipe.grids)?;
    let tested = grids(context, &recipe, "tested", TESTED)?;
    let counts = |grids: &Tensor| grids.f_sum_dim_intlist([1i64].as_slice(), true, Kind::Double);
    let truth = Vec::<f64>::try_from(counts(&tested)?.f_view([-1])?)?;
    let pixels = Vec::<u8>::try_from(tested.f_to_kind(Kind::Uint8)?.f_view([-1])?)?;
    let root = context.pinned("toy-grids", &pixels, &[])?;
    for network in &context.stage().size.networks {
        let inputs: i64 = context.graph(network)?.input.iter().product::<usize>() as i64;
        let seen = |grids: &Tensor| -> Result<Tensor> {
            let one = Tensor::f_ones([grids.size()[0], 1], (Kind::Double, grids.device()))?;
            Ok(Tensor::f_cat(&[grids.f_narrow(1, 0, inputs)?, one], 1)?)
        };
        let (weights, ..) = seen(&fitted)?.f_linalg_lstsq(&counts(&fitted)?, None, "gelsd")?;
        let given = Vec::<f64>::try_from(seen(&tested)?.f_matmul(&weights)?.f_view([-1])?)?;
        let size = &context.stage().size;
        let trained = Trained {
            steps: size.steps,
            of: context.stage().of_steps,
            complete: size.complete,
            words: "fitted".into(),
            parts: Vec::new(),
        };
        let of = context.tested((network, Model::Trained(trained)), ("toy-grids", &root), "plain");
        finite(&of, "counts", given.iter().copied())?;
        let mut text = "true,given\n".to_owned();
        for (truth, given) in truth.iter().zip(&given) {
            let _ = writeln!(text, "{truth},{given:.3}");
        }
        let metrics = [Metric::named("mean absolute error")];
        context
            .outcomes(&of, &Table { task: "count", metrics: &metrics, text: &text, count: TESTED, examples: None })?;
    }
    Ok(())
}

/// Grids of lit pixels, `[N, 16]`.
fn grids(context: &Context<'_, '_>, recipe: &Recipe, purpose: &str, count: usize) -> Result<Tensor> {
    let mut noise = vec![0.0f32; count * PIXELS];
    context.stream(purpose, 0).fill(&mut noise, 0.5);
    let lit = Tensor::f_from_slice(&noise)?.f_lt(recipe.lit - 0.5)?;
    Ok(lit.f_view([-1, PIXELS as i64])?.f_to_kind(Kind::Double)?)
}
