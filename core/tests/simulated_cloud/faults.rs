//! Faults on demand: who is struck, when, how often, and what is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use landlord_core::fakes::{Fault, FaultError, SimulatedCloud, Verb, When};
use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud, CloudError, Ensured};
use landlord_core::tenant::Environment;

use crate::worlds::{permanent, tenant, transient};

#[tokio::test]
async fn a_throttled_call_has_no_effect_and_the_next_one_succeeds() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    cloud.fail(Fault::new(FaultError::Throttled));
    assert_eq!(transient(cloud.ensure(Kind::LogGroup, &acme).await), "ThrottlingException: Rate exceeded");
    assert_eq!(cloud.find(Kind::LogGroup, &acme.subject).await, Ok(vec![]));
    assert_eq!(cloud.faults(), []);
}

#[tokio::test]
async fn after_a_timeout_the_effect_is_there_and_the_same_call_finds_it() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    cloud.fail(Fault::new(FaultError::Timeout).on(Verb::Ensure));
    transient(cloud.ensure(Kind::LogGroup, &acme).await);
    assert!(matches!(cloud.ensure(Kind::LogGroup, &acme).await, Ok(Ensured::Existed(_))));

    cloud.fail(Fault::new(FaultError::Timeout).on(Verb::Remove));
    transient(cloud.remove(Kind::LogGroup, &acme.subject).await);
    assert_eq!(cloud.remove(Kind::LogGroup, &acme.subject).await, Ok(vec![]));
}

#[tokio::test]
async fn either_side_of_the_effect_can_be_chosen_for_any_error() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    cloud.fail(Fault::new(FaultError::Timeout).when(When::Before));
    transient(cloud.ensure(Kind::LogGroup, &acme).await);
    assert_eq!(cloud.find(Kind::LogGroup, &acme.subject).await, Ok(vec![]));

    cloud.fail(Fault::new(FaultError::Unavailable).when(When::After));
    transient(cloud.ensure(Kind::LogGroup, &acme).await);
    assert_eq!(cloud.find(Kind::LogGroup, &acme.subject).await.map(|found| found.len()), Ok(1));
}

#[tokio::test]
async fn only_calls_that_match_in_everything_are_struck() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    let fault = Fault::new(FaultError::Denied).in_environment(Environment::Dev).of_kind(Kind::Secret).on(Verb::Ensure);
    cloud.fail(fault.clone().in_environment(Environment::Prod));
    cloud.fail(fault.clone().times(2));
    assert!(cloud.find(Kind::Secret, &acme.subject).await.is_ok());
    assert!(cloud.ensure(Kind::LogGroup, &acme).await.is_ok());
    for _ in 0..2 {
        let why = permanent(cloud.ensure(Kind::Secret, &acme).await);
        assert!(why.contains("AccessDeniedException") && why.contains("may not ensure"), "{why}");
    }
    assert!(cloud.ensure(Kind::Secret, &acme).await.is_ok());
    assert_eq!(cloud.faults(), [fault.in_environment(Environment::Prod)]);
    cloud.clear_faults();
    assert_eq!(cloud.faults(), []);
}

#[tokio::test]
async fn a_fault_of_any_verb_strikes_the_questions_too() {
    let cloud = SimulatedCloud::default();
    cloud.fail(Fault::new(FaultError::Credentials));
    let account = cloud.account(Environment::Sit).await;
    assert!(matches!(&account, Err(CloudError::Credentials(why)) if why.contains("Tebogo-sit")), "{account:?}");
}

#[test]
fn a_fault_reads_back_as_it_was_written() {
    let ordinary = Fault::new(FaultError::Timeout).of_kind(Kind::DnsRecord).on(Verb::HostTaken).times(3);
    let json = serde_json::to_string(&ordinary).unwrap();
    assert_eq!(json, r#"{"environment":null,"kind":"dns record","verb":"host-taken","error":"timeout","times":3}"#);
    for fault in [ordinary.clone(), ordinary.when(When::Before), Fault::new(FaultError::Denied).when(When::After)] {
        let json = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault, "{json}");
    }
}

#[tokio::test]
async fn the_journal_tells_what_was_asked_and_what_came_of_it() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    cloud.fail(Fault::new(FaultError::Throttled).on(Verb::Ensure));
    let _ = cloud.ensure(Kind::LogGroup, &acme).await;
    let _ = cloud.ensure(Kind::LogGroup, &acme).await;
    let _ = cloud.remove(Kind::LogGroup, &acme.subject).await;
    let lines: Vec<String> = cloud.journal().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "ensure dev/acme log group: ThrottlingException: Rate exceeded",
            "ensure dev/acme log group: created",
            "remove dev/acme log group: removed 1",
        ]
    );
}

#[tokio::test]
async fn whoever_watches_hears_of_changes_and_of_nothing_else() {
    let cloud = SimulatedCloud::default();
    let acme = tenant("acme");
    let mut changes = cloud.changes();
    cloud.ensure(Kind::LogGroup, &acme).await.unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    cloud.find(Kind::LogGroup, &acme.subject).await.unwrap();
    cloud.ensure(Kind::LogGroup, &acme).await.unwrap();
    assert!(!changes.has_changed().unwrap());
    cloud.fail(Fault::new(FaultError::Throttled));
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    transient(cloud.find(Kind::LogGroup, &acme.subject).await);
    assert!(changes.has_changed().unwrap(), "a fault was used up");
}

#[tokio::test]
async fn every_call_waits_for_the_pause_first() {
    let waited = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&waited);
    let cloud = SimulatedCloud::default().with_pause(Arc::new(move |_verb| {
        let counter = Arc::clone(&counter);
        Box::pin(async move {
            counter.fetch_add(1, Ordering::SeqCst);
        })
    }));
    cloud.account(Environment::Dev).await.unwrap();
    cloud.find(Kind::Secret, &tenant("acme").subject).await.unwrap();
    assert_eq!(waited.load(Ordering::SeqCst), 2);
}
