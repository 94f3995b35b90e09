//! A training curve's table as columns of points.
//!
//! Must not pass over what it cannot read: it becomes a sentence.

use spec::event::Curve;

use crate::input::RunView;
use crate::kept;

/// One measured quantity over the steps of a training.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// Without its unit: `loss discriminator`.
    pub(crate) name: String,
    /// As the header gives it; empty where it gives none.
    pub(crate) unit: String,
    /// Step and value; steps at which it was not measured are left out.
    pub(crate) points: Vec<(f64, f64)>,
    /// How many values were measured that are no finite numbers.
    pub(crate) not_finite: usize,
}

/// What everything in a training curve is over.
pub(crate) const STEP: &str = "step";

/// What a curve is over (`step`, or a quantity with its unit if it has one), and its columns that have a point; or what is wrong, as
/// the end of a sentence about it.
pub(crate) fn read(run: &RunView<'_>, curve: &Curve) -> Result<(String, Vec<Column>), String> {
    parse(&kept::read(run.dir, &curve.file, &curve.sha256)?)
}

fn parse(bytes: &[u8]) -> Result<(String, Vec<Column>), String> {
    let mut table = csv::ReaderBuilder::new().from_reader(bytes);
    let damaged = |error: csv::Error| format!("is no table that can be read: {error}");
    let headers = table.headers().map_err(damaged)?.clone();
    let over = headers.get(0).unwrap_or_default().trim().to_owned();
    if over.is_empty() {
        return Err("is no curve: its first column has no name".to_owned());
    }
    let mut columns: Vec<Column> = headers.iter().skip(1).map(named).collect();
    for (index, line) in table.records().enumerate() {
        let line = line.map_err(damaged)?;
        let number = |text: &str| {
            let told = || format!("holds `{text}` in line {}, which is no number", index + 2);
            text.trim().parse::<f64>().map_err(|_| told())
        };
        let step = number(line.get(0).unwrap_or(""))?;
        for (column, text) in columns.iter_mut().zip(line.iter().skip(1)) {
            if text.trim().is_empty() {
                continue;
            }
            let value = number(text)?;
            if value.is_finite() && step.is_finite() {
                column.points.push((step, value));
            } else {
                column.not_finite += 1;
            }
        }
    }
    columns.retain(|column| !column.points.is_empty());
    if columns.is_empty() {
        return Err("holds no measured value".to_owned());
    }
    Ok((over, columns))
}

/// `loss discriminator [nats]` as name and unit.
fn named(header: &str) -> Column {
    let (name, unit) = match header.trim().strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((name, unit)) => (name.trim(), unit.trim()),
        None => (header.trim(), ""),
    };
    Column { name: name.to_owned(), unit: unit.to_owned(), points: Vec::new(), not_finite: 0 }
}

/// At most `most` points that look as all of them do: of each stretch its lowest and its highest stay.
pub(crate) fn thinned(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most.max(2) {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(most.max(2) / 2);
    let mut kept = Vec::with_capacity(most);
    for part in points.chunks(stretch) {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (part.iter().min_by(by_value), part.iter().max_by(by_value)) else { continue };
        let mut two = [*low, *high];
        two.sort_by(|a, b| a.0.total_cmp(&b.0));
        kept.extend(if two[0] == two[1] { &two[..1] } else { &two[..] });
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_units_and_gaps() {
        let (over, columns) =
            parse(b"step,loss generator [nats],test error [percent],plain\n1,0.5,,\n2,NaN,3,\n").unwrap();
        let seen: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.unit.as_str(), c.points.as_slice())).collect();
        assert_eq!(
            seen,
            [("loss generator", "nats", &[(1.0, 0.5)][..]), ("test error", "percent", &[(2.0, 3.0)][..]),]
        );
        assert_eq!(columns.iter().map(|column| column.not_finite).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(over, STEP);
        let (over, columns) = parse(b"overlap [share],recall [percent]\n0.5,80\n").unwrap();
        assert_eq!((over.as_str(), columns[0].points.as_slice()), ("overlap [share]", &[(0.5, 80.0)][..]));
        // Some quantities have no unit.
        assert_eq!(parse("β,length [words]\n0.5,2\n".as_bytes()).unwrap().0, "β");
    }

    #[test]
    fn what_is_no_curve_is_said() {
        for (text, told) in [
            (",loss\n1,2\n", "first column"),
            ("step,loss\n1,two\n", "`two` in line 2"),
            ("step,loss\n", "no measured value"),
            ("step,loss\n1,2,3\n", "no table"),
            ("", "first column"),
        ] {
            assert!(parse(text.as_bytes()).unwrap_err().contains(told), "{text}");
        }
    }

    proptest! {
        #[test]
        fn thinning_keeps_extremes_and_order(ys in proptest::collection::vec(-5.0f64..5.0, 1..5000)) {
            let points: Vec<_> = ys.iter().enumerate().map(|(i, y)| (i as f64, *y)).collect();
            let kept = thinned(&points, 400);
            prop_assert!(kept.len() <= 400);
            prop_assert!(kept.windows(2).all(|two| two[0].0 < two[1].0));
            let top = |points: &[(f64, f64)]| points.iter().map(|p| p.1).fold(f64::MIN, f64::max);
            prop_assert_eq!(top(&points), top(&kept));
        }
    }
}
