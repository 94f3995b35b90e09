//! A user's `labels.csv`, in a folder with two pictures.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

const WNIDS: [&str; 3] = ["n01440764", "n01443537", "n01484850"];

static DIR: LazyLock<PathBuf> = LazyLock::new(|| {
    let dir = fuzz::room("labels");
    std::fs::create_dir_all(dir.join("b")).expect("a folder is made");
    for picture in ["a.jpg", "b/c.png"] {
        std::fs::write(dir.join(picture), b"not looked at").expect("a picture is written");
    }
    dir
});

fuzz_target!(|data: &[u8]| {
    std::fs::write(DIR.join("labels.csv"), data).expect("the labels are written");
    if let Ok(found) = store::user_images(&DIR, &WNIDS) {
        assert_eq!(found.items.len(), 2);
        assert!(found.items.iter().all(|item| (item.class as usize) < WNIDS.len() && item.path.is_file()));
    }
});
