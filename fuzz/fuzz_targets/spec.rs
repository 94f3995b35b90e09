//! A paper's `spec.yaml`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = spec::load::paper(text, "f") {
        fuzz::is_well_placed(&error, text);
    }
});
