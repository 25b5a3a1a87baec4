//! A card as somebody sees it.

use std::fmt;

use crate::card::{Button, Card, Form};
use crate::desk::Reply;

/// A card or form that is shown to somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// The card; an empty one where it is a form.
    pub card: Card,
    /// The form.
    form: Option<Form>,
}

impl Shown {
    pub(super) fn new(card: Card) -> Self {
        Self { card, form: None }
    }

    pub(super) fn of(reply: Reply) -> Self {
        match reply {
            Reply::Private(card) | Reply::Update(card) => Self::new(card),
            Reply::Form(form) => Self { card: Card::default(), form: Some(form) },
        }
    }

    /// The form that it is.
    #[track_caller]
    pub fn form(&self) -> &Form {
        self.form.as_ref().unwrap_or_else(|| panic!("this is no form:\n{self}"))
    }

    /// Whether it is a form.
    pub fn is_form(&self) -> bool {
        self.form.is_some()
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

impl Shown {
    /// What the desk is told when this is chosen from the menu.
    #[track_caller]
    pub fn choice(&self, label: &str) -> String {
        let menu = self.card.menu.as_ref().unwrap_or_else(|| panic!("there is no menu on\n{self}"));
        let found = menu.choices.iter().find(|(shown, _)| shown == label);
        let (_, value) = found.unwrap_or_else(|| panic!("{label} cannot be chosen on\n{self}"));
        format!("{}:{value}", menu.id)
    }

    fn writes_form(form: &Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {} (form)", form.title)?;
        form.inputs.iter().try_for_each(|input| writeln!(f, "{}: [{}]", input.label, input.placeholder))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(form) = &self.form {
            return Self::writes_form(form, f);
        }
        let Card { title, tone, body, fields, footer, buttons, menu, files } = &self.card;
        writeln!(f, "# {title} ({tone:?})\n{body}")?;
        for field in fields {
            writeln!(f, "\n## {}\n{}", field.name, field.value)?;
        }
        if !footer.is_empty() {
            writeln!(f, "\n{footer}")?;
        }
        if !buttons.is_empty() {
            let label = |button: &Button| {
                let emoji = button.emoji.map_or(String::new(), |emoji| format!("{emoji} "));
                let (begin, end) = if button.enabled { ('[', ']') } else { ('(', ')') };
                format!("{begin}{emoji}{}{end}", button.label)
            };
            writeln!(f, "{}", buttons.iter().map(label).collect::<Vec<_>>().join(" "))?;
        }
        if let Some(menu) = menu {
            let labels: Vec<&str> = menu.choices.iter().map(|(label, _)| label.as_str()).collect();
            writeln!(f, "{{{}: {}}}", menu.placeholder, labels.join(" | "))?;
        }
        for file in files {
            writeln!(f, "@ {} ({} bytes)", file.name, file.bytes.len())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
