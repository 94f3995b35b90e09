//! Records, scores, verdicts and tables, from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod audit;
mod compare;
mod experiment;
mod made_up;
mod outcomes;
mod rescore;
mod score;
mod store;
mod tables;
