//! Networks that others released against others' own programs, with weights made by a rule: Caffe's by OpenCV
//! (`replications/tests/golden/caffe.py`), torchvision's by torchvision (`golden/zoo.py`).
//!
//! The rule goes by our parameters' names, and the scripts find their tensors by the tables of names: what answers alike has the
//! right network and the right table.

use std::collections::BTreeMap;
use std::path::Path;

use engine::net::How;
use engine::weights::{Parameters, RawTensor, assign, read};
use replications::graph::Graph;
use replications::names::Names;
use serde::Deserialize;
use spec::paper::WeightsFormat;
use tch::{Device, Tensor};

use crate::common::{answers_as, graph, mirror};
use crate::logits::made;

/// What a script wrote of one of Caffe's networks.
#[derive(Deserialize)]
struct Caffe {
    names: String,
    logits: Vec<f64>,
}

fn caffe() -> BTreeMap<String, Caffe> {
    serde_json::from_str(include_str!("../../../../replications/tests/golden/caffe.json")).unwrap()
}

/// CRC-32, as zlib's.
fn checksum(text: &str) -> u32 {
    !text.bytes().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

/// The numbers of one parameter, as `rule` in the scripts.
pub(crate) fn rule(name: &str, shape: &[usize]) -> RawTensor {
    let (count, number) = (shape.iter().product(), u64::from(checksum(name)));
    let data = if shape.len() > 1 {
        let fan_in: usize = shape[1..].iter().product();
        made(count, number, (6.0 / fan_in as f64).sqrt())
    } else {
        let (middle, scale) = match name.rsplit('.').next() {
            Some("weight") => (0.5, 0.25),
            Some("running_var") => (1.0, 0.5),
            _ => (0.0, 0.1),
        };
        made(count, number, scale).into_iter().map(|value| middle + value).collect()
    };
    RawTensor { shape: shape.to_vec(), data }
}

fn parameters(graph: &Graph) -> Parameters {
    let tensors = graph.parameters().into_iter().map(|one| (one.name.clone(), rule(&one.name, &one.shape)));
    Parameters { tensors: tensors.collect(), ..Parameters::default() }
}

fn picture(graph: &Graph) -> Tensor {
    let [c, h, w] = graph.input;
    Tensor::from_slice(&made(c * h * w, 0, 128.0)).reshape([1, c as i64, h as i64, w as i64])
}

fn agrees(id: &str, theirs: &[f64], parameters: impl Fn(&Graph) -> Parameters, hows: &[How]) {
    let graph = graph(id);
    for how in hows {
        answers_as(theirs, (&graph, parameters(&graph), *how), &picture(&graph), 0.1);
    }
}

fn plain_and_fused() -> [How; 2] {
    [How::plain(), How::fast(Device::Cpu, 1)]
}

#[test]
fn caffes_networks_answer_as_opencv_does() {
    tch::set_num_threads(1);
    assert_eq!(checksum("123456789"), 0xCBF4_3926);
    let networks = caffe();
    assert_eq!(networks.len(), 9);
    for (id, wanted) in &networks {
        agrees(id, &wanted.logits, parameters, &plain_and_fused());
    }
}

#[test]
fn torchvisions_networks_answer_as_torchvision_does() {
    tch::set_num_threads(1);
    let networks: BTreeMap<String, Vec<f64>> = serde_json::from_str(include_str!("../golden/zoo.json")).unwrap();
    assert_eq!(networks.len(), 5);
    for (id, wanted) in &networks {
        agrees(id, wanted, parameters, &plain_and_fused());
    }
}

/// From the file to the answer, with the files that the script keeps in a folder: they are too large for the repository.
#[test]
fn caffes_files_answer_as_opencv_says() {
    tch::set_num_threads(1);
    for (id, wanted) in &caffe() {
        let Some(path) = mirror("caffe-rule", &format!("{id}.caffemodel")) else { return };
        let names = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../replications").join(&wanted.names);
        let names = Names::parse(&fs_err::read_to_string(names).unwrap(), &wanted.names).unwrap();
        let from_file = |graph: &Graph| {
            let raw = read(&path, WeightsFormat::Caffemodel).unwrap();
            assign::assign(&graph.parameters(), raw, &names, id).unwrap()
        };
        agrees(id, &wanted.logits, from_file, &[How::plain()]);
    }
}
