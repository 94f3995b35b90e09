//! Every condition of a run by name: what a number may depend on, all of it, in one order.
//!
//! Must not leave a condition out because it is usual.

use spec::job::{ExperimentStage, Job, JobWeights, Settings, Stage};
use spec::protocol::Input;
use spec::record::{DataIdentity, RunPlan};

use crate::format::{bytes, significant, thousands};
use crate::input::RunView;
use spec::event::Environment;

/// One condition: its name and its value in this run.
pub(crate) type Field = (&'static str, String);

/// All conditions of a run, in the same order and under the same names for every run.
pub(crate) fn of(run: &RunView<'_>) -> Vec<Field> {
    let mut fields = vec![
        ("run", run.plan.run.clone()),
        ("time", run.plan.time.clone()),
        ("status", run.status.to_owned()),
        ("command", run.plan.command.join(" ")),
        ("repeats run", run.plan.retry_of.clone().unwrap_or_else(none)),
        ("network", run.plan.network.clone().unwrap_or_else(none)),
    ];
    weights(run, &mut fields);
    data(run.plan.data.as_ref(), run.experiment().is_some(), &mut fields);
    if let Some(stage) = run.experiment() {
        experiment(stage, &mut fields);
    }
    fields.push(("protocols", protocols(&run.plan.job)));
    settings(&run.plan.job.settings, &mut fields);
    environment(run.environment, &mut fields);
    hashes(run.plan, &mut fields);
    fields
}

fn weights(run: &RunView<'_>, fields: &mut Vec<Field>) {
    let loaded = run.plan.job.weights.iter().chain(run.experiment().into_iter().flat_map(|stage| &stage.weights));
    let loaded: Vec<&JobWeights> = loaded.collect();
    if loaded.is_empty() {
        fields.push(("weights", "random, from the seed".to_owned()));
    }
    for weights in loaded {
        fields.push(("weights", format!("{} ({})", weights.id, weights.format)));
        fields.push(("weights hash", weights.hash.clone()));
        fields.push(("input", input(&weights.input)));
    }
}

fn experiment(stage: &ExperimentStage, fields: &mut Vec<Field>) {
    let steps = match stage.dose.steps {
        0 => "none: nothing is trained".to_owned(),
        steps => format!("{} of {} of the recipe", thousands(steps), thousands(stage.of_steps)),
    };
    let whole = if stage.dose.complete { "the paper's whole recipe: " } else { "" };
    let budget = |seconds: f64| format!("{} s", significant(seconds, 3));
    fields.extend([
        ("experiment", stage.id.clone()),
        ("what is done of it", format!("{whole}{}", stage.dose.what)),
        ("training steps planned", steps),
        ("training time allowed", stage.budget.map_or_else(|| "as long as it takes".to_owned(), budget)),
        ("numbers of this tier", joined(stage.dose.settings.iter().map(|(name, value)| format!("{name} {value}")))),
        ("networks", joined(stage.dose.networks.iter().cloned())),
        ("tested under", joined(stage.conditions.iter().map(|condition| condition.id.clone()))),
    ]);
    for data in &stage.data {
        fields.push(("data", data.id.clone()));
        fields.push(("data root hash", data.root.clone()));
    }
}

/// `elsewhere`: an experiment names its data itself.
fn data(data: Option<&DataIdentity>, elsewhere: bool, fields: &mut Vec<Field>) {
    let Some(data) = data else {
        if !elsewhere {
            fields.push(("data", none()));
        }
        return;
    };
    fields.push(("data", format!("{}, {} images", data.id, thousands(data.images))));
    if let Some(part) = &data.part_of {
        let of = thousands(part.of);
        fields.push(("data is a part", format!("{} of the {of} images of {}: {}", data.images, part.whole, part.how)));
    }
    if let Some(resized) = &data.already_resized {
        fields.push(("data already resized", resized.clone()));
    }
    fields.push(("data root hash", data.root.clone()));
}

fn settings(settings: &Settings, fields: &mut Vec<Field>) {
    fields.extend([
        ("seed", settings.seed.to_string()),
        ("device", settings.device.to_string()),
        ("precision", settings.precision.to_string()),
        ("memory format", settings.memory_format.to_string()),
        ("threads", settings.threads.to_string()),
        ("loader threads", settings.loader_threads.to_string()),
        ("batch", settings.batch.to_string()),
        ("batch norm folded", yes_no(settings.fold_batch_norm)),
        ("operators fused", yes_no(settings.fuse)),
    ]);
}

fn environment(environment: Option<&Environment>, fields: &mut Vec<Field>) {
    let Some(e) = environment else {
        fields.push(("environment", "the runner ended before it could say".to_owned()));
        return;
    };
    fields.extend([
        ("arithmetic in use", e.precision.to_string()),
        ("TF32 in matrix products", on_off(e.tf32_matmul)),
        ("TF32 in convolutions", on_off(e.tf32_cudnn)),
        ("cuDNN tries algorithms", yes_no(e.cudnn_benchmark)),
        ("deterministic algorithms only", yes_no(e.deterministic)),
        ("JPEG decoder", e.decoder.clone()),
        ("resampler", e.resampler.clone()),
        ("libtorch", e.libtorch.clone()),
        ("libtorch's own account", e.libtorch_build.clone()),
        ("processor", e.cpu.clone()),
        ("cores", e.cores.to_string()),
        ("memory", memory(e.memory)),
    ]);
    match &e.gpu {
        Some(gpu) => fields.extend([
            ("GPU", gpu.name.clone()),
            ("GPU memory", memory(gpu.memory)),
            ("driver", gpu.driver.clone()),
            ("CUDA", gpu.cuda.clone()),
            ("cuDNN", gpu.cudnn.clone()),
        ]),
        None => fields.push(("GPU", none())),
    }
    fields.push(("operating system", e.os.clone()));
    let variables: Vec<String> = e.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    fields.push(("environment variables", if variables.is_empty() { none() } else { variables.join(" ") }));
    fields.push(("project", e.project.clone()));
    fields.push(("runner's hash", e.runner.clone()));
}

fn hashes(plan: &RunPlan, fields: &mut Vec<Field>) {
    fields.extend([
        ("hardware profile", plan.profile.clone()),
        ("commit", plan.commit.clone()),
        ("spec hash", plan.spec_sha256.clone()),
        ("lock hash", plan.lock_sha256.clone()),
        ("record format", plan.format.to_string()),
    ]);
}

/// The protocols that the stages name, each once.
fn protocols(job: &Job) -> String {
    let mut names: Vec<&str> = Vec::new();
    for stage in &job.stages {
        let protocol = match stage {
            Stage::Canary { protocol, .. }
            | Stage::Predict { protocol, .. }
            | Stage::InputPipeline { protocol, .. } => protocol,
            Stage::Experiment(stage) => match &stage.protocol {
                Some(protocol) => protocol,
                None => continue,
            },
            _ => continue,
        };
        if !names.contains(&protocol.id.as_str()) {
            names.push(&protocol.id);
        }
    }
    if names.is_empty() { none() } else { names.join(", ") }
}

/// How pixels become numbers, in one line.
pub(crate) fn input(input: &Input) -> String {
    let three = |v: [f32; 3]| v.map(|x| x.to_string()).join(", ");
    let (mean, std) = (three(input.mean), three(input.std));
    format!("{}, 0 to {}, mean {mean}, std {std}", input.colour.to_string().to_uppercase(), input.range)
}

fn memory(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
    let count = count as f64;
    bytes(count)
}

/// Names in a row, or `none`.
pub(crate) fn joined(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() { none() } else { names.join(", ") }
}

fn none() -> String {
    "none".to_owned()
}

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

fn on_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}
