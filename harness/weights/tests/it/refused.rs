//! What is said of files that are not read: what helps with a damaged one is no help with one of another kind.

use std::path::Path;

use spec::paper::WeightsFormat;
use weights::{Problem, read};

use crate::{format, golden};

const FORMATS: [WeightsFormat; 4] =
    [WeightsFormat::TfjsLayers, WeightsFormat::Safetensors, WeightsFormat::PytorchZip, WeightsFormat::Caffemodel];

/// Whole files of PyTorch that are no plain state dict of numbers.
#[test]
fn whole_files_of_a_kind_that_is_not_read_are_never_fetched_again() {
    for (file, what, instead) in [
        ("refused_float8.pth", "`torch._utils._rebuild_tensor_v3`", "`tensor.float()`"),
        ("refused_negated.pth", "to be negated", "`tensor.resolve_neg()"),
        ("refused_model.pth", "`torch.nn.modules.activation.ReLU`", "`torch.save(model.state_dict(), NEW)`"),
    ] {
        let error = read(&golden(file), format(file)).unwrap_err();
        assert!(matches!(error.problem, Problem::Unsupported { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains(what) && said.contains(instead) && !said.contains("fetch"), "{said}");
        assert!(said.contains(file), "{said}");
    }
}

/// Each format's file under the name of every other format.
#[test]
fn a_wrong_format_in_the_spec_is_named_with_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.json");
    fs_err::write(&model, r#"{"weightsManifest": [{"paths": [], "weights": []}], "modelTopology": null}"#).unwrap();
    let files = [
        (model, WeightsFormat::TfjsLayers),
        (golden("numbers.safetensors"), WeightsFormat::Safetensors),
        (golden("numbers.pth"), WeightsFormat::PytorchZip),
        (golden("older_protocol_1.pth"), WeightsFormat::PytorchZip),
        (golden("older_protocol_4.pth"), WeightsFormat::PytorchZip),
        (golden("caffe_packed.caffemodel"), WeightsFormat::Caffemodel),
        (golden("caffe_sides.caffemodel"), WeightsFormat::Caffemodel),
    ];
    for (file, right) in &files {
        for wrong in FORMATS {
            let read = read(file, wrong);
            if wrong == *right {
                assert!(read.is_ok(), "{read:?}");
                continue;
            }
            let said = read.unwrap_err().to_string();
            assert!(said.contains(&format!("correct `format` in the spec to `{right}`")), "{said}");
        }
    }
}

#[test]
fn every_cut_of_a_real_file_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["numbers.pth", "big_endian.pth", "older_protocol_4.pth", "numbers.safetensors"] {
        let bytes = fs_err::read(golden(name)).unwrap();
        let path = folder.path().join(name);
        for cut in (0..bytes.len()).step_by(13).chain([bytes.len() - 1]) {
            fs_err::write(&path, &bytes[..cut]).unwrap();
            let error = read(&path, format(name)).unwrap_err();
            assert!(matches!(error.problem, Problem::Damaged(_)), "{name} cut at {cut}: {error}");
            assert!(error.to_string().contains("fetch them again (`harness data verify`"), "{error}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_or_is_none_is_told_as_such() {
    for format in FORMATS {
        let missing = read(Path::new("/nonexistent/model.json"), format).unwrap_err();
        assert!(matches!(missing.problem, Problem::Missing(_)), "{missing}");
        assert_eq!(missing.to_string().matches("/nonexistent/model.json").count(), 1, "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path(), format).unwrap_err();
        assert!(matches!(error.problem, Problem::Unreadable(_)), "{error}");
        assert!(!error.to_string().contains("fetch"), "{error}");
    }
}
