//! Cards: what people see of an operation. All text that people read is made in this room.

mod answers;
mod mail;
mod operation;
pub mod text;
mod thread;

pub use answers::{PAGE, filed, operation_list, tenant, tenant_list};
pub use mail::access_mail;
pub use operation::{operation, status, thread_name, title};
pub use thread::line;

/// The colour of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do, nothing wrong.
    Neutral,
    /// Somebody must do something.
    Attention,
    /// Work is going on.
    Busy,
    /// Done.
    Good,
    /// Failed, refused, or needs a decision.
    Bad,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// The expected choice.
    Primary,
    /// Another choice.
    Secondary,
    /// A choice that changes or removes something.
    Danger,
}

/// A button. Pressing it reaches the desk as its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// How it looks.
    pub style: ButtonStyle,
    /// What the desk is told, at most 100 characters.
    pub id: String,
    /// Whether it can be pressed.
    pub enabled: bool,
}

/// A titled part of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its title, at most 256 characters.
    pub name: String,
    /// Its text, at most 1,024 characters.
    pub value: String,
    /// Whether it may stand beside others.
    pub inline: bool,
}

/// A card. Fits the chat's limits by construction: see [`Card::fit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The headline, at most 256 characters.
    pub title: String,
    /// The colour.
    pub tone: Tone,
    /// The text, at most 4,096 characters.
    pub body: String,
    /// The titled parts, at most 25.
    pub fields: Vec<Field>,
    /// The small print, at most 2,048 characters.
    pub footer: String,
    /// The buttons, at most 25.
    pub buttons: Vec<Button>,
}

/// All the text of a card together (a limit of Discord).
const ALL_TEXT: usize = 6_000;

impl Card {
    /// A card of one line.
    pub fn note(tone: Tone, title: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            tone,
            body: body.into(),
            fields: Vec::new(),
            footer: String::new(),
            buttons: Vec::new(),
        }
        .fit()
    }

    /// Shortens whatever is longer than the chat takes, counted in characters as Discord counts. Of what does not fit all
    /// together, body and fields get half of the room each at least.
    #[must_use]
    pub fn fit(mut self) -> Self {
        self.title = text::shorten(said(&self.title), 256);
        self.footer = text::shorten(&self.footer, 2_048);
        for field in &mut self.fields {
            field.name = text::shorten(said(&field.name), 256);
            field.value = text::shorten(said(&field.value), 1_024);
        }
        self.fields.truncate(25);
        let room = ALL_TEXT - length(&self.title) - length(&self.footer);
        let fields: usize = self.fields.iter().map(|field| length(&field.name) + length(&field.value)).sum();
        self.body = text::shorten(&self.body, 4_096.min(room - fields.min(room / 2)));
        let mut room = room - length(&self.body);
        self.fields.retain_mut(|field| {
            field.value = text::shorten(&field.value, room.saturating_sub(length(&field.name)));
            let fits = !field.value.is_empty();
            room -= if fits { length(&field.name) + length(&field.value) } else { 0 };
            fits
        });
        let mut ids = std::collections::BTreeSet::new();
        self.buttons.retain(|button| (1..=100).contains(&length(&button.id)) && ids.insert(button.id.clone()));
        self.buttons.truncate(25);
        self
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A dash where there is nothing to read, which the chat refuses.
fn said(text: &str) -> &str {
    if text.trim().is_empty() { "–" } else { text }
}
