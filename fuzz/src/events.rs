//! Any lines in the place of an exported log.
//!
//! Each is read as what was written, or refused; what folds can be shown, and is verified or named.

use landlord_core::card;
use landlord_core::chain::{ChainedEvent, Head, Verifier, link};
use landlord_core::event::Recorded;
use landlord_core::operation::Operation;

/// Takes one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut verifier = Verifier::default();
    let mut taken: Vec<ChainedEvent> = Vec::new();
    let mut whole = true;
    let mut read: Vec<Recorded> = Vec::new();
    for line in text.lines() {
        let Ok(event) = serde_json::from_str::<ChainedEvent>(line) else { continue };
        whole = whole && verifier.take(&event).is_ok();
        if let Ok(recorded) = event.recorded() {
            written_again(&recorded);
            read.push(recorded);
        }
        taken.push(event);
    }
    if let Some(last) = taken.last().filter(|_| whole) {
        let position = taken.len() as u64;
        assert_eq!(verifier.finish(&Head { position, ..last.head() }), Ok(position));
    }
    if let Ok(operation) = Operation::fold(&read) {
        shown(&operation, &read);
    }
}

/// What was read is written as what is read again.
fn written_again(recorded: &Recorded) {
    let Ok(again) = link(&Head::default(), recorded) else { return };
    let again = again.recorded().expect("what the bot writes can be read");
    assert_eq!((&again.event, again.at), (&recorded.event, recorded.at));
}

fn shown(operation: &Operation, events: &[Recorded]) {
    for text in [card::title(operation), card::status(operation), card::thread_name(operation)] {
        assert!(!text.is_empty());
    }
    assert_eq!(card::operation(operation), card::operation(operation).fit());
    assert_eq!(card::list_of(operation, 0), card::list_of(operation, 0).fit());
    card::filed(operation);
    card::certificate(operation, events.last().expect("a fold has events"), None);
    for event in events {
        card::line(operation, event);
    }
    for details in &operation.plan.tenants {
        card::notice_mail(&operation.plan, details, operation.filed_at);
        card::farewell_mail(&operation.plan, details);
    }
}
