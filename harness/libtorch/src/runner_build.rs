//! Builds the runner with cargo, beside the harness that is running, or finds that it is built already.
//!
//! Must not need libtorch itself; `.libtorch` must be linked before ([`crate::link()`]).

mod fresh;
mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use store::progress::Progress;

use crate::error::Error;

/// The environment variable that names a prebuilt runner.
pub const VARIABLE: &str = "REPLICATIONS_RUNNER";

/// The runner that the user names (`REPLICATIONS_RUNNER`), whether it can be run or not.
#[must_use]
pub fn prebuilt() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The runner's binary, built if that is needed (the first time about 4 minutes on 2 cores, most of it one C++ file of
/// torch-sys; said beforehand). `REPLICATIONS_RUNNER` names a prebuilt one instead.
///
/// # Errors
/// There is no cargo; it does not compile (the compiler's last lines are in the error); the prebuilt one cannot be run.
pub fn build_runner(root: &Path, progress: &Progress) -> Result<PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    build_with(root, prebuilt(), &cargo, target_dir().as_deref(), progress)
}

/// The folder that cargo built this program into, so that nothing is compiled a second time in another one.
/// None: let cargo choose.
fn target_dir() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let by_program = program.ancestors().skip(1).find(|folder| folder.join(".rustc_info.json").is_file());
    let by_variable = || std::env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    by_program.map(Path::to_path_buf).or_else(by_variable)
}

/// The runner's binary as it lies there, whether it is up to date or not. None: it was never built.
#[must_use]
pub fn built(root: &Path) -> Option<PathBuf> {
    if let Some(path) = prebuilt() {
        return check_prebuilt(path).ok();
    }
    let target = target_dir().unwrap_or_else(|| root.join("target"));
    Some(target.join("debug/runner")).filter(|path| path.is_file())
}

fn build_with(
    root: &Path,
    prebuilt: Option<PathBuf>,
    cargo: &Path,
    target: Option<&Path>,
    progress: &Progress,
) -> Result<PathBuf, Error> {
    if let Some(path) = prebuilt {
        return check_prebuilt(path);
    }
    let profile = target.map_or_else(|| root.join("target"), Path::to_path_buf).join("debug");
    let binary = profile.join("runner");
    if fresh::is_fresh(root, &profile) {
        return Ok(binary);
    }
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "runner", "--bin", "runner", "--message-format=json-render-diagnostics"]);
    if let Some(target) = target {
        command.arg("--target-dir").arg(target);
    }
    command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_cargo_run)) {
        command.env_remove(name);
    }
    let began = SystemTime::now();
    let first = !torch_sys_is_built(&profile);
    let built = watch::run(command, first, progress)?;
    let binary = built.unwrap_or(binary);
    fresh::note(&profile, began);
    Ok(binary)
}

/// Variables that `cargo run` sets for the program it runs: they name the harness's package, not the runner's.
fn is_of_cargo_run(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(name, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
}

fn torch_sys_is_built(profile: &Path) -> bool {
    let names = crate::layout::names(&profile.join("deps"));
    names.iter().any(|name| name.starts_with("libtorch_sys-") && name.ends_with(".rlib"))
}

fn check_prebuilt(path: PathBuf) -> Result<PathBuf, Error> {
    use std::os::unix::fs::PermissionsExt as _;
    let problem = match path.metadata() {
        Err(error) => format!("which cannot be opened ({error})"),
        Ok(facts) if !facts.is_file() => "which is no file".to_owned(),
        Ok(facts) if facts.permissions().mode() & 0o111 == 0 => "which is not executable (`chmod +x` it)".to_owned(),
        Ok(_) => return Ok(std::path::absolute(&path).unwrap_or(path)),
    };
    Err(Error::Runner { path, problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{script, write};

    #[test]
    fn a_prebuilt_runner_is_taken_if_it_can_be_run() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("runner");
        let check = || build_with(dir.path(), Some(path.clone()), Path::new("no-cargo"), None, &Progress::hidden());
        assert!(check().unwrap_err().to_string().contains("cannot be opened"));
        write(&path, "");
        assert!(check().unwrap_err().to_string().contains("not executable"));
        script(&path, "#!/bin/sh\n");
        assert_eq!(check().unwrap(), path);
    }

    #[test]
    fn cargo_is_run_once_and_then_not_until_a_source_changes() {
        let dir = tempfile::tempdir().unwrap();
        let (root, target) = (dir.path().join("checkout"), dir.path().join("target"));
        for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "runner/Cargo.toml", "runner/src/main.rs"] {
            write(&root.join(file), "");
        }
        // A cargo that counts its calls, builds a file and says where it lies.
        let cargo = dir.path().join("cargo");
        let binary = target.join("debug/runner");
        let text = format!(
            "#!/bin/sh\necho x >> {calls}\nmkdir -p {debug}\n: > {binary}\n\
             echo '{binary}: {root}/runner/src/main.rs' > {binary}.d\n\
             echo '   Compiling runner v0.1.0' >&2\n\
             echo '{{\"reason\":\"compiler-artifact\",\"target\":{{\"name\":\"runner\"}},\"executable\":\"{binary}\"}}'\n\
             echo '{{\"reason\":\"build-finished\",\"success\":true}}'\n",
            calls = dir.path().join("calls").display(),
            debug = target.join("debug").display(),
            binary = binary.display(),
            root = root.display(),
        );
        script(&cargo, &text);
        let build = || build_with(&root, None, &cargo, Some(&target), &Progress::hidden()).unwrap();
        let calls = || std::fs::read_to_string(dir.path().join("calls")).unwrap().lines().count();
        assert_eq!((build(), calls()), (binary.clone(), 1));
        assert_eq!((build(), calls()), (binary.clone(), 1));
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
        std::fs::File::open(root.join("runner/src/main.rs")).unwrap().set_modified(later).unwrap();
        assert_eq!((build(), calls()), (binary.clone(), 2));
        std::fs::remove_file(root.join("runner/src/main.rs")).unwrap();
        assert_eq!((build(), calls()), (binary, 3));
    }

    #[test]
    fn a_failed_build_shows_the_compilers_last_lines() {
        let dir = tempfile::tempdir().unwrap();
        let cargo = dir.path().join("cargo");
        script(
            &cargo,
            "#!/bin/sh\nfor i in $(seq 100); do echo line $i >&2; done\necho 'error[E0308]: mismatched types' >&2\nexit 101\n",
        );
        let error =
            build_with(dir.path(), None, &cargo, Some(dir.path()), &Progress::hidden()).unwrap_err().to_string();
        assert!(
            error.ends_with("line 99\nline 100\nerror[E0308]: mismatched types") && !error.contains("line 1\n"),
            "{error}"
        );
        let missing = build_with(dir.path(), None, Path::new("no-such-cargo"), None, &Progress::hidden()).unwrap_err();
        assert!(matches!(missing, Error::ProgramMissing { .. }), "{missing}");
    }
}
