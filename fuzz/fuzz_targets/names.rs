//! A paper's table of names: which tensor of a weight file is which parameter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use replications::names::{Mapping, Names, Transform};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Names::parse(text, "t") {
        Ok(mappings) => {
            let again = Names::parse(&written(&mappings), "t");
            assert_eq!(again.as_ref(), Ok(&mappings));
        }
        Err(error) => assert!((1..=text.lines().count().max(1)).contains(&error.line), "{error}"),
    }
});

fn written(mappings: &[Mapping]) -> String {
    let lines = mappings.iter().map(|Mapping { ours, theirs, transform }| {
        let transform = match transform {
            Transform::None => "",
            Transform::Hwio => "hwio",
            Transform::Transpose => "transpose",
            Transform::Flatten => "flatten",
            Transform::Subtract => "subtract",
            Transform::Unused => "unused",
        };
        format!("{ours},{theirs},{transform}\n")
    });
    format!("ours,theirs,transform\n{}", lines.collect::<String>())
}
