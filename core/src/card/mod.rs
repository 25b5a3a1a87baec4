//! Cards: what people see of an operation. All text that people read is made in this room.

mod adoption;
mod alert;
mod alert_chart;
mod alert_texts;
mod alert_thread;
mod anchor;
mod answers;
mod audit;
mod audit_files;
mod buttons;
mod certificate;
mod change;
pub mod chart;
mod checklist;
mod deletion;
mod diagnosis;
mod emergency;
mod form;
mod handbook;
mod help;
mod mail;
mod manual;
mod monitor;
mod operation;
mod orphans;
mod revisions;
pub mod text;
mod thread;
mod usage;
mod uses;
mod work;

pub use alert::{Around, LAST, incident, incident_list, incident_thread_name, incident_title};
pub use alert_chart::{metric_picture, use_picture};
pub use alert_texts::{alert_mail, kept_logs, page_summary, record, record_file, slack_text};
pub use alert_thread::incident_lines;
pub use anchor::anchor;
pub use answers::{PAGE, filed, operation_list, tenant, tenant_list};
pub use audit::{AuditPages, audit_of};
pub use audit_files::audit_files;
pub(crate) use buttons::{held_step, owes_notice};
pub use certificate::certificate;
pub use deletion::list_of;
pub use diagnosis::{advised, diagnosis};
pub use form::{Form, Input, QUESTION_MAX};
pub use handbook::handbook;
pub use help::{help, help_of};
pub use mail::{access_mail, farewell_mail, incident_mail, notice_mail};
pub use monitor::{Count, failed_provisionings, monitor_alert_sum, monitor_report, monitor_trouble, weekly_audit};
pub use operation::{operation, status, thread_name, title, undone};
pub use orphans::{OrphanRow, orphan, orphan_list};
pub use revisions::{revision_label, revision_menu, revisions};
pub use thread::{away, line};
pub(crate) use uses::used;

/// The colour of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to do, nothing wrong.
    #[default]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonStyle {
    /// The expected choice.
    Primary,
    /// A choice by which something goes well.
    Success,
    /// Another choice.
    #[default]
    Secondary,
    /// A choice that changes or removes something.
    Danger,
}

/// A button. Pressing it reaches the desk as its id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Button {
    /// What it says, at most 80 characters.
    pub label: String,
    /// The emoji before it.
    pub emoji: Option<&'static str>,
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

/// A list of which a person chooses one. Choosing reaches the desk as a press of `{id}:{value}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Menu {
    /// What the desk is told before the colon, 1 to 100 characters.
    pub id: String,
    /// What stands there until something is chosen, at most 150 characters.
    pub placeholder: String,
    /// What can be chosen, 1 to 25: label and value, both at most 100 characters; no value twice.
    pub choices: Vec<(String, String)>,
}

/// A file that stands beside a card or a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    /// Its name, with which people save it.
    pub name: String,
    /// What is in it, at most 8 MiB; the chat says so instead of showing a larger one.
    pub bytes: Vec<u8>,
    /// Its type, such as `application/json`.
    pub media_type: &'static str,
}

/// A card. Fits the chat's limits by construction: see [`Card::fit`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// The buttons, at most 25, or 20 where there is a menu.
    pub buttons: Vec<Button>,
    /// The menu below the buttons.
    pub menu: Option<Menu>,
    /// The files beside it, at most 9; a picture among them is shown in the card. They are posted with the card and stay as they
    /// were posted: an edit sends none.
    pub files: Vec<File>,
}

/// All the text of a card together (a limit of Discord).
const ALL_TEXT: usize = 6_000;

impl Card {
    /// A card of one line.
    pub fn note(tone: Tone, title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { title: title.into(), tone, body: body.into(), ..Self::default() }.fit()
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
        for button in &mut self.buttons {
            button.label = text::shorten(said(&button.label), 80);
        }
        self.menu = self.menu.and_then(Menu::fit);
        self.buttons.truncate(if self.menu.is_some() { 20 } else { 25 });
        self
    }
}

impl Menu {
    /// Shortens what is too long and leaves out what cannot be chosen; none where nothing is left.
    fn fit(mut self) -> Option<Self> {
        let mut values = std::collections::BTreeSet::new();
        self.choices.retain(|(_, value)| (1..=100).contains(&length(value)) && values.insert(value.clone()));
        self.choices.truncate(25);
        for (label, _) in &mut self.choices {
            *label = text::shorten(said(label), 100);
        }
        self.placeholder = text::shorten(&self.placeholder, 150);
        ((1..=100).contains(&length(&self.id)) && !self.choices.is_empty()).then_some(self)
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A dash where there is nothing to read, which the chat refuses.
fn said(text: &str) -> &str {
    if text.trim().is_empty() { "–" } else { text }
}
