//! What is wrong with a log that cannot be an operation's.

use super::State;

/// An event that may not happen in the state that the operation is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an operation that is {state} cannot take the event {event}", state = .state.as_str())]
pub struct Illegal {
    /// The state it is in.
    pub state: State,
    /// The event's kind.
    pub event: &'static str,
}

/// A log that does not begin with its filing, or has a gap or an illegal turn: it was not written by the bot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLog {
    /// There are no events, or the first is not the filing.
    #[error("the log of the operation does not begin with its filing")]
    NoFiling,
    /// An event is out of its place.
    #[error("event {found} stands where event {expected} should be")]
    Gap {
        /// The place that comes next.
        expected: u64,
        /// The place that was found.
        found: u64,
    },
    /// An event that may not happen there.
    #[error("event {seq}: {source}")]
    Illegal {
        /// Its place.
        seq: u64,
        /// What is wrong.
        source: Illegal,
    },
}
