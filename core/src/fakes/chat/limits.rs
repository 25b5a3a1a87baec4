//! What Discord refuses to show.

use std::collections::BTreeSet;

use crate::card::{Card, File};
use crate::ports::ChatError;

fn within(what: &str, text: &str, least: usize, most: usize) -> Result<(), ChatError> {
    let length = text.chars().count();
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(ChatError::Permanent(format!("Invalid Form Body: {what} has {length} characters, not {least} to {most}")))
}

/// Discord's limits of an embed and its buttons.
pub(super) fn card(card: &Card) -> Result<(), ChatError> {
    within("the title", &card.title, 1, 256)?;
    within("the body", &card.body, 0, 4_096)?;
    within("the footer", &card.footer, 0, 2_048)?;
    let mut all = card.title.chars().count() + card.body.chars().count() + card.footer.chars().count();
    for field in &card.fields {
        within("a field's name", &field.name, 1, 256)?;
        within("a field's value", &field.value, 1, 1_024)?;
        all += field.name.chars().count() + field.value.chars().count();
    }
    let mut ids = BTreeSet::new();
    for button in &card.buttons {
        within("a button's id", &button.id, 1, 100)?;
        within("a button's label", &button.label, 1, 80)?;
        if !ids.insert(&button.id) {
            return Err(ChatError::Permanent(format!("Invalid Form Body: two buttons have the id {}", button.id)));
        }
    }
    let rows = card.buttons.len().div_ceil(5) + usize::from(card.menu.is_some());
    if let Some(menu) = &card.menu {
        within("the menu's id", &menu.id, 1, 100)?;
        within("the menu's placeholder", &menu.placeholder, 0, 150)?;
        let mut values = BTreeSet::new();
        for (label, value) in &menu.choices {
            within("a choice's label", label, 1, 100)?;
            within("a choice's value", value, 1, 100)?;
            if !values.insert(value) {
                return Err(ChatError::Permanent(format!("Invalid Form Body: two choices have the value {value}")));
            }
        }
        if !(1..=25).contains(&values.len()) {
            return Err(ChatError::Permanent("Invalid Form Body: a menu has 1 to 25 choices".into()));
        }
    }
    if card.fields.len() > 25 || rows > 5 || all > 6_000 {
        return Err(ChatError::Permanent("Invalid Form Body: the card is too large".into()));
    }
    Ok(())
}

/// Discord's limit of files, which leaves room for a text that is too long.
pub(super) fn files(files: &[File]) -> Result<(), ChatError> {
    match files.iter().find(|file| file.name.is_empty()) {
        Some(_) => Err(ChatError::Permanent("Invalid Form Body: a file has no name".into())),
        None if files.len() > 9 => Err(ChatError::Permanent("Invalid Form Body: too many files".into())),
        None => Ok(()),
    }
}

/// Discord's limit of a nonce.
pub(super) fn nonce(nonce: &str) -> Result<(), ChatError> {
    within("the nonce", nonce, 1, 25)
}

/// Discord's limit of a thread's name.
pub(super) fn thread_name(name: &str) -> Result<(), ChatError> {
    within("the thread's name", name, 1, 100)
}
