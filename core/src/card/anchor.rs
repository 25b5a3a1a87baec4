//! The line by which the log is anchored in the chat.

use crate::chain::Anchor;

/// What is posted of a day's head, with the command that takes it.
pub fn anchor(anchor: &Anchor) -> String {
    let Anchor { day, position, hash } = anchor;
    format!(
        "Log head of {day}: event {position}, hash `{hash}`\n\
         `landlord audit verify --config landlord.toml --anchor {position}:{hash}` checks the log against it."
    )
}
