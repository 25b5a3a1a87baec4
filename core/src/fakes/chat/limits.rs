//! What Discord refuses to show.

use std::collections::BTreeSet;

use crate::card::Card;
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
    if card.fields.len() > 25 || card.buttons.len() > 25 || all > 6_000 {
        return Err(ChatError::Permanent("Invalid Form Body: the card is too large".into()));
    }
    Ok(())
}

/// Discord's limit of a nonce.
pub(super) fn nonce(nonce: &str) -> Result<(), ChatError> {
    within("the nonce", nonce, 1, 25)
}

/// Discord's limit of a thread's name.
pub(super) fn thread_name(name: &str) -> Result<(), ChatError> {
    within("the thread's name", name, 1, 100)
}
