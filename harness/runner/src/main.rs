//! The process that owns libtorch: one job in (JSON), events out (one JSON object a line).
//!
//! Reads the job, lets the engine and the papers' code carry out its stages, and turns whatever happens into events and an
//! exit code. Must not score, compare with claims, download anything, or know what is hoped for.

mod run;

use std::io::Read as _;
use std::process::ExitCode;

use engine::emit::Emitter;
use engine::error::Error;
use spec::event::Event;

const HELP: &str = "\
Carries out one job: loads a network, predicts, measures. It is started by `harness`; by hand it is of use on a machine that
has only this binary and libtorch.

Usage: runner [JOB.json]        (without a file the job is read from standard input)
       runner --help | --version

The job is `job` in a run's plan.json. Events go to standard output, one JSON object a line; the last is `finished` or
`failed`. The log goes to standard error.

Environment:
  LD_LIBRARY_PATH          the folder with libtorch_cpu.so, if it is no longer where it was when this was built
  REPLICATIONS_CUDA_LIBS   the folder with libtorch_cuda.so, for jobs on `cuda`
  OMP_NUM_THREADS          should equal the job's `threads`

Exit code: 0 the job is done; 1 it failed (out of memory, disk, anything else); 2 the job, a file it names, or the
canary's answers are wrong.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["--version" | "-V"] => {
            println!("runner {}", version());
            return ExitCode::SUCCESS;
        }
        [] => None,
        [path] if !path.starts_with('-') || path == "-" => Some(path).filter(|path| *path != "-"),
        _ => {
            eprintln!("runner: expected at most one file; see runner --help");
            return ExitCode::from(2);
        }
    };
    // A panic is told by the last event; its place goes to the log in one line, for whoever mends it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        eprintln!("runner: internal error{place}");
    }));
    let emitter = Emitter::new(std::io::stdout().lock());
    let outcome = read(path).and_then(|(text, name)| {
        let job = run::parse(&text, &name)?;
        run::run(&job, &emitter)
    });
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("runner: {error}");
    let event = Event::Failed { kind: error.kind(), message: error.to_string(), at: Some(emitter.at()) };
    // Where standard output is closed there is nobody left to tell.
    let _ = emitter.event(&event);
    ExitCode::from(error.exit_code())
}

/// The project's version and the commit it was built from.
fn version() -> String {
    format!("{} ({})", env!("CARGO_PKG_VERSION"), env!("RUNNER_COMMIT"))
}

/// The job's text and what to call it in errors.
fn read(path: Option<&str>) -> Result<(String, String), Error> {
    let unread = |error: std::io::Error| Error::Input(format!("the job cannot be read: {error}"));
    match path {
        Some(path) => Ok((fs_err::read_to_string(path).map_err(unread)?, path.to_owned())),
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(unread)?;
            Ok((text, "standard input".to_owned()))
        }
    }
}
