//! `harness score`: somebody's predictions against the labels of a data set. Needs no images and no libtorch.

use anyhow::{Result, bail};
use results::import;

use crate::cli::{Places, Score};
use crate::labels;
use crate::project::{Checkout, suggestion};
use crate::screen::{self, tell};

pub(crate) fn run(asked: &Score, places: &Places) -> Result<u8> {
    let (references, paths) = match &asked.references {
        Some(file) => (labels::of_file(file)?, &asked.given[..]),
        None => {
            let [data, paths @ ..] = &asked.given[..] else { bail!("name a data set and files of predictions") };
            let data = data.to_string_lossy();
            let checkout = Checkout::open()?;
            let Some(entry) = checkout.lock.entry(&data) else {
                let labelled =
                    checkout.lock.entries.iter().filter(|entry| entry.images.is_some() || entry.annotations.is_some());
                let near = suggestion(&data, labelled.map(|entry| entry.id.as_str()));
                bail!(
                    "no data set `{data}` in datasets.lock{near}: see `harness data list`, or name a file of labels with --references"
                );
            };
            if paths.is_empty() {
                bail!("no predictions named: `harness score {data} PATH…`");
            }
            let progress = places.progress();
            (labels::of_entry(&places.store(&checkout, &progress)?, &checkout.lock, entry, &progress)?.0, paths)
        }
    };
    let scored = import::open_all(paths, &references)?;
    for one in &scored {
        if let Some(doubt) = one.table.suspicion() {
            tell!("warning: {}: {doubt}", one.path.display());
        }
    }
    if asked.json {
        screen::json(&import::json(&scored))?;
        return Ok(0);
    }
    screen::table(
        &["predictions", "metric", "value", "95 % interval", "counted"],
        import::lines(&scored).into_iter().map(Vec::from),
    );
    Ok(0)
}
