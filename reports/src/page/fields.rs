//! Every condition of a run by name: what a number may depend on, all of it, in one order.
//!
//! Must not leave a condition out because it is usual.

use serde_json::Value;
use spec::event::Environment;
use spec::job::Settings;
use spec::protocol::Input;
use spec::record::{DataIdentity, Header, Training};

use crate::format::{bytes, significant, thousands};
use crate::input::{PageInput, RunView};

/// One condition: its name and its value in this run.
pub(crate) type Field = (&'static str, String);

/// All conditions of a run, in the same order and under the same names for every run.
pub(crate) fn of(page: &PageInput<'_>, run: &RunView<'_>) -> Vec<Field> {
    let header = run.header;
    let mut fields = vec![
        ("run", header.run.clone()),
        ("time", header.time.clone()),
        ("status", run.status.to_owned()),
        ("command", header.command.join(" ")),
        ("repeats run", header.retry_of.clone().unwrap_or_else(none)),
        ("network or experiment", header.subject.clone().unwrap_or_else(none)),
    ];
    match run.imported() {
        Some((by, from)) => fields.extend([
            ("predicted by", by.to_owned()),
            ("predictions' file", from.file.clone()),
            ("predictions' hash", from.sha256.clone()),
        ]),
        None => weights(page, header, &mut fields),
    }
    data(&header.data, &mut fields);
    if let Some(training) = run.training() {
        trained(training, &mut fields);
    }
    fields.push(("protocols", protocols(run)));
    // Nothing was computed for predictions that were taken over.
    if run.imported().is_none() {
        settings(&header.settings, header.training.is_some(), &mut fields);
        environment(run.environment, &mut fields);
    }
    hashes(header, &mut fields);
    fields.push(("record's root hash", run.seal.map_or_else(|| "not sealed".to_owned(), |seal| seal.root.clone())));
    fields
}

fn weights(page: &PageInput<'_>, header: &Header, fields: &mut Vec<Field>) {
    let known = |id: &str| page.paper.weights.iter().find(|weights| weights.id == id);
    let Some(id) = &header.weights else {
        // An experiment may begin with weights of others, or look through them.
        let mut loaded = with_hashes(&header.job);
        loaded.retain(|(id, _)| known(id).is_some());
        loaded.dedup();
        if loaded.is_empty() {
            fields.push(("weights", "none were loaded".to_owned()));
        }
        for (id, hash) in loaded {
            fields.push(("weights", known(id).map_or_else(none, |weights| format!("{id} ({})", weights.format))));
            fields.push(("weights hash", hash.to_owned()));
        }
        return;
    };
    let known = known(id);
    fields.push(("weights", known.map_or_else(|| id.clone(), |weights| format!("{id} ({})", weights.format))));
    let hash = with_hashes(&header.job).into_iter().find(|(own, _)| own == id).map(|(_, hash)| hash);
    fields.push(("weights hash", hash.unwrap_or("not in the record").to_owned()));
    fields.push(("input", known.map_or_else(none, |weights| input(&weights.input))));
}

/// All that has an id and a hash in a job, in its order. The job is the runner's matter: whatever has the id of weights and a hash is
/// them.
fn with_hashes(job: &Value) -> Vec<(&str, &str)> {
    match job {
        Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_str);
            text("id").zip(text("hash")).into_iter().chain(map.values().flat_map(with_hashes)).collect()
        }
        Value::Array(list) => list.iter().flat_map(with_hashes).collect(),
        _ => Vec::new(),
    }
}

fn trained(training: &Training, fields: &mut Vec<Field>) {
    let steps = match training.steps {
        0 => "none: nothing is trained".to_owned(),
        steps => format!("{} of {} of the recipe", thousands(steps), thousands(training.of_steps)),
    };
    let whole = if training.complete { "the paper's whole recipe: " } else { "" };
    let budget = |seconds: f64| format!("{} s", significant(seconds, 3));
    fields.extend([
        ("what is done of it", format!("{whole}{}", training.what)),
        ("training steps planned", steps),
        ("training time allowed", training.budget.map_or_else(|| "as long as it takes".to_owned(), budget)),
        ("networks", joined(training.networks.iter().cloned())),
    ]);
    if !training.recipe_sha256.is_empty() {
        fields.push(("recipe hash", training.recipe_sha256.clone()));
    }
}

fn data(all: &[DataIdentity], fields: &mut Vec<Field>) {
    if all.is_empty() {
        fields.push(("data", none()));
    }
    for data in all {
        fields.push(("data", format!("{}, {} examples", data.id, thousands(data.images))));
        if let Some(part) = &data.part_of {
            let (own, of) = (thousands(data.images), thousands(part.of));
            fields.push(("data is a part", format!("{own} of the {of} examples of {}: {}", part.whole, part.how)));
        }
        if let Some(resized) = &data.already_resized {
            fields.push(("data already resized", resized.clone()));
        }
        if !data.passed_over.is_empty() {
            fields.push(("files passed over", base::words::by_reason(&data.passed_over)));
        }
        if let Some(unverified) = &data.unverified {
            fields.push(("data not verified", unverified.clone()));
        }
        fields.push(("data root hash", data.root.clone()));
    }
}

fn settings(settings: &Settings, trains: bool, fields: &mut Vec<Field>) {
    fields.extend([
        ("seed", settings.seed.to_string()),
        ("device", settings.device.to_string()),
        ("precision", settings.precision.to_string()),
        ("memory format", settings.memory_format.to_string()),
        ("threads", settings.threads.to_string()),
        ("loader threads", settings.loader_threads.to_string()),
        ("batch", if trains { "the recipe's".to_owned() } else { settings.batch.to_string() }),
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
        ("cuDNN held to deterministic algorithms", yes_no(e.deterministic_cudnn)),
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

fn hashes(header: &Header, fields: &mut Vec<Field>) {
    fields.extend([
        ("hardware profile", header.profile.clone()),
        ("commit", header.commit.clone()),
        ("spec hash", header.spec_sha256.clone()),
        ("lock hash", header.lock_sha256.clone()),
        ("record format", header.format.to_string()),
    ]);
}

/// The protocols and conditions of what came out, each once.
fn protocols(run: &RunView<'_>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for outcomes in run.outcomes {
        if !names.contains(&outcomes.protocol.as_str()) {
            names.push(&outcomes.protocol);
        }
    }
    joined(names.into_iter().map(str::to_owned))
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
