//! `datasets.lock`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match spec::load::lock(text, "f") {
    Ok(lock) => {
        for entry in &lock.entries {
            assert!(lock.entry(&entry.id).is_some());
            let _ = lock.labels_of(&entry.id);
            for file in &entry.files {
                let _ = entry.is_carrier(file);
            }
        }
    }
    Err(error) => fuzz::is_well_placed(&error, text),
});
