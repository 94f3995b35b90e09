//! The fast gradient sign against GoogLeNet on photographs: answers before and after, and a picture like the paper's
//! panda (Goodfellow et al. 2015, Figure 1).
//!
//! Must not train. ε is in the units of a pixel's range of 0 to 1; the network reads other units, so ε is converted by
//! the weights' own range and standard deviation.

use std::path::Path;

use engine::error::{Error, Result};
use engine::input::batch::Normalisation;
use engine::input::list::{self, Item};
use engine::input::loader::{Loaded, with_loader};
use engine::outcomes::{Answer, Tested};
use engine::picture::Image;
use engine::train::{Context, Mode, Model};
use replications::adversarial::attack::{Attack, AttackKind};
use replications::adversarial::recipe::Recipe;
use replications::classes::classes;
use spec::event::Model as Origin;
use spec::experiment::Condition;
use spec::job::JobWeights;
use spec::metric::Metric;
use spec::protocol::{Colour, Input};
use tch::{Kind, Reduction, Tensor};

/// One condition's answers so far.
struct Column<'a> {
    condition: &'a Condition,
    epsilon: f64,
    clip: bool,
    answers: Vec<Answer>,
}

/// The picture that the attack changes most: an example of what it can do, and said to be one.
struct Example {
    /// `[3, H, W]` before, its gradient's sign, and after, in the network's units.
    before: Tensor,
    sign: Tensor,
    after: Tensor,
    answers: [Answer; 2],
    epsilon: f64,
}

/// Runs `adversarial-imagenet`.
pub(super) fn run(context: &Context<'_, '_>) -> Result<()> {
    let stage = context.stage();
    let recipe: Recipe = context.recipe()?;
    let network = stage.size.networks.first().cloned().unwrap_or_default();
    context.begin("load")?;
    let graph = context.graph(&network)?;
    let (weights, parameters) = context.weights(&graph)?;
    let model = Model::loaded(graph, context.device(), parameters)?;
    let subject = Photographed { context, model: &model, weights, batch: recipe.batch.max(1) };
    for data in &stage.data {
        context.begin(&format!("attack {network} on {}", data.id))?;
        let mut columns = Vec::new();
        for condition in &stage.conditions {
            columns.extend(column(context, condition)?);
        }
        let Some(listed) = &data.list else {
            // Pictures without classes are scored by nobody; they are free to be shown.
            let items = list::pictures_in(&data.folder)?;
            let (_, example) = attack(&subject, (&items, Classes::AsAnswered), &mut columns)?;
            if let Some(example) = example {
                draw(context, &data.id, &weights.input, &example, false)?;
            }
            continue;
        };
        let items = list::read(listed)?;
        let (before, example) = attack(&subject, (&items, Classes::Listed), &mut columns)?;
        let files: Vec<String> = items.iter().map(|item| item.file.clone()).collect();
        let write = |protocol: &str, answers: &[Answer]| {
            let tested = Tested {
                network: &network,
                model: Origin::Released { weights: weights.id.clone() },
                data: &data.id,
                root: &data.root,
                protocol,
                part_of: data.part_of.clone(),
                already_resized: data.already_resized.clone(),
            };
            context.classified(&tested, &[Metric::TOP_1_ERROR], Some(&files), answers)
        };
        // Under the protocol that cut the pictures, which for pictures of the right size already is one without resizing.
        write(stage.protocol.as_ref().map_or("", |protocol| &protocol.id), &before)?;
        for column in &columns {
            write(&column.condition.id, &column.answers)?;
        }
        if let Some(example) = example {
            draw(context, &data.id, &weights.input, &example, true)?;
        }
    }
    Ok(())
}

/// The network that is attacked.
struct Photographed<'a, 'e> {
    context: &'a Context<'a, 'e>,
    model: &'a Model,
    weights: &'a JobWeights,
    /// Pictures that go through it at once.
    batch: usize,
}

/// What counts as the right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Classes {
    /// The class in the list.
    Listed,
    /// The answer before the attack.
    AsAnswered,
}

/// A condition that is for photographs.
fn column<'a>(context: &Context<'a, '_>, condition: &'a Condition) -> Result<Option<Column<'a>>> {
    let attack: Option<Attack> = context.with(condition)?;
    let attack = attack.filter(|attack| attack.photographs && attack.kind == AttackKind::Fgsm);
    Ok(attack.map(|Attack { epsilon, clip, .. }| Column { condition, epsilon, clip, answers: Vec::new() }))
}

fn attack(
    &Photographed { context, model, weights, batch }: &Photographed<'_, '_>,
    (items, right): (&[Item], Classes),
    columns: &mut [Column<'_>],
) -> Result<(Vec<Answer>, Option<Example>)> {
    let stage = context.stage();
    let protocol = stage
        .protocol
        .as_ref()
        .ok_or_else(|| Error::Input(format!("the job of `{}` does not say how pictures are cut", stage.id)))?;
    let normalisation = Normalisation::new(&weights.input);
    let units = Units::new(&weights.input, context.device())?;
    let paths: Vec<&Path> = items.iter().map(|item| item.path.as_path()).collect();
    let mut before = Vec::with_capacity(items.len());
    let mut example: Option<Example> = None;
    with_loader(&paths, protocol, context.loader_threads(), 2 * batch, |mut loader| {
        for chunk in items.chunks(batch) {
            let loaded = loader.by_ref().take(chunk.len()).collect::<Result<Vec<Loaded>>>()?;
            let crops: Vec<_> = loaded.into_iter().filter_map(|picture| picture.crops.into_iter().next()).collect();
            let x = normalisation.batch_on(&crops, context.device())?.f_contiguous()?.f_set_requires_grad(true)?;
            let logits = model.forward(&x, Mode::Test)?;
            let classes = match right {
                Classes::Listed => {
                    let labels: Vec<i64> = chunk.iter().map(|item| i64::from(item.class)).collect();
                    Tensor::f_from_slice(&labels)?.f_to_device(context.device())?
                }
                Classes::AsAnswered => logits.detach().f_argmax(1, false)?,
            };
            let cost = logits.f_cross_entropy_loss::<Tensor>(&classes, None, Reduction::Sum, -100, 0.0)?;
            let gradient = Tensor::f_run_backward(&[&cost], &[&x], false, false)?;
            let gradient = gradient.into_iter().next().unwrap_or_default();
            let x = x.detach();
            let first = Answer::all(&logits.detach().f_softmax(1, Kind::Float)?, &classes)?;
            for column in columns.iter_mut() {
                let after = units.moved(&x, &gradient, column.epsilon, column.clip)?;
                let logits = tch::no_grad(|| model.forward(&after, Mode::Test))?;
                let answers = Answer::all(&logits.f_softmax(1, Kind::Float)?, &classes)?;
                for (index, (own, now)) in first.iter().zip(&answers).enumerate() {
                    if is_better(own, now, example.as_ref(), right) {
                        let at = |tensor: &Tensor| tensor.f_get(index as i64);
                        let sign = gradient.f_sign()?;
                        example = Some(Example {
                            before: at(&x)?,
                            sign: at(&sign)?,
                            after: at(&after)?,
                            answers: [*own, *now],
                            epsilon: column.epsilon,
                        });
                    }
                }
                column.answers.extend(answers);
            }
            before.extend(first);
            context.emitter().progress(before.len(), items.len(), "images")?;
        }
        Ok(())
    })?;
    Ok((before, example))
}

/// Right before and wrong after, and surer than the best so far: of the wrong answer after where
/// the true class is known, else of the answer that was given up. The first of equals.
fn is_better(before: &Answer, after: &Answer, best: Option<&Example>, right: Classes) -> bool {
    let fooled = before.given == Some(before.class) && after.given != Some(after.class);
    let sure = |[before, after]: [&Answer; 2]| match right {
        Classes::Listed => after.confidence,
        Classes::AsAnswered => before.confidence,
    };
    fooled && best.is_none_or(|best| sure([before, after]) > sure(best.answers.each_ref()))
}

/// A pixel's range in the network's units, by channel: `[1, 3, 1, 1]`.
#[derive(Debug)]
pub(super) struct Units {
    /// What 1 of a range of 0 to 1 is.
    scale: Tensor,
    black: Tensor,
    white: Tensor,
}

impl Units {
    /// The units of these weights.
    pub(super) fn new(input: &Input, device: tch::Device) -> Result<Units> {
        let numbers = |value: &dyn Fn(usize) -> f32| -> Result<Tensor> {
            let numbers: Vec<f32> = (0..3).map(value).collect();
            Ok(Tensor::f_from_slice(&numbers)?.f_view([1, 3, 1, 1])?.f_to_device(device)?)
        };
        Ok(Units {
            scale: numbers(&|channel| input.range / input.std[channel])?,
            black: numbers(&|channel| -input.mean[channel] / input.std[channel])?,
            white: numbers(&|channel| (input.range - input.mean[channel]) / input.std[channel])?,
        })
    }

    /// x + ε sign(gradient), ε in a range of 0 to 1, kept within black and white if `clip`.
    pub(super) fn moved(&self, x: &Tensor, gradient: &Tensor, epsilon: f64, clip: bool) -> Result<Tensor> {
        let moved = x.f_add(&gradient.f_sign()?.f_mul(&self.scale)?.f_mul_scalar(epsilon)?)?;
        Ok(if clip { moved.f_maximum(&self.black)?.f_minimum(&self.white)? } else { moved })
    }
}

/// `private`: the picture's owners do not let it be passed on.
fn draw(context: &Context<'_, '_>, data: &str, input: &Input, example: &Example, private: bool) -> Result<()> {
    let Example { before, sign, after, answers: [first, now], epsilon } = example;
    let tiles = [
        picture(before, Some(input))?,
        picture(&sign.f_add_scalar(1.0)?.f_mul_scalar(0.5)?, None)?,
        picture(after, Some(input))?,
    ];
    let said = |answer: &Answer| {
        let name = answer.given.and_then(|class| classes().get(class as usize)).map_or("?", |class| class.name);
        format!("\"{name}\" ({:.1} %)", 100.0 * answer.confidence)
    };
    let caption = format!(
        "A picture of {data} that GoogLeNet answers with {}; the sign of the gradient; the picture moved by {epsilon} of a pixel's range along it, answered with {}. Of all pictures {}.",
        said(first),
        said(now),
        if private {
            "that were right before, the one whose wrong answer is surest"
        } else {
            "whose answer changed, the one whose first answer was surest"
        }
    );
    context.picture(&format!("panda-style-{data}"), &caption, &Image::grid(&tiles, 3, 4), private)
}

/// `[3, H, W]` as a picture: red, green, blue, 0 to 1; `input`: what undoes the network's units.
fn picture(tensor: &Tensor, input: Option<&Input>) -> Result<Image> {
    let size = tensor.size();
    let (height, width) = (usize::try_from(size[1]).unwrap_or(0), usize::try_from(size[2]).unwrap_or(0));
    let flat = tensor.f_to_device(tch::Device::Cpu)?.f_contiguous()?.f_view([-1])?;
    let numbers = Vec::<f32>::try_from(flat)?;
    let plane = height * width;
    let mut out = vec![0.0; numbers.len()];
    let bgr = input.is_none_or(|input| input.colour == Colour::Bgr);
    for channel in 0..3 {
        let to = if bgr { 2 - channel } else { channel };
        for place in 0..plane {
            let value = numbers[channel * plane + place];
            out[to * plane + place] =
                input.map_or(value, |input| (value * input.std[channel] + input.mean[channel]) / input.range);
        }
    }
    Ok(Image::from_floats(&out, 3, height, width))
}
