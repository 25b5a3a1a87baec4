//! What else can go wrong at a crash. Defects that are planted between it and the next process show that the harness finds
//! what it is for; an outage that is longer than the chat's memory shows what a crash may leave in it.

use landlord_core::fakes::{Edge, Fuse, Point, World};
use landlord_core::kind::Kind;
use time::Duration;

use crate::ending::Difference;
use crate::replay::read;
use crate::trial::{Finding, Trial};

/// What else goes wrong at a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aftermath {
    /// The last event was answered as written and is lost, as on a disk that says too early that it has written.
    ForgottenEvent,
    /// The chat lets a repeated post stand twice.
    ForgottenNonces,
    /// The next process does not read what is open.
    UnreadLog,
    /// What was made is gone, and is made again.
    LostEffect,
    /// The next process comes after longer than the chat keeps a repeated post from standing twice. No defect: it happens.
    LongOutage,
}

impl Aftermath {
    /// The next process begins, after what goes wrong before it.
    pub(crate) async fn restarts(worse: Option<Self>, world: &World, fuse: Fuse) {
        match worse {
            Some(Self::UnreadLog) => return world.restarts_unaware(fuse),
            Some(Self::ForgottenEvent) => drop(world.store.forget_last()),
            Some(Self::ForgottenNonces) => world.chat.forget_nonces(),
            Some(Self::LostEffect) => {
                if let Some(request) = world.requests().first() {
                    world.cloud.vanish(Kind::Secret, &request.subject());
                }
            }
            Some(Self::LongOutage) => world.clock.advance(Duration::minutes(10)),
            None => {}
        }
        world.restarts_with(fuse).await;
    }
}

/// Plants the defect where a provisioning is about to write to the log, at one point after the other until it is found: as
/// what it is, with a replay line that leads to the same again.
async fn is_found(defect: Aftermath, wanted: impl Fn(&Difference) -> bool) {
    let (course, _) = read("tenant-provision/dev");
    let trial = Trial::of(&course).await;
    let writes = |(_, point): &(usize, &Point)| point.edge == Edge::Before && point.event.is_some();
    for (place, _) in trial.points.iter().enumerate().filter(writes) {
        let found = trial.cut(&[place], Some(defect)).await.finding;
        let Some(finding) = found.filter(|finding| wanted(&finding.difference)) else { continue };
        let told = finding.to_string();
        println!("{defect:?}: {told}");
        let replay = told.lines().last().unwrap();
        assert!(replay.starts_with("replay: LANDLORD_CUT='"), "{told}");
        let (again, cuts) = read(replay.split('\'').nth(1).unwrap());
        assert_eq!((again.name(), cuts.as_slice()), (course.name(), [place].as_slice()), "{replay}");
        let repeated = trial.cut(&cuts, Some(defect)).await.finding.map(|finding| finding.to_string());
        assert_eq!(repeated.as_deref(), Some(told.as_str()), "the same cut finds the same");
        assert!(trial.cut(&cuts, None).await.finding.is_none(), "without the defect nothing is wrong");
        return;
    }
    panic!("{defect:?} was not found");
}

#[tokio::test]
async fn an_event_that_is_lost_is_found() {
    is_found(Aftermath::ForgottenEvent, |difference| !difference.lost.is_empty() && !difference.doubled.is_empty())
        .await;
}

#[tokio::test]
async fn a_line_that_stands_twice_is_found() {
    is_found(Aftermath::ForgottenNonces, |difference| !difference.doubled.is_empty()).await;
}

#[tokio::test]
async fn an_operation_that_nobody_goes_on_with_is_found() {
    is_found(Aftermath::UnreadLog, |difference| difference.lost.iter().any(|line| line.contains("one operation")))
        .await;
}

#[tokio::test]
async fn an_effect_that_happens_twice_is_found() {
    let doubled = |line: &String| line.starts_with("2 instead of 1: effect: ensure dev/goldencrust secret");
    is_found(Aftermath::LostEffect, move |difference| difference.doubled.iter().any(doubled)).await;
}

/// What was posted and not yet recorded is posted again, and a chat that no longer knows the nonce lets both stand.
#[tokio::test]
async fn after_a_long_outage_what_was_being_posted_stands_twice_and_nothing_else_differs() {
    let (course, _) = read("tenant-provision/prod");
    let trial = Trial::of(&course).await;
    let posting = ["after say", "before append told", "after post_card", "before append card-posted"];
    let mut twice = 0;
    for (place, point) in trial.points.iter().enumerate() {
        let finding = trial.cut(&[place], Some(Aftermath::LongOutage)).await.finding;
        assert_eq!(finding.is_some(), posting.contains(&point.to_string().as_str()), "{point}");
        let Some(Finding { difference: Difference { lost, doubled }, .. }) = finding else { continue };
        assert!(lost.is_empty(), "{lost:?}");
        let posts = ["2 instead of 1: said: ", "1 instead of 0: a card stands in "];
        assert!(doubled.iter().all(|line| posts.iter().any(|post| line.starts_with(post))), "{doubled:?}");
        twice += 1;
    }
    println!("after {twice} of {} cuts a post stands twice", trial.points.len());
    assert!(twice > 0);
}
