//! One file a subcommand, and what several of them share.

mod audit;
mod compare;
mod data;
mod doctor;
mod export;
mod list;
mod plan;
mod records;
mod replicate;
mod report;
pub(crate) mod rescore;
mod score;
mod setup;
mod show;

use anyhow::Result;

use crate::cli::{Cli, Command};
use crate::tables;

/// Does what was typed; the number is the process's exit code.
pub(crate) fn run(cli: Cli) -> Result<u8> {
    let places = cli.places;
    tables::tell(&cli.command, &places);
    match cli.command {
        Command::Replicate(asked) => replicate::run(&asked, &places),
        Command::List(asked) => list::run(asked.json),
        Command::Show(asked) => show::run(&asked),
        Command::Plan(asked) => plan::run(&asked, &places),
        Command::Data(asked) => data::run(asked, &places),
        Command::Report(asked) => report::run(&asked, &places),
        Command::Compare(asked) => compare::run(&asked, &places),
        Command::Export(asked) => export::run(&asked, &places),
        Command::Rescore(asked) => rescore::run(&asked, &places),
        Command::Score(asked) => score::run(&asked, &places),
        Command::Audit(asked) => audit::run(&asked, &places),
        Command::Records(asked) => records::run(&asked, &places),
        Command::Setup => setup::run(&places),
        Command::Doctor(asked) => doctor::run(&asked, &places),
    }
}
