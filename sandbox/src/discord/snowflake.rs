//! Snowflakes: Discord's ids. Sixty-four bits, of which the upper forty-two are milliseconds since 2015, written as a
//! string in JSON. Nothing here knows what an id names.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;

/// Discord's epoch, 2015-01-01T00:00:00Z, in milliseconds since 1970.
const EPOCH: i128 = 1_420_070_400_000;

/// One snowflake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub(crate) u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Id)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Makes ids that grow strictly, also when the clock stands still or steps back.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    pub(crate) fn next(&mut self, now: OffsetDateTime) -> Id {
        let millis = (now.unix_timestamp_nanos() / 1_000_000 - EPOCH).max(0);
        let fresh = u64::try_from(millis).unwrap_or(0) << 22;
        self.last = fresh.max(self.last + 1);
        Id(self.last)
    }

    /// Moves past an id that was read back from disk.
    pub(crate) fn seen(&mut self, id: Id) {
        self.last = self.last.max(id.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_steps_back() {
        let mut ids = Snowflakes::default();
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        let first = ids.next(now);
        let second = ids.next(now - time::Duration::seconds(5));
        assert!(second > first);
        assert_eq!(i128::from(first.0 >> 22) + EPOCH, 1_700_000_000_000);
    }
}
