//! Pictures that a run drew: samples, attacks, warped inputs, at a size at which their pixels can be seen.
//!
//! Must not show a picture whose data may not be passed on, nor one that is not the file its run announced.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use spec::event::Picture;

use crate::html::{anchor, plural};
use crate::input::{PageInput, RunView};
use crate::kept;

/// Small pictures are enlarged by a whole factor to about this width, in CSS pixels …
const WIDTH: u32 = 560;
/// … and by no more than this.
const LARGEST: u32 = 8;

/// None where no run drew anything.
pub(crate) fn section(input: &PageInput<'_>) -> Option<Markup> {
    let runs: Vec<&RunView<'_>> = input.runs.iter().filter(|run| !run.pictures.is_empty()).collect();
    if runs.is_empty() {
        return None;
    }
    let mut galleries: Vec<((&str, u64), Vec<&RunView<'_>>)> = Vec::new();
    for run in runs {
        let key = (run.subject(), run.training().map_or(0, |training| training.steps));
        match galleries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, runs)) => runs.push(run),
            None => galleries.push((key, vec![run])),
        }
    }
    Some(html! {
        p.note { "Drawn by the runs themselves. Small pictures are enlarged by a whole factor, without smoothing." }
        @for (_, mut runs) in galleries {
            // One gallery an experiment and size, of a run that came to its end if there is one.
            ({ runs.sort_by_key(|run| run.status != "finished"); "" })
            @for run in runs.iter().take(1) {
                h3 { (title(input, run)) ", run " a href=(format!("#{}", anchor("run", &run.header.run))) { code { (run.header.run) } } }
                div.gallery { @for picture in run.pictures { (one(input, run, picture)) } }
            }
            @for run in runs.iter().skip(1) {
                p { "Run " code { (run.header.run) } " drew " (plural(run.pictures.len() as u64, "picture", "pictures")) " too, which are in its folder." }
            }
        }
    })
}

fn title<'a>(input: &'a PageInput<'_>, run: &'a RunView<'_>) -> &'a str {
    let known = input.paper.experiments.iter().find(|known| known.id == run.subject());
    known.map_or(run.subject(), |known| &known.title)
}

fn one(input: &PageInput<'_>, run: &RunView<'_>, picture: &Picture) -> Markup {
    let shown = if picture.private && !input.show_private { None } else { Some(encode(run, picture)) };
    let wide = match &shown {
        // The frame is as wide as the picture, so that each of its pixels is a whole number of the screen's.
        Some(Ok((_, wide, _))) => Some(format!("width:calc({}px + 1.3rem)", (wide * times(*wide)).max(260))),
        _ => None,
    };
    html! {
        figure.drawn style=[wide] {
            @match &shown {
                Some(Ok((address, wide, high))) => {
                    @let alt = format!("{} ({wide} × {high} pixels, drawn by {}): the caption says what is to be seen", picture.name, run.subject());
                    img src=(address) alt=(alt) width=(wide * times(*wide)) height=(high * times(*wide));
                }
                Some(Err(why)) => { p.no-picture { "The picture " code { (picture.file) } " " (why) "." } }
                None => {
                    p.no-picture {
                        "It shows data whose terms do not allow pictures to be passed on, so its name stands here instead. It is "
                        code { (picture.file) } " in the run's folder."
                    }
                }
            }
            figcaption { b { (picture.name) } " " (picture.caption) }
        }
    }
}

/// How many times its size a picture of that width is shown.
fn times(wide: u32) -> u32 {
    (WIDTH / wide.max(1)).clamp(1, LARGEST)
}

/// The file as an address of its own, with its size in pixels.
fn encode(run: &RunView<'_>, picture: &Picture) -> Result<(String, u32, u32), String> {
    let bytes = kept::read(run.dir, &picture.file, &picture.sha256)?;
    // Decoded for its size, and so that nothing goes onto the page that a browser could not show.
    let decoded = images::decode(&bytes, &picture.file).map_err(|error| format!("cannot be shown: {error}"))?;
    if !bytes.starts_with(b"\x89PNG") {
        return Err("cannot be shown: it is no PNG file".to_owned());
    }
    Ok((format!("data:image/png;base64,{}", STANDARD.encode(&bytes)), decoded.width, decoded.height))
}
