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
use reports::index::{AbsentPaper, IndexInput, IndexPaper, Known};

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
    let paper = |paper: &'_ spec::paper::Paper| (paper.id.clone(), paper.title.clone(), paper.year);
    let [(id, title, year), (other_id, other_title, other_year)] = [paper(&made_up.paper), paper(&trained.paper)];
    let papers = [
        IndexPaper {
            id: &id,
            title: &title,
            year,
            networks: vec!["ResNet-50"],
            rows: Known::Own(&made_up.rows),
            page: true,
        },
        IndexPaper {
            id: &other_id,
            title: &other_title,
            year: other_year,
            networks: vec!["GAN"],
            rows: Known::Record(&trained.rows),
            page: true,
        },
    ];
    let absent = [AbsentPaper { title: "Fast R-CNN", year: 2015 }];
    let index =
        reports::index::write(&folder, &IndexInput { papers: &papers, absent: &absent, footer: &made_up.footer })?;
    println!("{}\n{}\n{}", index.display(), page.display(), trained_page.display());
    Ok(())
}
