//! What people see, and what must be so of it: it fits the chat, nothing in it is invisible, and what strangers wrote in it is
//! marked up so that it means nothing. Nothing is made here.

use landlord_core::card::{Card, Form, text};

/// What the text of a stranger begins with, so that it is found again wherever it is shown.
pub(crate) const MARK: &str = "Zq";

/// Whether nobody sees this character, or it changes how others are seen. A new line is seen.
pub(crate) fn unseen(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The text can be posted, and what was marked in it stands there as it was made harmless, or cut off.
#[track_caller]
pub(crate) fn harmless(shown: &str, strangers: &[String]) {
    assert!(!shown.chars().any(unseen), "unseen characters are shown: {shown:?}");
    for (at, _) in shown.match_indices(MARK) {
        let rest = &shown[at..];
        let stands = strangers.iter().any(|text| begins(rest, &text::plain(text)));
        assert!(stands, "a stranger's text is shown as it came: {rest:?}\nof {strangers:?}");
    }
}

/// Whether `rest` begins with the text, or with its beginning and an ellipsis.
fn begins(rest: &str, text: &str) -> bool {
    let same = rest.chars().zip(text.chars()).take_while(|(a, b)| a == b).count();
    same == text.chars().count() || rest.chars().nth(same) == Some('…')
}

/// A card that the chat takes, with nothing in it that means anything it should not.
#[track_caller]
pub(crate) fn card(card: &Card, strangers: &[String]) {
    assert_eq!(card.clone().fit(), *card, "the card does not fit the chat");
    harmless(&card.title, strangers);
    harmless(&card.body, strangers);
    harmless(&card.footer, strangers);
    for field in &card.fields {
        harmless(&field.name, strangers);
        harmless(&field.value, strangers);
    }
    let labels = card.buttons.iter().map(|button| &button.label);
    let choices = card.menu.iter().flat_map(|menu| menu.choices.iter().map(|(label, _)| label));
    for label in labels.chain(choices) {
        assert!(!label.chars().any(unseen), "unseen characters on {label:?}");
    }
}

/// A form that the chat takes (Discord: a title of 45, ids of 100 characters).
#[track_caller]
pub(crate) fn form(form: &Form) {
    assert_eq!(form.clone().fit(), *form, "the form does not fit the chat");
    assert!((1..=100).contains(&form.id.chars().count()), "{:?} is too long to come back", form.id);
    assert!(!form.title.chars().any(unseen), "unseen characters on {:?}", form.title);
}
