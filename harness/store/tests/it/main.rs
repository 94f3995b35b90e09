//! Tests of the store from outside: a server on this machine, archives made to harm, several processes at once.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it cannot test")]

mod archives;
mod boxes;
mod captioned;
mod coco;
mod extracted;
mod fixture;
mod http;
mod labels;
mod packages;
mod server;
mod store;
mod together;
mod voc;
