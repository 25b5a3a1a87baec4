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
            let named = format!(
                "event {} of operation {}, at position {}, was changed",
                tampered[n].seq,
                tampered[n].operation,
                n + 1
            );
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
        found
            .starts_with("event 3 of operation bbbbbbbb, at position 6, does not follow event 3 of operation aaaaaaaa"),
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
        found
            .starts_with("event 2 of operation bbbbbbbb, at position 4, does not follow event 1 of operation bbbbbbbb"),
        "{found}"
    );

    let mut shorter = log();
    shorter.truncate(22);
    let found = wrong(&shorter);
    assert_eq!(
        found,
        "event 12 of operation bbbbbbbb, at position 24, should be the last, but the log ends with event 11 of operation bbbbbbbb, at position 22: 2 missing"
    );
    assert_eq!(
        wrong(&[]),
        "event 12 of operation bbbbbbbb, at position 24, should be the last, but the log ends with the beginning: 24 missing"
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
    assert_eq!(
        wrong(&tampered),
        "event 3 of operation aaaaaaaa, at position 5, stands where event 2 of that operation should be"
    );
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
        wrong(&tampered).starts_with("event 13 of operation aaaaaaaa, at position 25, is the last, but not"),
        "{}",
        wrong(&tampered)
    );

    let mut inside = log();
    inside.insert(4, forged(&log()[3].head(), 3));
    assert_eq!(
        wrong(&inside),
        "event 3 of operation aaaaaaaa, at position 6, stands where event 4 of that operation should be"
    );
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

fn witness(position: u64, hash: &str) -> Witness {
    format!("{position}:{hash}").parse().unwrap()
}

/// What witnesses say of a log that is taken for whole.
fn held_against(log: &[ChainedEvent], witnesses: impl IntoIterator<Item = Witness>) -> Result<u64, String> {
    let mut verifier = Verifier::against(witnesses);
    log.iter().try_for_each(|event| verifier.take(event)).map_err(|broken| broken.to_string())?;
    verifier.finish(&log.last().map(ChainedEvent::head).unwrap_or_default()).map_err(|broken| broken.to_string())
}

/// The log with another event in a place, and everything from there on linked anew.
fn rewritten(from: usize) -> Vec<ChainedEvent> {
    let mut log = log();
    log[from].actor = "somebody else".into();
    for n in from..log.len() {
        log[n].previous = n.checked_sub(1).map_or(ORIGIN.into(), |before| log[before].hash.clone());
        log[n].hash = log[n].computed_hash();
    }
    log
}

#[test]
fn a_log_agrees_with_witnesses_of_any_place_in_any_order() {
    let log = log();
    for n in 0..log.len() {
        let all = [&log[23], &log[n], &log[0]].map(|event| witness(event.position, &event.hash));
        assert_eq!(held_against(&log, all), Ok(24));
    }
}

#[test]
fn what_is_written_anew_with_right_hashes_is_found_by_a_witness_from_then_on() {
    let log = log();
    let known = [3, 9, 20].map(|n| witness(log[n].position, &log[n].hash));
    for from in 0..24 {
        let tampered = rewritten(from);
        assert_eq!(verify(&tampered, &head(&tampered)), Ok(24), "the chain alone holds");
        let found = held_against(&tampered, known.clone());
        let (event, since) = match from {
            0..4 => ("event 2 of operation bbbbbbbb, at position 4,", "that event or one before it was"),
            4..10 => ("event 5 of operation bbbbbbbb, at position 10,", "that event or one after position 4 was"),
            10..21 => ("event 11 of operation aaaaaaaa, at position 21,", "that event or one after position 10 was"),
            _ => {
                assert_eq!(found, Ok(24), "nobody knows of the events after 21");
                continue;
            }
        };
        let found = found.unwrap_err();
        assert!(found.starts_with(event) && found.contains(since), "{found}");
    }
}

#[test]
fn an_end_that_is_cut_off_with_its_head_is_found_by_a_witness() {
    let log = log();
    let known = witness(20, &log[19].hash);
    for length in 0..24 {
        assert_eq!(
            verify(&log[..length], &log[..length].last().map(ChainedEvent::head).unwrap_or_default()),
            Ok(length as u64)
        );
        let found = held_against(&log[..length], [known.clone()]);
        if length >= 20 {
            assert_eq!(found, Ok(length as u64));
            continue;
        }
        let end = match length {
            0 => "the beginning".to_owned(),
            _ => format!(
                "event {} of operation {}, at position {length}",
                log[length - 1].seq,
                log[length - 1].operation
            ),
        };
        let missing =
            "the event at position 20 is missing: the anchor given for position 20 has it, and the log ends with";
        assert_eq!(found, Err(format!("{missing} {end}")));
    }
}

#[test]
fn an_event_that_says_another_place_than_it_stands_in_is_found() {
    let mut tampered = log();
    tampered[23].position = 30;
    assert_eq!(wrong(&tampered), "event 12 of operation bbbbbbbb, at position 30, was moved: its place is 24");
}

#[test]
fn a_witness_is_read_as_it_is_posted_or_refused_with_a_reason() {
    let hash = log()[0].hash.clone();
    let anchor = Anchor { day: time::macros::date!(2026 - 11 - 21), position: 1234, hash: hash.clone() };
    assert_eq!(Witness::from(&anchor).to_string(), "the head posted for 2026-11-21");
    let line = crate::card::anchor(&anchor);
    let posted = line.split("--anchor ").nth(1).unwrap().split('`').next().unwrap();
    let read: Witness = posted.parse().unwrap();
    assert_eq!((read.position, &read.hash), (1234, &hash));
    assert_eq!(format!(" 1234:{} ", hash.to_uppercase()).parse::<Witness>(), Ok(read));

    let refused = [
        (hash.clone(), "no colon"),
        (format!("0:{hash}"), "whole number from 1"),
        (format!("1,234:{hash}"), "whole number from 1"),
        (format!("-1:{hash}"), "whole number from 1"),
        (format!("18446744073709551616:{hash}"), "whole number from 1"),
        (format!("1:{}", &hash[1..]), "64 hexadecimal digits"),
        (format!("1:{}x", &hash[1..]), "64 hexadecimal digits"),
        (format!("1:{}é", &hash[2..]), "64 hexadecimal digits"),
    ];
    for (text, why) in refused {
        let error = text.parse::<Witness>().unwrap_err().to_string();
        assert!(error.starts_with("an anchor is POSITION:HASH") && error.contains(why), "{text}: {error}");
    }
}
