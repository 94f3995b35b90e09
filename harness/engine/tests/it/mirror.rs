//! Real weights, where a mirror is at hand.

use spec::paper::WeightsFormat;

use crate::common::{graph, mirror};

fn table(path: &str) -> String {
    format!("{}/../../replications/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn older_pytorch_files_fit_their_networks() {
    for (id, file) in [("resnet20", "resnet20-12fca82f.th"), ("resnet56", "resnet56-4bfd9763.th")] {
        let Some(path) = mirror("resnet-cifar10", file) else { return };
        let raw = engine::weights::read(&path, WeightsFormat::PytorchZip).unwrap();
        let names = fs_err::read_to_string(table(&format!("resnet/names/akamaster-{}.csv", &id[6..]))).unwrap();
        let names = replications::names::Names::parse(&names, "names").unwrap();
        engine::weights::assign::assign(&graph(id).parameters(), raw, &names, id).unwrap();
    }
}
