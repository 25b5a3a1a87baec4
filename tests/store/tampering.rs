//! A long log, tampered with in every way: `audit verify` finds each, and names the event or the next.

use landlord::audit;
use landlord_core::chain::{self, ChainedEvent, Head, Witness};
use landlord_core::event::Event;
use sqlx::AssertSqlSafe;

use crate::shared::World;
use crate::written::{ANCHORED, Written, linked_anew, name, numbered, witness};

/// A change of one column; the text is a hash that is none of the log's.
type Change = fn(&mut ChainedEvent, &str);

/// Nothing was touched: the log, its anchors and what was posted agree; so does the export, by the chain alone.
pub(crate) async fn a_long_log_verifies_and_its_export_by_the_chain_alone(world: World) {
    let written = Written::by(world).await;
    let head = written.head();
    let posted: Vec<Witness> = written.log.iter().map(witness).collect();
    let (count, anchors) = (written.log.len(), written.log.len() + ANCHORED.len());
    let line = format!("intact: {count} events, head {}, anchors: {anchors}", head.hash);
    assert_eq!(written.verify(&posted).await, (true, line));

    let mut lines = Vec::new();
    assert_eq!(audit::export(&written.world.url, &mut lines).await.unwrap(), count as u64);
    let lines = String::from_utf8(lines).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let fields: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["operation", "seq", "at", "actor", "kind", "payload", "previous", "hash"]);
    let mut exported: Vec<ChainedEvent> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(chain::verify(&exported, &head), Ok(count as u64));
    exported[100].actor.push('!');
    assert!(chain::verify(&exported, &head).unwrap_err().to_string().starts_with(&name(&written.log[100])));
}

/// Column by column: the event itself is named, or the one that cannot stand where it stands any more.
pub(crate) async fn every_changed_column_is_found_and_named(world: World) {
    let written = Written::by(world).await;
    let other = chain::ORIGIN.replace('0', "f");
    for n in written.places() {
        let changes: [(Change, &str); 8] = [
            (|event, _| event.operation.0 = "zzzzzzzz".into(), ""),
            (|event, _| event.seq += 1000, "should be"),
            (|event, _| event.at = "2026-03-01T08:00:00.5Z".into(), "was changed"),
            (|event, _| event.actor.push('x'), "was changed"),
            (|event, _| event.kind = "expired-not".into(), "was changed"),
            (|event, _| event.payload = serde_json::json!({ "person": "somebody else" }), "was changed"),
            (|event, other| event.previous = other.into(), "does not follow"),
            (|event, other| event.hash = other.into(), "was changed"),
        ];
        for (change, why) in changes {
            let mut log = written.copy();
            change(&mut log[n], &other);
            written.is_named(&log, &log[n], why).await;
        }

        // Its position: it goes to the end, and what came after it follows nothing.
        let mut log = written.copy();
        log[n].position = 100_000;
        let named = log.get(n + 1).unwrap_or(&log[n]).clone();
        written.is_named(&log, &named, "").await;

        // The bot writes one form of JSON, so another is not what it wrote, though it says the same.
        written.holds(&written.log, &written.head()).await;
        let blank = format!("UPDATE events SET payload = payload || ' ' WHERE position = {}", n + 1);
        sqlx::query(AssertSqlSafe(blank)).execute(&written.world.raw).await.unwrap();
        let (intact, line) = written.verify(&[]).await;
        assert!(!intact && line.starts_with(&format!("broken: {}was changed", name(&written.log[n]))), "{line}");
    }
    written.holds(&written.log, &written.head()).await;
    assert!(written.verify(&[]).await.0, "as it was");
}

/// Even where it brings its own right hash along: the next one follows something else. Where it was anchored, it is named itself.
pub(crate) async fn a_change_with_its_own_right_hash_is_found_at_the_next_event(world: World) {
    let written = Written::by(world).await;
    for n in written.places() {
        let mut log = written.copy();
        log[n].actor = "somebody else".into();
        log[n].hash = log[n].computed_hash();
        let (named, why) = match log.get(n + 1) {
            _ if ANCHORED.contains(&(n + 1)) => (&log[n], "has not the hash of the head posted"),
            Some(next) => (next, "does not follow"),
            None => (&log[n], "is the last, but not the one that was written last"),
        };
        written.is_named(&log, named, why).await;
    }
}

/// Whether or not the gap is closed.
pub(crate) async fn every_removed_event_is_found_and_the_next_named(world: World) {
    let written = Written::by(world).await;
    for n in written.places() {
        let mut log = written.copy();
        let removed = log.remove(n);
        for closed in [false, true] {
            if closed {
                numbered(&mut log);
            }
            match log.get(n) {
                Some(next) => written.is_named(&log, next, "").await,
                None => written.is_named(&log, &removed, "1 missing").await,
            }
        }
    }
    written.is_named(&[], written.log.last().unwrap(), "the log ends with the beginning").await;
}

/// Though it be rightly linked to the one before it.
pub(crate) async fn every_added_event_is_found_and_named_or_the_next(world: World) {
    let written = Written::by(world).await;
    for n in written.places() {
        let mut log = written.copy();
        let mut forged = log[n].clone();
        let of_operation = |event: &&ChainedEvent| event.operation == forged.operation;
        forged.seq = log[..=n].iter().filter(of_operation).count() as u64 + 1;
        let (kind, actor) = (Event::Expired.kind(), Event::Expired.actor());
        (forged.kind, forged.actor, forged.payload) = (kind.into(), actor, serde_json::Value::Null);
        // The place in its operation is taken by an event that moves up by one, with all that follow it there.
        for event in log.iter_mut().skip(n + 1).filter(|event| event.operation == forged.operation) {
            event.seq += 1;
        }
        log.insert(n + 1, forged);
        numbered(&mut log);
        let before = log[n].hash.clone();
        log[n + 1].previous = before;
        log[n + 1].hash = log[n + 1].computed_hash();
        let (named, why) = match log.get(n + 2) {
            Some(next) => (next, "does not follow"),
            None => (&log[n + 1], "is the last, but not the one that was written last"),
        };
        written.is_named(&log, named, why).await;
    }
}

/// Neighbours, and those that stand far apart: the first that stands in another's place is named.
pub(crate) async fn exchanged_events_are_found_and_named(world: World) {
    let written = Written::by(world).await;
    for n in written.places() {
        let far = (n + 97) % written.log.len();
        for (a, b) in [(n, (n + 1) % written.log.len()), (n, far)].map(|(a, b)| (a.min(b), a.max(b))) {
            let mut log = written.copy();
            log.swap(a, b);
            numbered(&mut log);
            written.is_named(&log, &log[a], "").await;
        }
    }
}

/// Whoever writes everything anew from an event on, hashes and head too, has a chain that holds. The first anchor from there
/// on names its event, and says since where it was agreed; after the last anchor nobody knows.
pub(crate) async fn a_tail_that_is_written_anew_is_found_by_anchors(world: World) {
    let written = Written::by(world).await;
    for n in [0, 30, 59, 60, 119, 150, 179, 180, written.log.len() - 1] {
        let mut log = written.copy();
        log[n].actor = "somebody else".into();
        linked_anew(&mut log, n);
        let head = log.last().unwrap().head();
        assert_eq!(chain::verify(&log, &head), Ok(log.len() as u64), "the chain alone holds");
        written.holds(&log, &head).await;
        let (intact, line) = written.verify(&[]).await;
        let Some(anchored) = ANCHORED.into_iter().position(|position| n < position) else {
            assert!(intact, "{line}");
            // But the channel has more.
            let (intact, line) = written.verify(&[witness(written.log.last().unwrap())]).await;
            assert!(
                !intact && line.starts_with(&format!("broken: {}has not the hash", name(log.last().unwrap()))),
                "{line}"
            );
            assert!(line.contains("after position 180 was written anew"), "{line}");
            continue;
        };
        let since = match anchored.checked_sub(1) {
            Some(before) => format!("one after position {} was written anew", ANCHORED[before]),
            None => "one before it was written anew".to_owned(),
        };
        let named = format!(
            "broken: {}has not the hash of the head posted for 2026-03-0{}: ",
            name(&log[ANCHORED[anchored] - 1]),
            anchored + 1
        );
        assert!(!intact && line.starts_with(&named) && line.contains(&since), "{line}\nnot {named}… {since}");
    }
}

/// An end that is cut off together with the row that says where the log ends leaves a shorter log that holds. The anchors know
/// better, and where they are removed too, only what was posted does.
pub(crate) async fn an_end_that_is_cut_off_with_its_head_is_found_by_anchors_only(world: World) {
    let written = Written::by(world).await;
    let posted = ANCHORED.map(|position| witness(&written.log[position - 1]));
    for length in [0, 1, 59, 60, 130, 179, 180, 199] {
        let log = &written.log[..length];
        let head = log.last().map(ChainedEvent::head).unwrap_or_default();
        assert_eq!(chain::verify(log, &head), Ok(length as u64), "the chain alone holds");
        written.holds(log, &head).await;
        let missing = ANCHORED.into_iter().position(|position| position > length);
        let (intact, line) = written.verify(&[]).await;
        assert_eq!(intact, missing.is_none(), "{line}");
        if let Some(missing) = missing {
            let named = format!(
                "broken: the event at position {} is missing: the head posted for 2026-03-0{} has it, and the log ends with ",
                ANCHORED[missing],
                missing + 1
            );
            assert!(line.starts_with(&named), "{line}\nnot {named}");
        }
    }

    written.holds(&written.log[..130], &written.log[129].head()).await;
    written.world.tamper("DELETE FROM anchors WHERE position > 130").await;
    assert!(written.verify(&[]).await.0, "nothing in the database knows better");
    let (intact, line) = written.verify(&posted).await;
    let named = "broken: the event at position 180 is missing: the anchor given for position 180 has it, and the log ends with ";
    assert!(!intact && line.starts_with(named), "{line}");
}

/// The head is a row that can be tampered with like any.
pub(crate) async fn a_head_that_is_not_the_last_event_is_found(world: World) {
    let written = Written::by(world).await;
    let end = written.head();
    let heads = [
        (Head { position: end.position + 1, ..end.clone() }, "1 missing"),
        (Head { position: end.position - 1, ..end.clone() }, "is the last, but not the one that was written last"),
        (Head { operation: written.log[0].operation.clone(), seq: 999, ..end.clone() }, "is the last, but not"),
        (Head { hash: chain::ORIGIN.into(), ..end.clone() }, "is the last, but not"),
    ];
    for (head, why) in heads {
        written.holds(&written.log, &head).await;
        let (intact, line) = written.verify(&[]).await;
        assert!(!intact && line.contains(why), "{line}");
    }
    written.world.tamper("DELETE FROM head").await;
    let gone = audit::verify(&written.world.url, &[]).await.unwrap_err().to_string();
    assert!(gone.contains("the row that says where the log ends is gone"), "{gone}");
}

/// Makes a test of each promise of this module. `$world` is an async function that answers an empty [`World`].
macro_rules! tampering_promises {
    ($world:path: $($case:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::tampering::$case($world().await).await;
            }
        )+
    };
    ($world:path) => {
        crate::tampering::tampering_promises! { $world:
            a_long_log_verifies_and_its_export_by_the_chain_alone,
            every_changed_column_is_found_and_named,
            a_change_with_its_own_right_hash_is_found_at_the_next_event,
            every_removed_event_is_found_and_the_next_named,
            every_added_event_is_found_and_named_or_the_next,
            exchanged_events_are_found_and_named,
            a_tail_that_is_written_anew_is_found_by_anchors,
            an_end_that_is_cut_off_with_its_head_is_found_by_anchors_only,
            a_head_that_is_not_the_last_event_is_found,
        }
    };
}
pub(crate) use tampering_promises;
