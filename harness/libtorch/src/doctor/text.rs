//! The doctor's words for people.
//!
//! Must not look at anything: it says what is in the facts.

use std::fmt;
use std::path::Path;

use store::progress::human;

use super::{Doctor, LibtorchFound, Mirror};
use crate::machine::gibibytes;

impl fmt::Display for Doctor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        section(f, "Machine", &self.machine_rows())?;
        let tools = self
            .tools
            .iter()
            .map(|tool| (tool.name.clone(), tool.version.clone().unwrap_or_else(|| "not found".to_owned())));
        section(f, "Programs", &tools.collect::<Vec<_>>())?;
        section(f, "libtorch", &self.libtorch_rows())?;
        section(f, "Data", &self.data_rows())?;
        if self.missing.is_empty() {
            return f.write_str("Nothing is missing.\n");
        }
        f.write_str("Missing\n")?;
        for missing in &self.missing {
            writeln!(f, "  {}: {}", missing.what, missing.how)?;
        }
        Ok(())
    }
}

type Row = (String, String);

fn row(name: &str, value: impl Into<String>) -> Row {
    (name.to_owned(), value.into())
}

fn section(f: &mut fmt::Formatter<'_>, title: &str, rows: &[Row]) -> fmt::Result {
    writeln!(f, "{title}")?;
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in rows {
        writeln!(f, "  {name:width$}  {value}")?;
    }
    writeln!(f)
}

impl Doctor {
    fn machine_rows(&self) -> Vec<Row> {
        let machine = &self.machine;
        let memory = if machine.memory < machine.machine_memory {
            format!("{} (limit; the machine has {})", gibibytes(machine.memory), gibibytes(machine.machine_memory))
        } else {
            gibibytes(machine.memory)
        };
        let gpu = match (&machine.gpu, &machine.driver) {
            (Some(gpu), _) => {
                let count = if machine.gpus > 1 { format!("{} × ", machine.gpus) } else { String::new() };
                format!("{count}{}, {}, driver {}", gpu.name, gibibytes(gpu.memory), gpu.driver)
            }
            (None, Some(driver)) => format!("none that may be used (driver {driver} is loaded)"),
            (None, None) => "none (no NVIDIA driver)".to_owned(),
        };
        let mut rows = vec![
            row("system", &machine.os),
            row("processor", &machine.cpu),
            row("cores", format!("{} of {} may be used", machine.cores, machine.logical_cores)),
            row("memory", memory),
            row("GPU", gpu),
            row("profile", &self.profile),
        ];
        if let Some(governor) = &machine.governor {
            rows.insert(3, row("governor", governor));
        }
        rows
    }

    fn libtorch_rows(&self) -> Vec<Row> {
        let mut rows = match &self.libtorch {
            LibtorchFound::Here { version, dir, origin, cuda, notes } => {
                let cuda = match cuda {
                    Some(folder) => folder.display().to_string(),
                    None if self.machine.gpu.is_some() => "not used".to_owned(),
                    None => "not needed: there is no GPU".to_owned(),
                };
                let mut rows =
                    vec![row("version", format!("{version} ({origin})")), row("folder", shown(dir)), row("CUDA", cuda)];
                rows.extend(notes.iter().map(|note| row("note", note)));
                rows
            }
            LibtorchFound::ToFetch { bytes } => vec![row("version", format!("not here; {} to fetch", human(*bytes)))],
            LibtorchFound::Unusable { reason } => vec![row("version", format!("cannot be used: {reason}"))],
        };
        rows.push(row("runner", self.runner.as_deref().map_or_else(|| "not built".to_owned(), shown)));
        rows
    }

    fn data_rows(&self) -> Vec<Row> {
        let free = self.free.map_or_else(|| "free space not known".to_owned(), |free| format!("{} free", human(free)));
        let mut rows = vec![row("store", format!("{} ({free})", self.home.display()))];
        if self.mirrors.is_empty() {
            rows.push(row("mirror", "none named (REPLICATIONS_MIRROR)"));
        }
        rows.extend(self.mirrors.iter().map(|mirror| row("mirror", mirror_text(mirror))));
        rows.extend(self.entries.iter().map(|entry| {
            let bytes = entry.bytes.map(|bytes| format!(", {}", human(bytes))).unwrap_or_default();
            row(&entry.id, format!("{}{bytes}", entry.state))
        }));
        rows
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn mirror_text(mirror: &Mirror) -> String {
    const MOST: usize = 8;
    let Some(names) = &mirror.names else { return format!("{} is not there", mirror.path.display()) };
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    let first: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    let list = if first.is_empty() { "empty".to_owned() } else { first.join(" ") };
    format!("{}: {list}{more}", mirror.path.display())
}
