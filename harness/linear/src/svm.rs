//! A linear support vector machine of two classes: L2-regularised, L1 loss (hinge), as liblinear's solver 3 trains it.
//!
//! Of weights w and bias b = v·B, where B is the value of one more feature, it makes least
//!
//! ½‖w‖² + ½v² + Σ Cᵢ·max(0, 1 − yᵢ(w·xᵢ + b)),
//!
//! with y = 1 and C·`positive_weight` for positives, y = −1 and C for negatives. The bias is regularised by as much as B is
//! small. Must not hold a copy of the features.

mod descent;

use descent::Descent;

use crate::{Error, Rows, vectors};

/// What is trained, and how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// C, how much the loss of a negative weighs against the regularisation; above 0.
    pub c: f64,
    /// How many times C the loss of a positive weighs; above 0.
    pub positive_weight: f64,
    /// B, the value of the feature whose weight makes the bias (liblinear's `-B`); 0 for no bias.
    pub bias: f64,
    /// Training ends when the projected gradients of all examples lie within an interval this wide; above 0. liblinear's
    /// program takes 0.1, and it is in units of the scores.
    pub tolerance: f64,
    /// Training ends after this many passes over the examples in any case; at least 1.
    pub max_epochs: usize,
    /// Says in which order examples come.
    pub seed: u64,
}

impl Settings {
    /// Whether each makes sense.
    pub(crate) fn check(&self) -> Result<(), Error> {
        Error::above_zero("c", self.c)?;
        Error::above_zero("positive_weight", self.positive_weight)?;
        Error::above_zero("tolerance", self.tolerance)?;
        if !self.bias.is_finite() || self.bias < 0.0 {
            return Err(Error::Setting { name: "bias", value: self.bias, needed: "finite and at least 0" });
        }
        if self.max_epochs == 0 {
            return Err(Error::Setting { name: "max_epochs", value: 0.0, needed: "at least 1" });
        }
        Ok(())
    }
}

/// A plane; what is on its positive side is taken for a positive.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// One for each feature, `[D]`.
    pub weights: Vec<f64>,
    /// What is added to every score.
    pub bias: f64,
}

impl Model {
    /// How each row scores, `[N]`.
    ///
    /// # Errors
    ///
    /// Rows with more or fewer features than weights.
    pub fn scores(&self, rows: Rows<'_>) -> Result<Vec<f64>, Error> {
        rows.expect_columns("rows to score", self.weights.len())?;
        Ok(rows.iter().map(|row| self.score(row)).collect())
    }

    /// How a row of as many features as weights scores.
    pub(crate) fn score(&self, row: &[f32]) -> f64 {
        vectors::dot(row, &self.weights) + self.bias
    }

    /// The function that training makes least, of these examples.
    ///
    /// # Errors
    ///
    /// Rows with more or fewer features than weights, settings that make no sense.
    pub fn objective(&self, positives: Rows<'_>, negatives: Rows<'_>, settings: &Settings) -> Result<f64, Error> {
        settings.check()?;
        positives.expect_columns("positives", self.weights.len())?;
        negatives.expect_columns("negatives", self.weights.len())?;
        let rows: Vec<&[f32]> = positives.iter().chain(negatives.iter()).collect();
        Ok(self.primal(&rows, positives.len(), settings))
    }

    /// As `objective`, of rows of which the first so many are positives.
    fn primal(&self, rows: &[&[f32]], positives: usize, settings: &Settings) -> f64 {
        let slope = if settings.bias > 0.0 { self.bias / settings.bias } else { 0.0 };
        let norm = self.weights.iter().map(|weight| weight * weight).sum::<f64>() + slope * slope;
        let loss = |rows: &[&[f32]], sign: f64| -> f64 {
            rows.iter().map(|row| (1.0 - sign * self.score(row)).max(0.0)).sum()
        };
        let (positive, negative) = rows.split_at(positives);
        norm / 2.0 + settings.c * (settings.positive_weight * loss(positive, 1.0) + loss(negative, -1.0))
    }
}

/// What training came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The plane.
    pub model: Model,
    /// The dual variables of the positives, then of the negatives: 0 to C (times `positive_weight`); above 0 for support
    /// vectors. Training of nearly the same examples can begin with them.
    pub alphas: Vec<f64>,
    /// What was made least; never below `dual`.
    pub primal: f64,
    /// The dual objective Σα − ½‖w‖² − ½v², which no primal objective is below.
    pub dual: f64,
    /// How many passes over the examples there were.
    pub epochs: usize,
    /// Whether the tolerance was reached, rather than `max_epochs`.
    pub converged: bool,
    /// The dual objective before the first pass and after each, which never falls.
    pub trace: Vec<f64>,
}

/// Trains a machine. `start` are the dual variables to begin with, of the positives, then of the negatives; without, all
/// are 0. The same input gives the same bits.
///
/// # Errors
///
/// No positives or no negatives, rows of different lengths, settings that make no sense, a `start` of another length or
/// not finite.
pub fn train(
    positives: Rows<'_>,
    negatives: Rows<'_>,
    settings: &Settings,
    start: Option<&[f64]>,
) -> Result<Solution, Error> {
    settings.check()?;
    negatives.expect_columns("negatives", positives.columns())?;
    for (rows, missing) in [(positives, "positives"), (negatives, "negatives")] {
        if rows.is_empty() {
            return Err(Error::Nothing { what: "the machine to train".to_owned(), missing });
        }
    }
    let rows: Vec<&[f32]> = positives.iter().chain(negatives.iter()).collect();
    let alphas = match start {
        None => vec![0.0; rows.len()],
        Some(start) if start.len() != rows.len() => {
            let what = "dual variables to start with".to_owned();
            return Err(Error::Count { what, expected: rows.len(), found: start.len(), per: "row" });
        }
        Some(start) => {
            if let Some(row) = start.iter().position(|alpha| !alpha.is_finite()) {
                let what = "dual variables to start with".to_owned();
                return Err(Error::NotFinite { what, row, column: 0, value: start[row] });
            }
            start.to_vec()
        }
    };
    Ok(solve(&rows, positives.len(), alphas, settings))
}

/// Trains a machine on rows of one length, of which the first so many are positives; everything was checked.
pub(crate) fn solve(rows: &[&[f32]], positives: usize, alphas: Vec<f64>, settings: &Settings) -> Solution {
    let mut descent = Descent::new(rows, positives, alphas, settings);
    let trace = descent.run(settings.tolerance, settings.max_epochs, settings.seed);
    let dual = descent.dual();
    let Descent { weights, slope, alphas, converged, .. } = descent;
    let model = Model { weights, bias: slope * settings.bias };
    let primal = model.primal(rows, positives, settings);
    Solution { model, alphas, primal, dual, epochs: trace.len() - 1, converged, trace }
}
