//! Records, scores, verdicts and tables, from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod arithmetic;
mod audit;
mod by_recipe;
mod compare;
mod damage;
mod experiment;
mod format1;
mod imported;
mod imports;
mod json;
mod judge;
mod made_up;
mod migrate;
mod pairing;
mod reference;
mod rescore;
mod sealed;
mod seeds;
mod speeds;
mod store;
mod store_processes;
mod tables;
mod tasks;
mod versions;
