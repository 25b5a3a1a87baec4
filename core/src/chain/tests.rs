//! The chain: hashes that any other reader of the log would come to, and every way of tampering found.

use super::*;
use crate::contract::store::samples::{BEGINNING, every_event};

/// Two operations whose events stand in turn: two dozen events, no two of one kind.
fn log() -> Vec<ChainedEvent> {
    let mut head = Head::default();
    let mut chained = |(n, event): (usize, Event)| {
        let operation = OperationId(if n % 2 == 0 { "aaaaaaaa" } else { "bbbbbbbb" }.into());
        let recorded = Recorded { operation, seq: n as u64 / 2 + 1, at: BEGINNING, event };
        let event = link(&head, &recorded).unwrap();
        head = event.head();
        event
    };
    every_event().into_iter().take(24).enumerate().map(&mut chained).collect()
}

fn head(log: &[ChainedEvent]) -> Head {
    log.last().unwrap().head()
}

/// What is wrong with a log that ended, when it was written, as `log()` does.
fn wrong(tampered: &[ChainedEvent]) -> String {
    verify(tampered, &head(&log())).unwrap_err().to_string()
}

#[test]
fn a_log_as_it_was_written_verifies() {
    let log = log();
    assert_eq!(verify(&log, &head(&log)), Ok(log.len() as u64));
    assert_eq!(verify(&[], &Head::default()), Ok(0));
    assert_eq!(log[0].previous, ORIGIN);
    assert_eq!(log[0].position, 1);
}

#[test]
fn an_event_comes_back_from_its_stored_form() {
    for (n, event) in every_event().into_iter().enumerate() {
        let recorded = Recorded { operation: OperationId("aaaaaaaa".into()), seq: n as u64 + 1, at: BEGINNING, event };
        assert_eq!(link(&Head::default(), &recorded).unwrap().recorded(), Ok(recorded));
    }
}

#[test]
fn a_hash_is_what_its_documentation_says() {
    let expired = Recorded { operation: OperationId("aaaaaaaa".into()), seq: 7, at: BEGINNING, event: Event::Expired };
    let body = r#"{"actor":"landlord","at":"2026-03-01T08:00:00.123456789Z","kind":"expired","operation":"aaaaaaaa","payload":null,"seq":7}"#;
    let hash = hex::encode(Sha256::digest(format!("{ORIGIN}{body}")));
    assert_eq!(link(&Head::default(), &expired).unwrap().hash, hash);
}

#[test]
fn an_exported_line_has_the_promised_fields_and_verifies_when_read_back() {
    let lines: Vec<String> = log().iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let first: Value = serde_json::from_str(&lines[0]).unwrap();
    let fields: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["operation", "seq", "at", "actor", "kind", "payload", "previous", "hash"]);

    let read: Vec<ChainedEvent> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(verify(&read, &head(&log())), Ok(read.len() as u64));
}

#[test]
fn keys_have_one_order_however_they_were_written() {
    let one: Value = serde_json::from_str(r#"{"b": {"y": 1, "x": [ {"n": 1, "m": "é\u0000"} ]}, "a": null}"#).unwrap();
    assert_eq!(canonical(&one), "{\"a\":null,\"b\":{\"x\":[{\"m\":\"é\\u0000\",\"n\":1}],\"y\":1}}");
}

#[test]
fn every_changed_field_of_every_event_is_found_and_named() {
    let changes: [fn(&mut ChainedEvent); 5] = [
        |event| event.at = "2026-03-01T08:00:01Z".into(),
        |event| event.actor = "somebody else".into(),
        |event| event.kind.push('x'),
        |event| event.payload = serde_json::json!({ "person": "somebody else" }),
        |event| event.hash = ORIGIN.into(),
    ];
    for n in 0..log().len() {
        for change in changes {
            let mut tampered = log();
            change(&mut tampered[n]);
            let named = format!("event {} of operation {} was changed", tampered[n].seq, tampered[n].operation);
            assert!(wrong(&tampered).starts_with(&named), "{}", wrong(&tampered));
        }
    }
}

#[test]
fn a_change_that_brings_its_own_hash_along_shows_at_the_next_event() {
    let mut tampered = log();
    tampered[4].actor = "somebody else".into();
    tampered[4].hash = tampered[4].computed_hash();
    let found = wrong(&tampered);
    assert!(
        found.starts_with("event 3 of operation bbbbbbbb does not follow event 3 of operation aaaaaaaa"),
        "{found}"
    );

    let mut last = log();
    let end = last.last_mut().unwrap();
    end.actor = "somebody else".into();
    end.hash = end.computed_hash();
    assert!(wrong(&last).ends_with("it was added or changed"), "{}", wrong(&last));
}

#[test]
fn a_removed_event_is_found_wherever_it_stood() {
    for n in 0..log().len() {
        let mut tampered = log();
        tampered.remove(n);
        verify(&tampered, &head(&log())).expect_err("removed");
    }
    let mut tampered = log();
    tampered.remove(2);
    let found = wrong(&tampered);
    assert!(
        found.starts_with("event 2 of operation bbbbbbbb does not follow event 1 of operation bbbbbbbb"),
        "{found}"
    );

    let mut shorter = log();
    shorter.truncate(22);
    let found = wrong(&shorter);
    assert_eq!(
        found,
        "event 12 of operation bbbbbbbb should be the last, but the log ends with event 11 of operation bbbbbbbb: 2 missing"
    );
    assert_eq!(
        wrong(&[]),
        "event 12 of operation bbbbbbbb should be the last, but the log ends with the beginning: 24 missing"
    );
}

#[test]
fn swapped_events_are_found() {
    for n in 1..log().len() {
        let mut tampered = log();
        tampered.swap(n - 1, n);
        verify(&tampered, &head(&log())).expect_err("swapped");
    }
    let mut tampered = log();
    tampered.swap(2, 4);
    assert_eq!(wrong(&tampered), "event 3 of operation aaaaaaaa stands where event 2 of that operation should be");
}

#[test]
fn an_added_event_is_found_even_at_the_end_and_rightly_linked() {
    let forged = |after: &Head, seq: u64| {
        let operation = OperationId("aaaaaaaa".into());
        link(after, &Recorded { operation, seq, at: BEGINNING, event: Event::Expired }).unwrap()
    };
    let mut tampered = log();
    tampered.push(forged(&head(&log()), 13));
    assert!(
        wrong(&tampered).starts_with("event 13 of operation aaaaaaaa is the last, but not"),
        "{}",
        wrong(&tampered)
    );

    let mut inside = log();
    inside.insert(4, forged(&log()[3].head(), 3));
    assert_eq!(wrong(&inside), "event 3 of operation aaaaaaaa stands where event 4 of that operation should be");
}

#[test]
fn what_is_no_event_is_said_to_be_none() {
    let mut event = log().remove(0);
    event.kind = "unheard-of".into();
    assert!(event.recorded().unwrap_err().to_string().starts_with("event 1 of operation aaaaaaaa: unknown variant"));
    let mut event = log().remove(0);
    event.at = "yesterday".into();
    event.recorded().expect_err("no time");
}
