//! The table of results.

use std::fmt;

use serde_json::{Value, json};

/// Results, in the order in which they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

#[derive(Debug)]
struct Row {
    name: String,
    value: f64,
    unit: &'static str,
}

impl Table {
    /// Adds a result.
    pub(crate) fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.0.push(Row { name: name.into(), value, unit });
    }

    /// The results as JSON: a list of objects with `name`, `value` and `unit`.
    pub(crate) fn json(&self) -> String {
        let rows = self.0.iter().map(|row| json!({"name": row.name, "value": row.value, "unit": row.unit}));
        format!("{:#}\n", rows.collect::<Value>())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|row| row.name.chars().count()).max().unwrap_or_default();
        for Row { name, value, unit } in &self.0 {
            writeln!(f, "{name:width$}  {value:>10.2} {unit}")?;
        }
        Ok(())
    }
}

/// The one in the middle.
pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
