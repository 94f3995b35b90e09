//! Other arithmetic than single precision.

use results::row::Verdict;
use results::store::Runs;

use crate::experiment::row;
use crate::made_up::{Plan, answered, compared, finished, paper};

#[test]
fn it_is_a_row_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = Runs::at(folder.path());
    let runs = [
        finished(&store, &Plan::new("r1"), &answered(3000, 762, 1770)),
        finished(&store, &Plan { precision: "bf16", ..Plan::new("r2") }, &answered(3000, 700, 1700)),
    ];
    let rows = compared(&paper(), &runs).rows;
    assert_eq!(row(&rows, "same-digits").run.as_deref(), Some("r1"), "single precision is what papers used");
    assert_eq!(row(&rows, "measured/net/top-1-error/whole/center/bf16").correct, Some(700));
    assert_eq!(row(&rows, "measured/net/throughput/here/batch-16/bf16").value, Some(20.0));
    // No bf16 peak is known, so there is no share of it.
    assert!(!rows.iter().any(|row| row.id.contains("fraction-of-peak") && row.id.contains("bf16")));
}

#[test]
fn by_itself_it_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let run =
        finished(&Runs::at(folder.path()), &Plan { precision: "bf16", ..Plan::new("r1") }, &answered(3000, 762, 1770));
    let rows = compared(&paper(), &[run]).rows;
    let row = row(&rows, "same-digits");
    assert_eq!((row.verdict, row.p), (Some(Verdict::ProtocolGap), None));
    assert_eq!(
        row.reason.as_deref(),
        Some("computed in bf16; the published 74.6 % lies inside the interval 73.00 to 76.15 %")
    );
}
