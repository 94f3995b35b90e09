//! Writes a page of made-up data, to see what pages look like: `cargo run -p reports --example demo -- FOLDER [PICTURES]`.
//!
//! Must not be published: nothing on it was measured, and it says so. PICTURES may be a folder with any of the
//! canary's pictures.

#[path = "../tests/it/made_up.rs"]
mod made_up;
#[path = "../tests/it/made_up_trained.rs"]
mod made_up_trained;

use std::path::PathBuf;

use made_up::MadeUp;
use reports::index::{IndexEntry, PaperState};
use reports::verdicts::Counts;

fn main() -> reports::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap_or_else(|| std::env::temp_dir().join("reports-demo"));
    let mut made_up = MadeUp::new();
    if let Some(pictures) = arguments.next() {
        for name in ["camera", "chelsea", "coffee", "motorcycle_left", "rocket"] {
            let found = ["png", "jpg"].map(|ending| pictures.join(format!("{name}.{ending}")));
            made_up.pictures.extend(found.into_iter().find(|path| path.exists()).map(|path| (name.to_owned(), path)));
        }
        let mut shown = made_up::worst(true);
        for (item, name) in shown.items.iter_mut().zip(["chelsea", "coffee"]) {
            item.path = made_up.pictures.get(name).cloned();
        }
        shown.data = "pictures that may be shown".into();
        made_up.worst.push(shown);
    }
    let page = made_up.with(|_| (), |input| reports::page::write(&folder, input))?;
    let trained = made_up_trained::new(&folder.join("runs"));
    let trained_page = trained.with(|_| (), |input| reports::page::write(&folder, input))?;
    let entries = [
        IndexEntry {
            title: made_up.paper.title.clone(),
            year: made_up.paper.year,
            networks: vec!["ResNet-50".into()],
            state: Some(PaperState {
                id: made_up.paper.id.clone(),
                counts: Counts::of(&made_up.rows),
                last_run: Some("2026-11-23 (made up)".into()),
            }),
        },
        IndexEntry {
            title: trained.paper.title.clone(),
            year: trained.paper.year,
            networks: vec!["GAN".into()],
            state: Some(PaperState {
                id: trained.paper.id.clone(),
                counts: Counts::of(&trained.rows),
                last_run: Some("2026-11-24 (made up)".into()),
            }),
        },
        IndexEntry { title: "Fast R-CNN".into(), year: 2015, networks: vec![], state: None },
    ];
    let index = reports::index::write(&folder, &entries, &made_up.footer)?;
    println!("{}\n{}\n{}", index.display(), page.display(), trained_page.display());
    Ok(())
}
