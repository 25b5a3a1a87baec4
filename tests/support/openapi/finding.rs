//! What the checks find: plain values, and how they read in a failing test.

use std::fmt;

/// Whose fault it is: the client's or the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What the client sent.
    Request,
    /// What the server answered.
    Answer,
}

/// Something wrong with one request or answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// Which of the two.
    pub(crate) side: Side,
    /// HTTP method of the request.
    pub(crate) method: String,
    /// Path of the request, with its query.
    pub(crate) path: String,
    /// JSON pointer into the body, or `?name` for a query parameter, `{name}` for a part of the path; empty for the whole.
    pub(crate) pointer: String,
    /// What is wrong, for people.
    pub(crate) message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.side {
            Side::Request => "the request",
            Side::Answer => "the answer",
        };
        write!(out, "{} {}: in {place} at `{}`: {}", self.method, self.path, self.pointer, self.message)
    }
}

/// The judgement of one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Where the answer breaks the description.
    pub(crate) complaints: Vec<Complaint>,
    /// Where the answer says more than the description: Discord adds keys before it describes them.
    pub(crate) notes: Vec<Complaint>,
}

/// A place and what is wrong there, before it is known which request it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) pointer: String,
    pub(super) message: String,
}

impl Finding {
    pub(super) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }

    /// Ties the finding to the request or answer it was found in.
    pub(super) fn of(self, side: Side, method: &str, path: &str) -> Complaint {
        Complaint {
            side,
            method: method.to_owned(),
            path: path.to_owned(),
            pointer: self.pointer,
            message: self.message,
        }
    }
}

/// `pointer` with one more step, escaped as RFC 6901 wants.
pub(super) fn below(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}
