//! Lets the runner and its tests find libtorch where it was linked from, and names the commit.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    // torch-sys is a direct dependency only for this.
    println!("cargo::rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    if let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{lib}");
    }
    // libtorch_cpu.so names CUDA libraries that a machine without a GPU does not have.
    println!("cargo::rustc-link-arg=-Wl,--allow-shlib-undefined");
    // The log of HEAD grows with every commit; HEAD itself does not change. In a worktree it lies elsewhere.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"]);
    println!("cargo::rustc-env=RUNNER_COMMIT={}", commit.unwrap_or_else(|| "unknown".to_owned()));
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
