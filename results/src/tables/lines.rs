//! A frame as JSON lines: an object a row, absent values null.
//!
//! Must not round.

use polars::prelude::{AnyValue, DataFrame};
use serde_json::{Map, Value};

use crate::Error;
use crate::error::refused;

/// The frame's rows, an object a line.
///
/// # Errors
/// A column of a type that no table here has.
pub fn json_lines(frame: &DataFrame) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    for row in 0..frame.height() {
        let mut object = Map::new();
        for column in frame.columns() {
            object.insert(column.name().to_string(), value(&column.get(row).map_err(refused)?)?);
        }
        serde_json::to_writer(&mut text, &object).map_err(std::io::Error::from)?;
        text.push(b'\n');
    }
    Ok(text)
}

fn value(value: &AnyValue<'_>) -> Result<Value, Error> {
    Ok(match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(yes) => Value::from(*yes),
        AnyValue::String(text) => Value::from(*text),
        AnyValue::StringOwned(text) => Value::from(text.as_str()),
        AnyValue::UInt32(number) => Value::from(*number),
        AnyValue::UInt64(number) => Value::from(*number),
        AnyValue::Int64(number) => Value::from(*number),
        // The shortest digits that mean this single-precision number.
        AnyValue::Float32(number) => Value::from(number.to_string().parse::<f64>().unwrap_or(f64::from(*number))),
        AnyValue::Float64(number) => Value::from(*number),
        other => return Err(Error::Table(format!("a column holds {other:?}, which has no place in a line"))),
    })
}
