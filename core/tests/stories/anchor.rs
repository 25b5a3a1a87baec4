//! The head of the log is posted once a day, whatever fails.

use std::sync::Arc;

use landlord_core::anchor::Anchoring;
use landlord_core::chain::{self, Anchor};
use landlord_core::event::{Event, Recorded};
use landlord_core::fakes::{Content, Fuse, Fused, World};
use landlord_core::operation::{Operation, State};
use landlord_core::ports::{ChatError, Clock as _, Store as _};
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use crate::DEV;

const AUDIT: &str = "audit";
/// The world's first day, its end, and a while after.
const FIRST: time::Date = date!(2026 - 03 - 02);
const MIDNIGHT: OffsetDateTime = datetime!(2026-03-03 00:00 UTC);
const NIGHT: OffsetDateTime = datetime!(2026-03-03 00:05 UTC);

fn anchoring(world: &World) -> Anchoring {
    let clock = Arc::new(world.clock.clone());
    Anchoring::new(Arc::new(world.store.clone()), Arc::new(world.chat.clone()), clock, AUDIT)
}

/// A process runs until then.
async fn runs_until(world: &World, anchoring: &Anchoring, until: OffsetDateTime) {
    let run = async {
        tokio::select! {
            () = anchoring.run() => {}
            () = world.clock.sleep_until(until) => {}
        }
    };
    world.clock.drive(run).await;
}

/// What was posted, a text each.
fn lines(world: &World) -> Vec<String> {
    let text = |content| match content {
        Content::Message(message) => message.text,
        Content::Card(card) => panic!("a card: {card:?}"),
    };
    world.chat.messages(AUDIT).into_iter().map(|posted| text(posted.content)).collect()
}

/// A world in which a tenant was provisioned on the first day.
async fn busy() -> World {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    world
}

/// Something more is written.
async fn goes_on(world: &World) {
    let id = world.operations().remove(0);
    let events = world.store.events(&id, 0).await.unwrap();
    let mut operation = Operation::fold(&events).unwrap();
    let event = Event::Told { through: operation.seq };
    let next = Recorded { operation: id, seq: operation.seq + 1, at: world.clock.now(), event };
    operation.apply(&next).unwrap();
    world.store.append(&next, &operation, &[]).await.unwrap();
}

fn head(world: &World, day: time::Date) -> Anchor {
    let head = world.store.head();
    Anchor { day, position: head.position, hash: head.hash }
}

#[tokio::test]
async fn the_head_of_a_day_is_posted_when_the_day_is_over() {
    let world = busy().await;
    let anchoring = anchoring(&world);
    runs_until(&world, &anchoring, MIDNIGHT).await;
    assert!(lines(&world).is_empty());

    let Anchor { position, hash, .. } = head(&world, FIRST);
    world.clock.set(MIDNIGHT);
    goes_on(&world).await;
    runs_until(&world, &anchoring, NIGHT).await;
    let line = format!(
        "Log head of 2026-03-02: event {position}, hash `{hash}`\n\
         `landlord audit verify --config landlord.toml --anchor {position}:{hash}` checks the log against it."
    );
    assert_eq!(lines(&world), [line]);
    assert_eq!(world.store.last_anchor().await, Ok(Some(Anchor { day: FIRST, position, hash })));
    let until_then = &world.store.log()[..usize::try_from(position).unwrap()];
    assert_eq!(chain::verify(until_then, &until_then.last().unwrap().head()), Ok(position));
}

#[tokio::test]
async fn nothing_is_posted_of_an_empty_log_or_of_a_quiet_day() {
    let empty = World::start();
    runs_until(&empty, &anchoring(&empty), MIDNIGHT + Duration::days(3)).await;
    assert!(lines(&empty).is_empty());
    assert_eq!(empty.store.last_anchor().await, Ok(None));

    let world = busy().await;
    let anchoring = anchoring(&world);
    runs_until(&world, &anchoring, NIGHT + Duration::days(3)).await;
    assert_eq!(lines(&world).len(), 1);
    goes_on(&world).await;
    runs_until(&world, &anchoring, NIGHT + Duration::days(6)).await;
    let posted = lines(&world);
    assert!(posted.len() == 2 && posted[1].starts_with("Log head of 2026-03-06: "), "{posted:?}");
    assert_eq!(world.store.last_anchor().await, Ok(Some(head(&world, date!(2026 - 03 - 06)))));
}

#[tokio::test]
async fn what_was_missed_is_posted_in_one_line_when_a_bot_is_back() {
    let world = busy().await;
    world.clock.set(MIDNIGHT + Duration::hours(30));
    goes_on(&world).await;
    world.clock.set(MIDNIGHT + Duration::hours(77));
    runs_until(&world, &anchoring(&world), world.clock.now() + Duration::MINUTE).await;
    let posted = lines(&world);
    assert!(posted.len() == 1 && posted[0].starts_with("Log head of 2026-03-05: "), "{posted:?}");
    assert_eq!(world.store.last_anchor().await, Ok(Some(head(&world, date!(2026 - 03 - 05)))));
}

#[tokio::test]
async fn another_process_does_not_post_it_again() {
    let world = busy().await;
    for hour in 0..5 {
        runs_until(&world, &anchoring(&world), NIGHT + Duration::hours(hour)).await;
        assert_eq!(lines(&world).len(), 1);
    }
}

#[tokio::test]
async fn a_process_that_ends_anywhere_is_followed_by_one_that_posts_it_once() {
    let mut points = 0;
    for length in 0.. {
        let world = busy().await;
        world.clock.set(NIGHT);
        let fuse = Fuse::after(length);
        let store = Fused { port: world.store.clone(), fuse: fuse.clone() };
        let chat = Fused { port: world.chat.clone(), fuse: fuse.clone() };
        let dies = Anchoring::new(Arc::new(store), Arc::new(chat), Arc::new(world.clock.clone()), AUDIT);
        tokio::select! {
            biased;
            () = fuse.blown() => {}
            posted = dies.post() => assert!(posted.unwrap().is_some()),
        }
        runs_until(&world, &anchoring(&world), NIGHT + Duration::MINUTE).await;
        assert_eq!(lines(&world).len(), 1, "after {length} points");
        assert_eq!(world.store.last_anchor().await, Ok(Some(head(&world, FIRST))), "after {length} points");
        if !fuse.is_blown() {
            break;
        }
        points += 1;
    }
    assert_eq!(points, 6, "two reads, and each write before and after");
}

#[tokio::test]
async fn while_the_store_fails_it_is_tried_again_and_posted_once() {
    for calls_before in 0..3 {
        for lost in [false, true] {
            let world = busy().await;
            world.clock.set(NIGHT);
            if lost {
                world.store.lose_answers(1);
            } else {
                world.store.fail_after(calls_before, 20);
            }
            runs_until(&world, &anchoring(&world), NIGHT + Duration::HOUR).await;
            assert!(!world.store.is_failing(), "half an hour is twenty tries and more");
            assert_eq!(lines(&world).len(), 1, "after {calls_before} calls");
            assert_eq!(world.store.last_anchor().await, Ok(Some(head(&world, FIRST))), "after {calls_before} calls");
        }
    }
}

#[tokio::test]
async fn while_the_chat_fails_it_is_tried_again_and_posted_once() {
    let down =
        [ChatError::Transient("503 Service Unavailable".into()), ChatError::Permanent("404 Unknown Channel".into())];
    for error in down {
        let world = busy().await;
        world.clock.set(NIGHT);
        let anchoring = anchoring(&world);
        world.chat.break_call("say", Some(error));
        runs_until(&world, &anchoring, NIGHT + Duration::hours(3)).await;
        assert_eq!(world.store.last_anchor().await, Ok(None), "what was not posted is not kept as posted");
        world.chat.break_call("say", None);
        world.chat.lose_answers(3);
        runs_until(&world, &anchoring, NIGHT + Duration::hours(4)).await;
        assert!(!world.chat.is_failing());
        assert_eq!(lines(&world).len(), 1);
        assert_eq!(world.store.last_anchor().await, Ok(Some(head(&world, FIRST))));
    }
}
