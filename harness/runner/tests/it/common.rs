//! A small network's weights, pictures and jobs on disk, and a runner process to give them to.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use engine::weights::{Parameters, RawTensor, random};
use replications::graph::Graph;
use serde_json::{Value, json};
use spec::event::{Event, FailureKind, Outcomes};

/// The network of most tests: ResNet-20 for 32×32 pictures.
pub(crate) const NETWORK: &str = "resnet20";

pub(crate) fn graph(id: &str) -> Graph {
    replications::registry::network(id).unwrap().1
}

/// Random weights with batch norms that do something.
pub(crate) fn lively(graph: &Graph, seed: u64) -> Parameters {
    let mut parameters = random::parameters(&graph.parameters(), seed);
    for (index, (name, tensor)) in parameters.tensors.iter_mut().enumerate() {
        let wave = |i: usize| ((i * 37 + index * 11) % 101) as f32 / 101.0;
        let numbers = tensor.data.iter_mut().enumerate();
        if name.ends_with(".running_var") {
            numbers.for_each(|(i, value)| *value = 0.5 + wave(i));
        } else if tensor.shape.len() == 1 && name.ends_with(".weight") {
            numbers.for_each(|(i, value)| *value = 0.6 + 0.3 * wave(i));
        } else if tensor.shape.len() == 1 {
            numbers.for_each(|(i, value)| *value = wave(i) - 0.5);
        }
    }
    parameters
}

/// A folder with everything that a job of the small network names.
pub(crate) struct Room {
    pub(crate) folder: tempfile::TempDir,
}

impl Room {
    pub(crate) fn new() -> Room {
        let room = Room { folder: tempfile::tempdir().unwrap() };
        fs_err::create_dir(room.path("out")).unwrap();
        room.write_weights("weights.safetensors", &graph(NETWORK));
        room.write_pictures(23);
        room
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Weights of a network under its own names, and the table that says so.
    pub(crate) fn write_weights(&self, name: &str, graph: &Graph) {
        let parameters = lively(graph, 3);
        let bytes: BTreeMap<&String, (Vec<usize>, Vec<u8>)> =
            parameters.tensors.iter().map(|(name, tensor)| (name, (tensor.shape.clone(), to_bytes(tensor)))).collect();
        let views = bytes.iter().map(|(name, (shape, bytes))| {
            let dtype = safetensors::Dtype::F32;
            (name.as_str(), safetensors::tensor::TensorView::new(dtype, shape.clone(), bytes).unwrap())
        });
        fs_err::write(self.path(name), safetensors::serialize(views, None).unwrap()).unwrap();
        let lines: String = parameters.tensors.keys().map(|name| format!("{name},{name},\n")).collect();
        fs_err::write(self.path("names.csv"), format!("ours,theirs,transform\n{lines}")).unwrap();
    }

    fn write_pictures(&self, count: usize) {
        let mut list = "path,file,class\n".to_owned();
        for index in 0..count {
            let pixels = (0..40 * 36 * 3).map(|i| ((i * (index + 3) + i / 97 * index) % 256) as u8).collect();
            let picture = images::Rgb { width: 40, height: 36, pixels, note: None };
            let path = self.path(&format!("{index}.jpg"));
            fs_err::write(&path, images::thumbnail_jpeg(&picture, 64).unwrap()).unwrap();
            list += &format!("{},{index}.jpg,{}\n", path.display(), index % 10);
        }
        fs_err::write(self.path("list.csv"), list).unwrap();
    }

    pub(crate) fn protocol(&self, kind: &str) -> Value {
        json!({"id": "p", "title": "test", "views": {"kind": kind, "size": 32}, "source": "this test"})
    }

    pub(crate) fn predict(&self, kind: &str) -> Value {
        json!({"predict": {
            "data": "test", "list": self.path("list.csv"), "protocol": self.protocol(kind), "root": "0"
        }})
    }

    pub(crate) fn job(&self, stages: &[Value]) -> Value {
        json!({
            "format": spec::job::FORMAT, "run": "test", "paper": "resnet", "network": NETWORK, "out": self.path("out"), "stages": stages,
            "settings": {
                "seed": 1, "device": "cpu", "precision": "fp32", "memory_format": "channels-last", "threads": 1,
                "loader_threads": 2, "batch": 8, "fold_batch_norm": true, "fuse": true
            },
            "weights": {
                "id": "test", "format": "safetensors", "path": self.path("weights.safetensors"),
                "names": self.path("names.csv"), "hash": "",
                "input": {"colour": "rgb", "range": 1.0, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}
            }
        })
    }
}

fn to_bytes(tensor: &RawTensor) -> Vec<u8> {
    tensor.data.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// How a runner process ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) events: Vec<Event>,
    pub(crate) stderr: String,
}

impl Ended {
    /// The kind and message of the failure that is the last event and the only one of its kind.
    pub(crate) fn failure(&self) -> (FailureKind, &str) {
        let failures = self.events.iter().filter(|event| matches!(event, Event::Failed { .. })).count();
        assert_eq!(failures, 1, "{:?}", self.events);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        match self.events.last() {
            Some(Event::Failed { kind, message, .. }) => (*kind, message),
            other => panic!("the last event is {other:?}"),
        }
    }

    pub(crate) fn outcomes(&self) -> Vec<&Outcomes> {
        let outcomes = self.events.iter().filter_map(|event| match event {
            Event::Outcomes(outcomes) => Some(&**outcomes),
            _ => None,
        });
        outcomes.collect()
    }

    pub(crate) fn measured(&self, wanted: &str) -> Option<f64> {
        self.events.iter().find_map(|event| match event {
            Event::Measurement(measurement) if measurement.name == wanted => Some(measurement.value),
            _ => None,
        })
    }
}

/// The text of a packed file.
pub(crate) fn unpacked(path: PathBuf) -> String {
    String::from_utf8(base::gzip::unpack(&fs_err::read(path).unwrap(), 1 << 24).unwrap()).unwrap()
}

/// Gives a text to a runner's standard input.
pub(crate) fn run_text(text: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("REPLICATIONS_CUDA_LIBS").env("OMP_NUM_THREADS", "2");
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    Ended {
        code: output.status.code(),
        events: stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub(crate) fn run(job: &Value) -> Ended {
    run_text(&job.to_string())
}

/// A file or folder of the mirror, unpacked or as it is packed in a folder of that name; says loudly why a test is skipped
/// where there is none.
pub(crate) fn mirror(folder: &str, name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("REPLICATIONS_MIRROR").map(PathBuf::from);
    let found =
        root.and_then(|root| [root.join(name), root.join(folder).join(name)].into_iter().find(|at| at.exists()));
    if found.is_none() {
        // Not eprintln!, which the test harness keeps to itself where a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: REPLICATIONS_MIRROR does not name a folder with {name}");
    }
    found
}
