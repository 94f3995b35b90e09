//! TensorFlow.js layers format: `model.json` with a manifest of weights, and shards beside it.
//!
//! Must not transpose anything: kernels stay `[kh, kw, in, out]` until the table of names says otherwise.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path};

use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use spec::paper::WeightsFormat;

use super::{Dtype, Problem, RawTensor, RawWeights, elements, kind};

/// What to do with a model whose manifest is not followed.
const CONVERT: &str = "convert the model again with `tensorflowjs_converter --output_format tfjs_layers_model`";

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "modelTopology")]
    topology: Option<Value>,
    #[serde(rename = "weightsManifest")]
    manifest: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    quantization: Option<Value>,
}

pub(crate) fn read(path: &Path) -> Result<RawWeights, Problem> {
    let bytes = super::bytes(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| no_model(&bytes, &error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    parse(text, |shard| super::bytes(&folder.join(shard)))
}

/// What is wrong with bytes that are no JSON.
fn no_model(bytes: &[u8], why: &str) -> Problem {
    if bytes.trim_ascii_start().starts_with(b"{") {
        Problem::damaged(format!("is no whole `model.json` ({why})"))
    } else {
        kind::another(bytes, WeightsFormat::TfjsLayers)
    }
}

/// Reads the text of a `model.json`; `open` gives a shard's bytes by its path, which never leads out of the model's folder.
///
/// # Errors
/// The text is no such model, a shard cannot be had, or the shards hold other than the manifest says.
pub fn parse(text: &str, mut open: impl FnMut(&str) -> Result<Vec<u8>, Problem>) -> Result<RawWeights, Problem> {
    let model: Model = serde_json::from_str(text).map_err(|error| match error.classify() {
        // Whole JSON of something else.
        Category::Data if text.trim_ascii_start().starts_with('{') => Problem::unsupported(
            format!("is not a TensorFlow.js layers model ({error})"),
            "see that `file` in the spec names its `model.json`, and that `format` is right",
        ),
        _ => no_model(text.as_bytes(), &error.to_string()),
    })?;
    let mut weights = RawWeights { epsilons: epsilons(model.topology.as_ref()), ..RawWeights::default() };
    let mut seen = HashSet::new();
    for group in &model.manifest {
        let mut bytes = Vec::new();
        for shard in &group.paths {
            // A manifest must not reach out of its folder.
            if Path::new(shard).components().any(|part| !matches!(part, Component::Normal(_))) {
                return Err(Problem::unsupported(
                    format!("the shard `{shard}` lies outside the model's folder"),
                    "lay the shards beside `model.json`, and correct `paths` in it",
                ));
            }
            // Else a short manifest could ask for one shard's memory many times over.
            if !seen.insert(shard.as_str()) {
                return Err(Problem::unsupported(format!("the manifest names the shard `{shard}` twice"), CONVERT));
            }
            bytes.extend(open(shard)?);
        }
        for (name, tensor) in tensors(group, &bytes)? {
            if weights.tensors.contains_key(&name) {
                return Err(Problem::unsupported(format!("the manifest names the tensor `{name}` twice"), CONVERT));
            }
            weights.tensors.insert(name, tensor);
        }
    }
    Ok(weights)
}

fn tensors(group: &Group, bytes: &[u8]) -> Result<Vec<(String, RawTensor)>, Problem> {
    let mut rest = bytes;
    let mut found = Vec::with_capacity(group.weights.len());
    for entry in &group.weights {
        let Entry { name, shape, dtype, quantization } = entry;
        let dtype = match (dtype.as_str(), quantization) {
            ("float32", None) => Dtype::F32,
            ("int32", None) => Dtype::I32,
            ("bool", None) => Dtype::Bool,
            _ => {
                let what = format!("tensor `{name}` is quantised or of type {dtype}, which is not read here");
                return Err(Problem::unsupported(what, format!("{CONVERT} and without quantisation")));
            }
        };
        let length = elements(shape)?
            .checked_mul(dtype.bytes())
            .ok_or_else(|| Problem::damaged(format!("tensor `{name}` is impossibly large")))?;
        let Some((own, others)) = rest.split_at_checked(length) else {
            return Err(Problem::damaged(format!(
                "the shards {} … end {} bytes before tensor `{name}` does, so one is cut short or missing",
                group.paths.first().map_or("(none)", String::as_str),
                length - rest.len()
            )));
        };
        found.push((name.clone(), RawTensor { shape: shape.clone(), data: dtype.to_f32(own) }));
        rest = others;
    }
    if !rest.is_empty() {
        return Err(Problem::damaged(format!("the shards hold {} bytes more than the manifest names", rest.len())));
    }
    Ok(found)
}

/// The epsilon of every batch norm in Keras's description of the model.
fn epsilons(topology: Option<&Value>) -> BTreeMap<String, f64> {
    let Some(topology) = topology else { return BTreeMap::new() };
    let model = topology.get("model_config").unwrap_or(topology);
    let layers = model.pointer("/config/layers").or_else(|| model.get("config")).and_then(Value::as_array);
    layers
        .into_iter()
        .flatten()
        .filter(|layer| {
            layer.get("class_name").and_then(Value::as_str).is_some_and(|class| class.starts_with("BatchNormalization"))
        })
        .filter_map(|layer| {
            let config = layer.get("config")?;
            Some((config.get("name")?.as_str()?.to_owned(), config.get("epsilon")?.as_f64()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(folder: &Path, shards: &[&[u8]], extra: &str) -> RawWeights {
        write(folder, shards, extra);
        read(&folder.join("model.json")).unwrap()
    }

    fn write(folder: &Path, shards: &[&[u8]], extra: &str) {
        let paths: Vec<String> = (0..shards.len()).map(|index| format!("shard{index}.bin")).collect();
        for (path, shard) in paths.iter().zip(shards) {
            fs_err::write(folder.join(path), shard).unwrap();
        }
        let text = format!(
            r#"{{"modelTopology": {{"model_config": {{"config": {{"layers": [
                {{"class_name": "BatchNormalization", "config": {{"name": "bn", "epsilon": 0.002}}}},
                {{"class_name": "Conv2D", "config": {{"name": "conv"}}}}]}}}}}},
              "weightsManifest": [{{"paths": {}, "weights": [
                {{"name": "bn/gamma", "shape": [2], "dtype": "float32"}},
                {{"name": "conv/kernel", "shape": [1, 1], "dtype": "float32"}}{extra}]}}]}}"#,
            serde_json::to_string(&paths).unwrap()
        );
        fs_err::write(folder.join("model.json"), text).unwrap();
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn tensors_go_on_from_one_shard_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = floats(&[1.0, 2.0, 3.0]);
        let weights = model(folder.path(), &[&bytes[..5], &bytes[5..]], "");
        assert_eq!(weights.tensors["bn/gamma"].data, [1.0, 2.0]);
        assert_eq!(weights.tensors["conv/kernel"], RawTensor { shape: vec![1, 1], data: vec![3.0] });
        assert_eq!(weights.epsilons, BTreeMap::from([("bn".to_owned(), 0.002)]));
    }

    #[test]
    fn damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let problem = |shards: &[&[u8]], extra: &str| {
            write(folder.path(), shards, extra);
            read(&folder.path().join("model.json")).unwrap_err().to_string()
        };
        assert!(problem(&[&floats(&[1.0, 2.0])], "").contains("end 4 bytes before tensor `conv/kernel`"));
        assert!(problem(&[&floats(&[1.0; 4])], "").contains("4 bytes more"));
        assert!(problem(&[&floats(&[1.0; 4])], "").contains("fetch them again"));
        let twice = r#", {"name": "bn/gamma", "shape": [1], "dtype": "float32"}"#;
        assert!(problem(&[&floats(&[1.0; 4])], twice).contains("twice"));
        let quantised = r#", {"name": "q", "shape": [1], "dtype": "float32", "quantization": {"scale": 1}}"#;
        assert!(problem(&[&floats(&[1.0; 4])], quantised).contains("quantised"));
        assert!(problem(&[&floats(&[1.0; 4])], quantised).contains("`tensorflowjs_converter"));
        fs_err::remove_file(folder.path().join("shard0.bin")).unwrap();
        let problem = read(&folder.path().join("model.json")).unwrap_err();
        assert!(matches!(&problem, Problem::Missing(what) if what.contains("shard0.bin")), "{problem}");
    }

    #[test]
    fn a_shard_outside_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"weightsManifest": [{"paths": ["../secret"], "weights": []}]}"#;
        fs_err::write(folder.path().join("model.json"), text).unwrap();
        assert!(read(&folder.path().join("model.json")).unwrap_err().to_string().contains("outside"));
    }

    #[test]
    fn cut_text_is_damaged_and_something_else_is_not() {
        let nothing = |_: &str| -> Result<Vec<u8>, Problem> { Ok(Vec::new()) };
        let text =
            r#"{"weightsManifest": [{"paths": ["a"], "weights": [{"name": "b", "shape": [0], "dtype": "bool"}]}]}"#;
        assert!(parse(text, nothing).is_ok());
        for cut in (0..text.len()).step_by(9) {
            let problem = parse(&text[..cut], nothing).unwrap_err();
            assert!(matches!(problem, Problem::Damaged(_)), "{problem}");
        }
        for other in [r#"{"metadata": {}, "weight_map": {}}"#, r#"{"weightsManifest": 3}"#] {
            let problem = parse(other, nothing).unwrap_err();
            assert!(matches!(problem, Problem::Unsupported { .. }), "{problem}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.json");
        fs_err::write(&path, include_bytes!("../tests/golden/state_dict_zip.pth")).unwrap();
        let problem = read(&path).unwrap_err().to_string();
        assert!(problem.contains("to `pytorch-zip`"), "{problem}");
    }
}
