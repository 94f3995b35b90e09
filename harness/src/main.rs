//! The command line of the replication suite: reads what was typed, and calls one function of `cmd` for it.
//!
//! Must not do the work itself, and must not link libtorch.

mod canary;
mod cli;
mod cmd;
mod differ;
mod execute;
mod facts;
mod folders;
mod hardware;
mod import;
mod interrupt;
mod labels;
mod naming;
mod own;
mod peaks;
mod places;
mod plan;
mod prepare;
mod project;
mod publish;
mod resume;
mod run;
#[cfg(test)]
mod samples;
mod screen;
mod tables;
mod target;
mod toolchain;
mod watch;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

use crate::screen::tell;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let done = cmd::run(cli);
    match done.and_then(|code| screen::end().map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            tell!("error: {}", screen::in_words(&error));
            ExitCode::from(2)
        }
    }
}
