//! What only one paper's training does, on top of the engine: its step, its attack, its estimate, its pictures.
//!
//! Each paper that trains has a module `experiment` in its own folder, which is found by the one list of papers. This is a
//! package of its own, so that whatever needs the papers as data alone links no libtorch. Must not hold anything that two
//! papers' trainings share: that is the engine's, or a data set's like [`cifar`] and [`mnist`].

use engine::error::{Error, Result};
use engine::train::Context;

pub mod cifar;
pub mod detectors;
pub mod mnist;

macro_rules! code {
    ($($paper:ident $($trains:ident)?,)*) => {
        $($(
            #[doc = concat!("The paper `", stringify!($paper), "` ", stringify!($trains), " by this.")]
            pub mod $paper {
                pub mod experiment;
            }
        )?)*

        /// The folders of papers that train here, and how each does. A paper's id has a dash where its folder has `_`.
        const TRAINING: &[(&str, Run)] = &[
            $($(
                // Only what the list marks stands here.
                (stringify!($paper), { let _ = stringify!($trains); $paper::experiment::run }),
            )?)*
        ];
    };
}

/// A paper's experiments.
type Run = fn(&Context<'_, '_>) -> Result<()>;

replications::papers!(code);

/// Runs the experiment that `context` is about, as the paper's folder says.
///
/// # Errors
/// The paper has no code, or what its experiment says.
pub fn run(paper: &str, context: &Context<'_, '_>) -> Result<()> {
    match TRAINING.iter().find(|(folder, _)| *folder == paper.replace('-', "_")) {
        Some((_, run)) => run(context),
        None => Err(Error::Input(format!("the paper `{paper}` trains nothing here"))),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn papers_with_experiments_have_code_and_no_others() {
        let ours: Vec<&str> = super::TRAINING.iter().map(|(id, _)| *id).collect();
        let papers = replications::registry::papers().iter();
        let wanted = papers.filter(|entry| {
            let paper = entry.read(spec::load::Known::default()).unwrap();
            !paper.experiments.is_empty()
        });
        assert_eq!(ours, wanted.map(|entry| entry.id.replace('-', "_")).collect::<Vec<_>>());
    }
}
