//! The table of `./bench chaos`: what the suites have counted, which each wrote as JSON lines. What is not in a line was not
//! measured. Nothing is run here.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

/// What is counted, and how it is called.
const COUNTS: [(&str, &str); 9] = [
    ("cuts", "cuts"),
    ("faults", "faults"),
    ("interleavings", "interleavings"),
    ("operations", "operations"),
    ("held", "held"),
    ("mails_twice", "mails twice"),
    ("lost", "lost"),
    ("doubled", "doubled"),
    ("illegal", "illegal"),
];

/// What must not happen.
const NEVER: [&str; 3] = ["lost", "doubled", "illegal"];

/// The times to take over, in milliseconds.
const TAKEOVERS: &str = "takeover_ms";

/// What not measured is shown as.
const NOTHING: &str = "–";

/// All suites, and their sum.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Chaos {
    suites: Vec<Figures>,
    all: Figures,
}

#[derive(Debug, Default, PartialEq)]
struct Figures {
    name: String,
    counts: BTreeMap<&'static str, u64>,
    takeovers: Vec<u64>,
}

impl Chaos {
    /// Reads the suites' lines. Lines of the same suite are added up.
    ///
    /// # Errors
    /// Says which line is not a suite's.
    pub(crate) fn read(lines: &str) -> Result<Self, String> {
        let mut chaos = Self { all: Figures { name: "all".to_owned(), ..Figures::default() }, ..Self::default() };
        for line in lines.lines() {
            let value: Value = serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            let name = value["suite"].as_str().ok_or_else(|| format!("{line}: no suite"))?;
            let place = chaos.suites.iter().position(|suite| suite.name == name).unwrap_or_else(|| {
                chaos.suites.push(Figures { name: name.to_owned(), ..Figures::default() });
                chaos.suites.len() - 1
            });
            chaos.suites[place].take(&value);
            chaos.all.take(&value);
        }
        Ok(chaos)
    }

    /// Whether anything was measured, and nothing happened that must not.
    pub(crate) fn is_well(&self) -> bool {
        let never = NEVER.iter().all(|what| self.all.counts.get(what).is_none_or(|count| *count == 0));
        never && !self.suites.is_empty()
    }

    /// The figures as JSON: a list of suites, the sum last.
    pub(crate) fn json(&self) -> String {
        let suites = self.suites.iter().chain([&self.all]).map(|suite| {
            let mut line = json!({"suite": suite.name, TAKEOVERS: suite.takeovers});
            for (what, count) in &suite.counts {
                line[*what] = json!(count);
            }
            line
        });
        format!("{:#}\n", suites.collect::<Value>())
    }
}

impl Figures {
    fn take(&mut self, line: &Value) {
        for (what, _) in COUNTS {
            if let Some(count) = line[what].as_u64() {
                *self.counts.entry(what).or_default() += count;
            }
        }
        let times = line[TAKEOVERS].as_array().into_iter().flatten();
        self.takeovers.extend(times.filter_map(Value::as_u64));
        self.takeovers.sort_unstable();
    }

    fn cells(&self) -> Vec<String> {
        let count = |what| self.counts.get(what).map_or_else(|| NOTHING.to_owned(), u64::to_string);
        let time = |ms: Option<&u64>| ms.map_or_else(|| NOTHING.to_owned(), |ms| format!("{ms} ms"));
        let median = self.takeovers.get(self.takeovers.len() / 2);
        let counts = COUNTS.iter().map(|(what, _)| count(*what));
        std::iter::once(self.name.clone()).chain(counts).chain([time(median), time(self.takeovers.last())]).collect()
    }
}

impl fmt::Display for Chaos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = COUNTS.iter().map(|(_, title)| *title).chain(["taken over in (median)", "(longest)"]);
        let titles: Vec<String> = std::iter::once("suite").chain(titles).map(str::to_owned).collect();
        let rows = self.suites.iter().chain([&self.all]).map(Figures::cells);
        let rows: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        for row in &rows {
            write!(f, "{:first$}", row[0], first = width(0))?;
            for (column, cell) in row.iter().enumerate().skip(1) {
                write!(f, "  {cell:>width$}", width = width(column))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
