//! A message of Discord's as somebody sees it.

use std::fmt;

use serde_json::Value;

/// A message that is shown to somebody.
#[derive(Clone)]
pub(crate) struct Shown {
    /// The message as Discord's API has it.
    pub(crate) message: Value,
}

impl Shown {
    pub(super) fn new(message: Value) -> Self {
        Self { message }
    }

    /// It says this.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.to_string().contains(text), "{text:?} should be on\n{self}");
        self
    }

    /// It does not say this.
    #[track_caller]
    pub(crate) fn hides(&self, text: &str) -> &Self {
        assert!(!self.to_string().contains(text), "{text:?} should not be on\n{self}");
        self
    }

    /// Whether only one member sees it.
    pub(crate) fn is_private(&self) -> bool {
        self.message["flags"].as_u64().is_some_and(|flags| flags & 64 != 0)
    }

    /// What its embed says below the title.
    pub(crate) fn body(&self) -> &str {
        self.message["embeds"][0]["description"].as_str().unwrap_or_default()
    }

    /// The labels of its buttons that can be pressed.
    pub(crate) fn buttons(&self) -> Vec<&str> {
        let live = self.components().filter(|button| button["disabled"] != true);
        live.filter_map(|button| button["label"].as_str()).collect()
    }

    /// The custom id of the button of this label.
    #[track_caller]
    pub(super) fn button(&self, label: &str) -> Value {
        let found = self.components().find(|button| button["label"] == label && button["disabled"] != true);
        found.unwrap_or_else(|| panic!("there is no button {label} to press on\n{self}"))["custom_id"].clone()
    }

    /// The custom id of the menu that offers this label, and the value that stands for it.
    #[track_caller]
    pub(super) fn choice(&self, label: &str) -> (Value, Value) {
        let choices = self.components().flat_map(|part| {
            let options = part["options"].as_array().into_iter().flatten();
            options.map(move |option| (part, option))
        });
        let found = choices.into_iter().find(|(_, option)| option["label"] == label);
        let (menu, option) = found.unwrap_or_else(|| panic!("{label} cannot be chosen on\n{self}"));
        (menu["custom_id"].clone(), option["value"].clone())
    }

    /// The label of the choice that begins so.
    #[track_caller]
    pub(crate) fn label_of(&self, beginning: &str) -> String {
        let labels = self.components().flat_map(|part| part["options"].as_array().into_iter().flatten());
        let mut labels = labels.filter_map(|option| option["label"].as_str());
        let found = labels.find(|label| label.starts_with(beginning));
        found.unwrap_or_else(|| panic!("no choice begins with {beginning}\n{self}")).to_owned()
    }

    fn components(&self) -> impl Iterator<Item = &Value> {
        let rows = self.message["components"].as_array().into_iter().flatten();
        rows.filter_map(|row| row["components"].as_array()).flatten()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        writeln!(f, "{}", text(&self.message["content"]))?;
        for embed in self.message["embeds"].as_array().into_iter().flatten() {
            writeln!(f, "# {}\n{}", text(&embed["title"]), text(&embed["description"]))?;
            for field in embed["fields"].as_array().into_iter().flatten() {
                writeln!(f, "\n## {}\n{}", text(&field["name"]), text(&field["value"]))?;
            }
            writeln!(f, "\n{}", text(&embed["footer"]["text"]))?;
        }
        for label in self.buttons() {
            write!(f, "[{label}] ")?;
        }
        for file in self.message["attachments"].as_array().into_iter().flatten() {
            write!(f, "\n@ {} ({} bytes)", text(&file["filename"]), file["size"])?;
        }
        Ok(())
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
