//! Real weights and pictures, where a mirror is at hand.

use serde_json::json;
use spec::paper::WeightsFormat;

use crate::common::{Room, graph, mirror, run};

fn table(path: &str) -> String {
    format!("{}/../../replications/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn older_pytorch_files_fit_their_networks() {
    for (id, file) in [("resnet20", "resnet20-12fca82f.th"), ("resnet56", "resnet56-4bfd9763.th")] {
        let Some(path) = mirror(file) else { return };
        let raw = runner::weights::read(&path, WeightsFormat::PytorchZip).unwrap();
        let names = fs_err::read_to_string(table(&format!("resnet/names/akamaster-{}.csv", &id[6..]))).unwrap();
        let names = replications::names::Names::parse(&names, "names").unwrap();
        runner::weights::assign::assign(&graph(id).parameters(), raw, &names, id).unwrap();
    }
}

/// GoogLeNet with the weights of its time on 60 training pictures at their own size: 50 right, 60 among the first five
/// (an independent run in PyTorch with Pillow).
#[test]
fn googlenet_sees_what_it_saw_elsewhere() {
    let (Some(weights), Some(images)) = (mirror("bvlc_googlenet.safetensors"), mirror("imagenet-train-60")) else {
        return;
    };
    let room = Room::new();
    let labels = fs_err::read_to_string(images.join("labels.csv")).unwrap();
    let lines = labels.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        format!("{},{},{}\n", images.join(fields[0]).display(), fields[0], fields[2])
    });
    fs_err::write(room.path("list.csv"), format!("path,file,class\n{}", lines.collect::<String>())).unwrap();
    let mut stage = room.predict("center");
    stage["predict"]["protocol"]["resize"] = json!({"short_side": [256]});
    stage["predict"]["protocol"]["views"]["size"] = json!(224);
    let mut job = room.job(&[stage]);
    job["network"] = json!("googlenet");
    job["weights"]["path"] = json!(weights);
    job["weights"]["names"] = json!(table("googlenet/names/bvlc.csv"));
    job["weights"]["input"] = json!({"colour": "bgr", "range": 255.0, "mean": [104.0, 117.0, 123.0]});
    let ended = run(&job);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let text = fs_err::read_to_string(room.path("out/predictions.jsonl")).unwrap();
    let (mut first, mut five) = (0i32, 0i32);
    for line in text.lines() {
        let prediction: spec::record::Prediction = serde_json::from_str(line).unwrap();
        first += i32::from(prediction.top[0] == prediction.class);
        five += i32::from(prediction.top.contains(&prediction.class));
    }
    assert!((first - 50).abs() <= 1 && (five - 60).abs() <= 1, "{first} and {five} of 60");
}
