//! What came of the cases, to be printed by a test.

use std::fmt;

use super::Broken;

/// What came of every case in every environment, in the order of play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    lines: Vec<(String, Result)>,
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Result {
    /// The contract holds.
    Held,
    /// The contract is broken; the text says where.
    Broken(String),
    /// The world cannot play the case, or a part of it; the text says why.
    Skipped(String),
}

impl From<std::result::Result<(), Broken>> for Result {
    fn from(played: std::result::Result<(), Broken>) -> Self {
        played.map_or_else(|Broken(why)| Self::Broken(why), |()| Self::Held)
    }
}

impl Report {
    pub(super) fn add(&mut self, title: String, result: Result) {
        self.lines.push((title, result));
    }

    /// Whether cases were played and none is broken.
    pub fn held(&self) -> bool {
        let held = self.lines.iter().any(|(_, result)| *result == Result::Held);
        held && self.broken().is_empty()
    }

    /// The cases that are broken, as `environment: name`.
    pub fn broken(&self) -> Vec<&str> {
        self.named(|result| matches!(result, Result::Broken(_)))
    }

    /// The cases that were not played, or not wholly, as `environment: name`.
    pub fn skipped(&self) -> Vec<&str> {
        self.named(|result| matches!(result, Result::Skipped(_)))
    }

    fn named(&self, wanted: impl Fn(&Result) -> bool) -> Vec<&str> {
        self.lines.iter().filter(|(_, result)| wanted(result)).map(|(title, _)| title.as_str()).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, result) in &self.lines {
            match result {
                Result::Held => writeln!(f, "held     {title}")?,
                Result::Broken(why) => writeln!(f, "BROKEN   {title}\n         {why}")?,
                Result::Skipped(why) => writeln!(f, "skipped  {title}\n         {why}")?,
            }
        }
        Ok(())
    }
}
