//! What monitoring systems tell: the bodies of their requests, read into values that can be trusted.
//!
//! Pure. No HTTP, no signatures, no allow lists, and no decision about what an alert means: whoever takes a body in has all of
//! that still to do. Texts are kept to the letter, for matching and for signatures; [`Text::shown`] is the only way into the
//! chat.

pub mod alertmanager;
pub mod cloudwatch;
pub mod eventbridge;
mod form;
mod matching;
pub mod sns;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::card::text;

pub use form::{Alert, Source, Watched};
pub use matching::{About, Candidates};

/// The largest body, in bytes (SNS: a message has at most 256 KiB).
pub const BODY_MAX: usize = 256 * 1024;
/// The most labels, annotations or dimensions that one alert may have each.
pub const LABELS_MAX: usize = 64;
/// The most characters in the name of a label, and in its value.
pub const LABEL_MAX: (usize, usize) = (255, 1_024);

/// Why a body is not taken. Says where and what, and repeats at most a little of it, without anything that cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The body is larger than [`BODY_MAX`].
    #[error("the body has {0} bytes, more than {BODY_MAX}")]
    TooLarge(usize),
    /// The body is no JSON, or not of the form that its sender documents.
    #[error("{0}")]
    Form(String),
    /// A field says what it may not say.
    #[error("`{field}`: {why}")]
    Field {
        /// The field's path: `alerts[0].startsAt`.
        field: String,
        /// What is wrong with it.
        why: Cow<'static, str>,
    },
}

/// Whether something is wrong, or is no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is wrong.
    Firing,
    /// It was.
    Resolved,
}

/// What a monitoring system wrote, to the letter. It has no `Display`: people see [`Text::shown`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// A text of somebody's, at most `most` characters of it.
    pub fn cut(text: &str, most: usize) -> Self {
        Self(text.chars().take(most).collect())
    }

    /// The text to the letter, to compare with.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text as the chat may show it: one line of at most `most` characters before its markup is made to mean nothing, and
    /// a � where a character cannot be seen.
    pub fn shown(&self, most: usize) -> String {
        let line = self.0.replace(['\n', '\r', '\t'], " ");
        text::plain(&text::shorten(line.trim(), most))
    }
}

/// Labels, annotations or dimensions by name.
pub type Labels = BTreeMap<String, Text>;

/// Reads JSON of at most [`BODY_MAX`] bytes.
fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    if body.len() > BODY_MAX {
        return Err(Malformed::TooLarge(body.len()));
    }
    serde_json::from_slice(body).map_err(|error| Malformed::Form(legible(&error.to_string())))
}

/// What a library says of a body, in which strangers' text may stand: short, and nothing in it that cannot be seen.
fn legible(text: &str) -> String {
    text::shorten(&text::visible(text).replace('\n', " "), 200)
}

fn wrong<T>(field: impl Into<String>, why: impl Into<Cow<'static, str>>) -> Result<T, Malformed> {
    Err(Malformed::Field { field: field.into(), why: why.into() })
}

/// A text of 1 to `most` characters.
fn bounded<'a>(field: &str, text: &'a str, most: usize) -> Result<&'a str, Malformed> {
    match text.chars().count() {
        0 => wrong(field, "it is empty"),
        length if length > most => wrong(field, format!("it has {length} characters, more than {most}")),
        _ => Ok(text),
    }
}

/// Few enough labels, with names and values that are short enough. Values may be empty.
fn labels(field: &str, labels: Labels) -> Result<Labels, Malformed> {
    let (name_max, value_max) = LABEL_MAX;
    for (name, Text(value)) in &labels {
        bounded(&format!("{field} (name)"), name, name_max)?;
        if value.chars().count() > value_max {
            return wrong(field, format!("a value has more than {value_max} characters"));
        }
    }
    few(field, labels)
}

fn few(field: &str, labels: Labels) -> Result<Labels, Malformed> {
    match labels.len() {
        count if count > LABELS_MAX => wrong(field, format!("there are {count}, more than {LABELS_MAX}")),
        _ => Ok(labels),
    }
}

fn moment(field: &str, text: &str) -> Result<OffsetDateTime, Malformed> {
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| wrong(field, "it is no time such as 2026-03-02T09:00:00Z (RFC 3339)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_means_nothing_to_the_chat() {
        let text = Text("**a**\n[b](https://evil.example)\u{202E}c\u{0007} @everyone `d`".into());
        assert_eq!(text.shown(200), "\\*\\*a\\*\\* \\[b](https\\://evil.example)\u{FFFD}c\u{FFFD} @everyone 'd'");
        assert_eq!(Text("abc*".repeat(100)).shown(5), "abc\\*…");
        assert!(text.raw().contains('\u{202E}'));
    }

    #[test]
    fn a_body_that_is_too_large_is_not_read() {
        let body = vec![b' '; BODY_MAX + 1];
        assert_eq!(json::<Text>(&body), Err(Malformed::TooLarge(BODY_MAX + 1)));
    }

    #[test]
    fn a_refusal_repeats_little_and_nothing_unseen() {
        let body = format!("{{\"a\":\"{}\u{202E}\"}}", "x".repeat(5_000));
        let refused = json::<Text>(body.as_bytes()).expect_err("no text").to_string();
        assert!(refused.chars().count() <= 200 && !refused.contains('\u{202E}'), "{refused}");
    }
}
