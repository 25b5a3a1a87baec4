//! A card as somebody sees it.

use std::fmt;

use crate::card::Card;

/// A card that is shown to somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// The card.
    pub card: Card,
}

impl Shown {
    pub(super) fn new(card: Card) -> Self {
        Self { card }
    }

    /// All its text.
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// It says this.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "{text:?} should be on\n{self}");
        self
    }

    /// It does not say this.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.text().contains(text), "{text:?} should not be on\n{self}");
        self
    }

    /// The labels of its buttons that can be pressed.
    pub fn buttons(&self) -> Vec<&str> {
        self.card.buttons.iter().filter(|button| button.enabled).map(|button| button.label.as_str()).collect()
    }

    /// The id of the button of this label.
    #[track_caller]
    pub fn button(&self, label: &str) -> String {
        let found = self.card.buttons.iter().find(|button| button.label == label && button.enabled);
        found.unwrap_or_else(|| panic!("there is no button {label} to press on\n{self}")).id.clone()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Card { title, tone, body, fields, footer, buttons } = &self.card;
        writeln!(f, "# {title} ({tone:?})\n{body}")?;
        for field in fields {
            writeln!(f, "\n## {}\n{}", field.name, field.value)?;
        }
        if !footer.is_empty() {
            writeln!(f, "\n{footer}")?;
        }
        if !buttons.is_empty() {
            let label = |button: &crate::card::Button| {
                if button.enabled { format!("[{}]", button.label) } else { format!("({})", button.label) }
            };
            writeln!(f, "{}", buttons.iter().map(label).collect::<Vec<_>>().join(" "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
