//! `harness export`: a run's predictions in the forms of others' programs.
//!
//! Must not score.

use anyhow::{Context as _, Result, bail};
use base::files::{file_name, write_atomic};

use crate::cli::{Export, Places};
use crate::cmd::compare;
use crate::project::Project;
use crate::publish;
use crate::screen::say;

pub(crate) fn run(asked: &Export, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let run = compare::open(&asked.run, &places.runs(&project))?;
    let wanted = |network: &str| asked.network.as_ref().is_none_or(|wanted| wanted == network);
    let mut written = 0;
    for file in run.outcomes.iter().filter(|file| wanted(&file.network)) {
        let table = results::tasks::from_run(&run, file)?;
        let names = publish::class_names(&project, &run, &file.data).unwrap_or_default();
        let what = format!("{} on {} under {}", file.network, file.data, file.protocol);
        let forms = table.in_forms_of_others(&names).map_err(anyhow::Error::msg);
        let Some(forms) = forms.with_context(|| format!("{what} cannot be written"))? else { continue };
        let folder = asked.to.join(file_name(&format!("{}-{}-{}", file.network, file.data, file.protocol)));
        fs_err::create_dir_all(&folder)?;
        for (name, text) in &forms {
            write_atomic(&folder.join(name), text.as_bytes())?;
        }
        say!("{what}: {} in {}", base::words::count(forms.len(), "file", "files"), folder.display());
        written += 1;
    }
    match (written, &asked.network) {
        (0, Some(network)) => bail!("the run {} has no detections of `{network}`", run.id()),
        (0, None) => bail!("the run {} has no detections; only they have forms that others read", run.id()),
        _ => Ok(0),
    }
}
