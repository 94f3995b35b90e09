//! A record's files of outcomes, of every task: a byte that says what is asked, the examples, a zero byte, the outcomes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use results::tasks::attack::{AGREEMENT, MEAN_DISTORTION, RUBBISH_ERROR};
use results::tasks::likelihood::LOG_LIKELIHOOD;
use results::tasks::localise::LOCALISATION_ERROR;
use spec::metric::Metric;

fuzz_target!(|data: &[u8]| {
    let Some((asked, rest)) = data.split_first() else { return };
    let (task, metric) = match asked {
        b'l' => ("likelihood", LOG_LIKELIHOOD),
        b'a' => ("attack", AGREEMENT),
        b'r' => ("attack", RUBBISH_ERROR),
        b'd' => ("attack", MEAN_DISTORTION),
        b'o' => ("localise", LOCALISATION_ERROR),
        _ => ("classify", Metric::TOP_1_ERROR),
    };
    let (examples, outcomes) = fuzz::halves(rest);
    if let Some(table) = fuzz::outcomes(task, metric, examples, outcomes) {
        fuzz::makes_sense(table.as_ref(), task, metric);
    }
});
