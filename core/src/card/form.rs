//! Forms: what a person is asked to fill in before anything happens.

use std::collections::BTreeSet;

use super::{length, said, text};

/// How much a person may write into one input (a limit of Discord).
const WRITTEN: u16 = 4_000;
/// How long the headline of a form, and the question of an input, may be in characters (a limit of Discord).
pub const QUESTION_MAX: usize = 45;

/// A form. A chat opens one only as the first answer to what a person did, and hands back what was written, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// What the desk is told when it is handed in, at most 100 characters.
    pub id: String,
    /// The headline, at most 45 characters.
    pub title: String,
    /// What is to be filled in, 1 to 5.
    pub inputs: Vec<Input>,
}

/// A part of a form into which a person writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    /// Under which name the desk is told what was written, 1 to 100 characters, once in a form.
    pub id: String,
    /// What is asked, at most [`QUESTION_MAX`] characters.
    pub label: String,
    /// What stands there until something is written, at most 100 characters.
    pub placeholder: String,
    /// How many characters must be written, at least. Something must be written unless this is 0.
    pub min: u16,
    /// How many characters may be written, at most 4,000.
    pub max: u16,
    /// Whether it has several lines.
    pub multiline: bool,
}

impl Form {
    /// Shortens whatever is longer than the chat takes. An input whose id is none, too long or there already is left out; the
    /// form's own id is cut, so that handing in such a form is refused by the desk instead of the form by the chat.
    #[must_use]
    pub fn fit(mut self) -> Self {
        self.id = self.id.chars().take(100).collect();
        self.title = text::shorten(said(&self.title), QUESTION_MAX);
        let mut ids = BTreeSet::new();
        self.inputs.retain(|input| (1..=100).contains(&length(&input.id)) && ids.insert(input.id.clone()));
        self.inputs.truncate(5);
        for input in &mut self.inputs {
            input.label = text::shorten(said(&input.label), QUESTION_MAX);
            input.placeholder = text::shorten(&input.placeholder, 100);
            input.max = input.max.clamp(1, WRITTEN);
            input.min = input.min.min(input.max);
        }
        self
    }
}
