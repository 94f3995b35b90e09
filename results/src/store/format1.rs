//! Records of format 1: a live job in the header, predictions as JSON lines, outcomes whose metric said what their columns
//! are. Each is read as what it is in today's words.
//!
//! Must not be written any more.

use base::hash::sha256;
use serde_json::{Map, Value, json};
use spec::record::Header;

/// The format before this one.
pub(super) const FORMAT: u32 = 1;

/// Kinds of event that only this format has.
pub(super) fn is_event(kind: &str) -> bool {
    kind == "predictions"
}

/// The header of a record of format 1.
pub(super) fn header(bytes: &[u8]) -> Result<Header, serde_json::Error> {
    // A list of values in the right order would do for a type, but not for what is looked up by name here.
    let mut old: Map<String, Value> = serde_json::from_slice(bytes)?;
    let job = old.remove("job").unwrap_or_default();
    let experiment = job
        .pointer("/stages")
        .and_then(Value::as_array)
        .and_then(|stages| stages.iter().find_map(|stage| stage.get("experiment")));
    let training = experiment.map(|stage| {
        let size = stage.get("dose").or_else(|| stage.get("size")).cloned().unwrap_or_default();
        json!({
            "experiment": stage["id"], "networks": size["networks"], "steps": size["steps"], "of_steps": stage["of_steps"],
            "complete": size.get("complete").cloned().unwrap_or(Value::Bool(false)), "what": size["what"],
            "budget": stage["budget"],
            // What told two recipes of one experiment apart.
            "recipe_sha256": sha256(size.get("settings").map(Value::to_string).unwrap_or_default().as_bytes()),
        })
    });
    let mut data: Vec<Value> = old.get("data").filter(|data| !data.is_null()).cloned().into_iter().collect();
    for more in experiment.and_then(|stage| stage["data"].as_array()).into_iter().flatten() {
        if data.iter().all(|known| known["id"] != more["id"]) {
            data.push(json!({
                "id": more["id"], "images": 0, "root": more["root"], "part_of": null, "already_resized": null,
                "redistributable": false,
            }));
        }
    }
    let fields = [
        ("format", Value::from(FORMAT)),
        ("subject", old.remove("network").unwrap_or_default()),
        ("settings", job["settings"].clone()),
        ("weights", job.pointer("/weights/id").cloned().unwrap_or_default()),
        ("data", Value::Array(data)),
        ("training", training.unwrap_or_default()),
        ("job", job),
    ];
    old.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    serde_json::from_value(old.into())
}

/// An event in today's words.
pub(super) fn event(header: &Header, mut event: Value) -> Result<Value, String> {
    match event["event"].as_str() {
        Some("predictions") => {
            let identity = header.data.iter().find(|data| Some(data.id.as_str()) == event["data"].as_str());
            let network = header.subject.clone().unwrap_or_default();
            let weights = header.weights.clone().unwrap_or_else(|| "random".to_owned());
            Ok(json!({
                "event": "outcomes", "task": "classify", "network": network, "model": {"released": {"weights": weights}},
                "data": event["data"], "protocol": event["protocol"], "metrics": ["top-1 error", "top-5 error"],
                "file": event["file"], "count": event["count"], "sha256": event["sha256"],
                "root": identity.map(|data| data.root.clone()).unwrap_or_default(),
                "part_of": identity.and_then(|data| data.part_of.clone()),
                "already_resized": identity.and_then(|data| data.already_resized.clone()),
            }))
        }
        Some("outcomes") => {
            let metric = event["metric"].as_str().ok_or("outcomes without a metric")?.to_owned();
            let confidences = ["mean confidence", "mean confidence on mistakes"];
            let (task, more): (_, &[&str]) = match metric.as_str() {
                "test error" => ("classify", &confidences),
                "rubbish error" => ("attack", &confidences),
                "agreement" | "mean distortion" => ("attack", &[]),
                "log-likelihood" => ("likelihood", &[]),
                _ => ("classify", &[]),
            };
            let metrics: Vec<&str> = std::iter::once(metric.as_str()).chain(more.iter().copied()).collect();
            let identity = header.data.iter().find(|data| Some(data.id.as_str()) == event["data"].as_str());
            let model = match event.get_mut("trained").map(Value::take).filter(|trained| !trained.is_null()) {
                Some(trained) => json!({"trained": trained}),
                None => match weights(header, event["network"].as_str().unwrap_or_default()) {
                    Some(weights) => json!({"released": {"weights": weights}}),
                    None => json!("baseline"),
                },
            };
            let fields = [
                ("task", json!(task)),
                ("metrics", json!(metrics)),
                ("model", model),
                ("already_resized", json!(identity.and_then(|data| data.already_resized.clone()))),
            ];
            if let Some(object) = event.as_object_mut() {
                object.remove("metric");
                object.remove("trained");
                object.extend(fields.map(|(name, value)| (name.to_owned(), value)));
            }
            Ok(event)
        }
        _ => Ok(event),
    }
}

/// The weights that an experiment loaded for a network that it did not train: only one kind of experiment did, and it had
/// one network.
fn weights(header: &Header, network: &str) -> Option<String> {
    let experiment = header.job["stages"].as_array()?.iter().find_map(|stage| stage.get("experiment"))?;
    let networks = header.training.as_ref()?.networks.as_slice();
    if networks.iter().all(|known| known != network) {
        return None;
    }
    experiment["weights"].as_array()?.first()?["id"].as_str().map(str::to_owned)
}
