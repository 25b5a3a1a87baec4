//! Cards: what people see of an operation. All text that people read is made in this room.

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
