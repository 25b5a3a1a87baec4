//! What is known of a log from outside it.

use std::fmt;
use std::str::FromStr;

use super::Anchor;

/// An event that a log must have: its place, its hash, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The event's place in the whole log, from 1.
    pub position: u64,
    /// The event's hash, which stands for the event and the whole log before it.
    pub hash: String,
    /// Who says so, in words: `the head posted for 2026-11-21`.
    pub name: String,
}

/// A text that is not a place and a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an anchor is POSITION:HASH as it was posted: {0}")]
pub struct WitnessError(&'static str);

impl From<&Anchor> for Witness {
    fn from(anchor: &Anchor) -> Self {
        let Anchor { day, position, hash } = anchor;
        Self { position: *position, hash: hash.clone(), name: format!("the head posted for {day}") }
    }
}

/// `POSITION:HASH`, as it is posted.
impl FromStr for Witness {
    type Err = WitnessError;

    fn from_str(text: &str) -> Result<Self, WitnessError> {
        let (position, hash) = text.trim().split_once(':').ok_or(WitnessError("there is no colon in it"))?;
        let position = position.parse().ok().filter(|position| *position > 0);
        let position = position.ok_or(WitnessError("the position is a whole number from 1"))?;
        if hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(WitnessError("the hash has 64 hexadecimal digits"));
        }
        Ok(Self {
            position,
            hash: hash.to_ascii_lowercase(),
            name: format!("the anchor given for position {position}"),
        })
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
