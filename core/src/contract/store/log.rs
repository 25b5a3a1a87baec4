//! What a store promises of the log and of locks.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::join_all;

use super::samples::{Writer, every_event, person};
use crate::chain::{self, Head};
use crate::event::Event;
use crate::operation::Operation;
use crate::plan::OperationId;
use crate::ports::{OperationFilter, Store, StoreError};
use crate::tenant::Environment;

/// The log of a filing is the filing, and folds to the same operation; what was never filed has none.
pub async fn a_filing_is_found_again(store: Arc<dyn Store>) {
    let writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file().await.expect("filed");
    let events = store.events(&writer.operation.id, 0).await.expect("events");
    assert_eq!(events, std::slice::from_ref(&writer.first));
    assert_eq!(Operation::fold(&events).expect("a log"), writer.operation);
    assert_eq!(store.events(&OperationId("unknown0".into()), 0).await, Ok(vec![]));
}

/// Tenant and environment are locked, and so is the host label, in whichever environment.
pub async fn a_filing_takes_its_locks_and_a_second_is_told_who_holds_them(store: Arc<dyn Store>) {
    let holder = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    holder.file().await.expect("filed");
    for key in ["dev/golden", "subdomain/golden"] {
        assert_eq!(store.holder(key).await, Ok(Some(holder.operation.id.clone())), "{key}");
    }
    assert_eq!(store.holder("sit/golden").await, Ok(None));

    let locked = |key: &str| Err(StoreError::Locked { key: key.into(), operation: holder.operation.id.clone() });
    let same = Writer::new(&store, "bbbbbbbb", "golden", Environment::Dev);
    assert_eq!(same.file().await, locked("dev/golden"));
    let elsewhere = Writer::new(&store, "cccccccc", "golden", Environment::Sit);
    assert_eq!(elsewhere.file().await, locked("subdomain/golden"));
    Writer::new(&store, "dddddddd", "silver", Environment::Dev).file().await.expect("another tenant");
}

/// Who may write is told so, before the first event and after it, and the chain goes on where it was.
pub async fn asking_whether_it_can_be_written_changes_nothing(store: Arc<dyn Store>) {
    store.writable().await.expect("an empty log can be written");
    let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file().await.expect("filed");
    let id = writer.operation.id.clone();
    let before = (store.events(&id, 0).await, store.hash(&id, 1).await);
    store.writable().await.expect("it can be written");
    assert_eq!((store.events(&id, 0).await, store.hash(&id, 1).await), before);
    writer.append(Event::Cancelled { person: person("operator") }).await.expect("the chain goes on");
}

/// Neither its event, nor its place in the lists, nor the locks that were free.
pub async fn a_refused_filing_leaves_nothing(store: Arc<dyn Store>) {
    Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev).file().await.expect("filed");
    let refused = Writer::new(&store, "bbbbbbbb", "golden", Environment::Sit);
    refused.file().await.expect_err("the host label is locked");
    assert_eq!(store.holder("sit/golden").await, Ok(None));
    assert_eq!(store.events(&refused.operation.id, 0).await, Ok(vec![]));
    let listed = store.operations(&OperationFilter::default(), 0, 10).await.expect("a list");
    assert_eq!((listed.total, listed.rows), (1, vec![OperationId("aaaaaaaa".into())]));
}

/// An id that is in use is a conflict, even where no lock stands in the way.
pub async fn an_operation_is_filed_once(store: Arc<dyn Store>) {
    Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev).file().await.expect("filed");
    let same_id = Writer::new(&store, "aaaaaaaa", "silver", Environment::Dev);
    assert_eq!(same_id.file().await, Err(StoreError::Conflict));
    assert_eq!(store.holder("dev/silver").await, Ok(None));
}

/// All others are told who got it.
pub async fn of_many_filings_at_once_one_gets_the_lock(store: Arc<dyn Store>) {
    let filings = (0..8).map(|n| {
        let writer = Writer::new(&store, &format!("aaaaaaa{n}"), "golden", Environment::Dev);
        tokio::spawn(async move { (writer.operation.id.clone(), writer.file().await) })
    });
    let answers: Vec<_> = join_all(filings).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    let winners: Vec<_> = answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(id, _)| id.clone()).collect();
    let [winner] = winners.as_slice() else { panic!("one gets it: {answers:?}") };
    let locked = Err(StoreError::Locked { key: "dev/golden".into(), operation: winner.clone() });
    assert_eq!(answers.iter().filter(|(_, answer)| *answer == locked).count(), 7, "{answers:?}");
    assert_eq!(store.holder("dev/golden").await, Ok(Some(winner.clone())));
    assert_eq!(store.operations(&OperationFilter::default(), 0, 10).await.expect("a list").total, 1);
}

/// And each operation's apart from the others'.
pub async fn events_come_back_in_their_order(store: Arc<dyn Store>) {
    let mut golden = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    let mut silver = Writer::new(&store, "bbbbbbbb", "silver", Environment::Dev);
    golden.file().await.expect("filed");
    silver.file().await.expect("filed");
    for n in 0..12 {
        golden.append(Event::CaughtUp { summary: format!("golden {n}") }).await.expect("appended");
        silver.append(Event::CaughtUp { summary: format!("silver {n}") }).await.expect("appended");
    }
    for writer in [golden, silver] {
        let events = store.events(&writer.operation.id, 0).await.expect("events");
        assert_eq!(events.iter().map(|recorded| recorded.seq).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
        assert_eq!(Operation::fold(&events).expect("a log"), writer.operation);
    }
}

/// So that who has read a log before reads only what is new.
pub async fn events_come_back_from_a_place_on(store: Arc<dyn Store>) {
    let mut golden = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    let mut silver = Writer::new(&store, "bbbbbbbb", "silver", Environment::Dev);
    golden.file().await.expect("filed");
    silver.file().await.expect("filed");
    for n in 0..11 {
        golden.append(Event::CaughtUp { summary: n.to_string() }).await.expect("appended");
        silver.append(Event::CaughtUp { summary: n.to_string() }).await.expect("appended");
    }
    let all = store.events(&golden.operation.id, 0).await.expect("events");
    assert_eq!(all.len(), 12);
    for after in 0..=12 {
        let rest = store.events(&golden.operation.id, after as u64).await.expect("events");
        assert_eq!(rest, all[after..], "after {after}");
    }
    for after in [13, i64::MAX.unsigned_abs(), u64::MAX] {
        assert_eq!(store.events(&golden.operation.id, after).await, Ok(vec![]), "after {after}");
    }
}

/// As the chain through the whole log has it, of whichever operation the event before was.
pub async fn each_event_has_its_hash(store: Arc<dyn Store>) {
    let golden = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    let silver = Writer::new(&store, "bbbbbbbb", "silver", Environment::Dev);
    golden.file().await.expect("filed");
    silver.file().await.expect("filed");
    let mut written = vec![golden.first.clone(), silver.first.clone()];
    let mut writers = [golden, silver];
    for turn in [0, 1, 0] {
        let writer = &mut writers[turn];
        let event = Event::CaughtUp { summary: "one more".into() };
        written.push(writer.next(event.clone()));
        writer.append(event).await.expect("appended");
    }
    let mut head = Head::default();
    for recorded in &written {
        let linked = chain::link(&head, recorded).expect("an event");
        let hash = store.hash(&recorded.operation, recorded.seq).await.expect("an answer");
        assert_eq!(hash.as_ref(), Some(&linked.hash), "event {} of {}", recorded.seq, recorded.operation);
        head = linked.head();
    }
    for (operation, seq) in [("aaaaaaaa", 0), ("aaaaaaaa", 4), ("aaaaaaaa", u64::MAX), ("unknown0", 1)] {
        assert_eq!(store.hash(&OperationId(operation.into()), seq).await, Ok(None), "event {seq} of {operation}");
    }
}

/// The late writer must read again; what it tried to say is nowhere.
pub async fn a_place_that_is_taken_is_a_conflict_and_nothing_changes(store: Arc<dyn Store>) {
    let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file().await.expect("filed");
    let mut late = writer.clone();
    writer.post_card("1").await.expect("appended");
    assert_eq!(late.append(Event::Expired).await, Err(StoreError::Conflict));

    let events = store.events(&writer.operation.id, 0).await.expect("events");
    assert_eq!(Operation::fold(&events).expect("a log"), writer.operation);
    let open = OperationFilter { open: true, ..OperationFilter::default() };
    assert_eq!(store.operations(&open, 0, 10).await.expect("a list").total, 1);
    assert!(store.holder("dev/golden").await.expect("an answer").is_some());
}

/// A writer that has lost events is no better than one that is late.
pub async fn a_place_that_leaves_a_gap_is_a_conflict(store: Arc<dyn Store>) {
    let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file().await.expect("filed");
    writer.operation.seq = 2;
    assert_eq!(writer.append(Event::Expired).await, Err(StoreError::Conflict));
    assert_eq!(store.events(&writer.operation.id, 0).await.expect("events").len(), 1);
}

/// A log begins with its filing.
pub async fn an_event_of_an_operation_that_was_never_filed_is_a_conflict(store: Arc<dyn Store>) {
    let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    assert_eq!(writer.append(Event::Expired).await, Err(StoreError::Conflict));
    assert_eq!(store.events(&writer.operation.id, 0).await, Ok(vec![]));
}

/// All others get a conflict.
pub async fn of_many_appends_at_once_one_gets_the_place(store: Arc<dyn Store>) {
    let writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file().await.expect("filed");
    let appends = (0..8).map(|n| {
        let mut writer = writer.clone();
        tokio::spawn(async move { writer.append(Event::CaughtUp { summary: format!("writer {n}") }).await })
    });
    let answers: Vec<_> = join_all(appends).await.into_iter().map(|answer| answer.expect("no panic")).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == Err(StoreError::Conflict)).count(), 7, "{answers:?}");
    let events = store.events(&writer.operation.id, 0).await.expect("events");
    assert_eq!(events.len(), 2);
    let won = answers.iter().position(Result::is_ok).expect("a winner");
    assert_eq!(events[1].event, Event::CaughtUp { summary: format!("writer {won}") });
}

/// Operations do not stand in each other's way.
pub async fn appends_of_many_operations_at_once_all_arrive(store: Arc<dyn Store>) {
    let writers = (0..6).map(|n| {
        let mut writer = Writer::new(&store, &format!("aaaaaaa{n}"), &format!("tenant-{n}"), Environment::Dev);
        tokio::spawn(async move {
            writer.file().await?;
            for k in 0..10 {
                writer.append(Event::CaughtUp { summary: k.to_string() }).await?;
            }
            Ok::<_, StoreError>(writer.operation)
        })
    });
    for answer in join_all(writers).await {
        let operation = answer.expect("no panic").expect("all arrive");
        let events = store.events(&operation.id, 0).await.expect("events");
        assert_eq!(Operation::fold(&events).expect("a log"), operation);
    }
}

/// They are free for others from then on; the log of the ended operation goes on.
pub async fn locks_end_with_their_operation(store: Arc<dyn Store>) {
    let mut ended = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    ended.file().await.expect("filed");
    let unlike = Writer::new(&store, "cccccccc", "silver", Environment::Dev);
    unlike.file().await.expect("filed");
    ended.append(Event::Cancelled { person: person("operator") }).await.expect("appended");
    assert_eq!(store.holder("dev/golden").await, Ok(None));
    assert_eq!(store.holder("subdomain/golden").await, Ok(None));
    assert_eq!(store.holder("dev/silver").await, Ok(Some(unlike.operation.id.clone())));

    let next = Writer::new(&store, "bbbbbbbb", "golden", Environment::Dev);
    next.file().await.expect("the lock is free");
    ended.append(Event::Told { through: 2 }).await.expect("the log goes on");
    assert_eq!(store.holder("dev/golden").await, Ok(Some(next.operation.id.clone())));
}

/// With every text that people can write.
pub async fn every_kind_of_event_comes_back_as_it_was(store: Arc<dyn Store>) {
    let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Prod);
    writer.file().await.expect("filed");
    let mut written = vec![writer.first.clone()];
    for event in every_event() {
        written.push(writer.next(event.clone()));
        writer.append_any(event).await.expect("appended");
    }
    let kinds: BTreeSet<_> = written.iter().map(|recorded| recorded.event.kind()).collect();
    assert_eq!(kinds.len(), written.len(), "one of each");
    assert_eq!(store.events(&writer.operation.id, 0).await.expect("events"), written);
}
