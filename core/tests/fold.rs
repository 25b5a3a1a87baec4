//! The fold of an operation's events: total, and true to its log whatever happens.

use std::collections::BTreeSet;

use landlord_core::contract::store::samples::{every_event, person, plan, step};
use landlord_core::engine::{Next, next};
use landlord_core::event::{Effect, Event, MessageRef, Recorded};
use landlord_core::operation::{BadLog, Operation, State, StepState};
use landlord_core::plan::{OperationId, Purpose};
use landlord_core::role::{Member, Role};
use landlord_core::tenant::Environment;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const FILED_AT: OffsetDateTime = datetime!(2026-03-02 09:00 UTC);
const STEPS: usize = 3;

fn filing(approve: &[Role]) -> Recorded {
    let operation = OperationId("0123abcd".into());
    let details = landlord_core::contract::store::samples::details("goldencrust");
    let mut plan = plan(&operation, &details, Environment::Sit);
    plan.policy.approve = approve.to_vec();
    let step = |name: &str| step(name, "x");
    plan.steps = ["ensure log group", "ensure secret", "verify secret stored"].map(step).into();
    assert_eq!(plan.steps.len(), STEPS);
    let event = Event::Filed {
        digest: plan.digest(),
        plan: Box::new(plan),
        requester: person("operator"),
        channel: "tenant-ops".into(),
        reason: None,
    };
    Recorded { operation, seq: 1, at: FILED_AT, event }
}

fn record(seq: u64, event: Event) -> Recorded {
    let at = FILED_AT + Duration::seconds(seq.cast_signed());
    Recorded { operation: OperationId("0123abcd".into()), seq, at, event }
}

fn any_member() -> impl Strategy<Value = Member> {
    let roles = proptest::collection::btree_set(proptest::sample::select(&Role::ALL), 0..3);
    (proptest::sample::select(&["operator", "team-lead", "devops-lead", "newcomer"]), roles)
        .prop_map(|(name, roles)| Member { person: person(name), roles })
}

/// Any event at all, sensible there or not.
fn any_event() -> impl Strategy<Value = Event> {
    let effect = proptest::sample::select(&[Effect::Created, Effect::Existed, Effect::Done]);
    (0..32_usize, 0..STEPS + 2, any::<Option<bool>>(), effect, any_member(), 0..60_u64, any::<String>()).prop_map(
        |(kind, step, existed, effect, member, number, text)| {
            let person = member.person.clone();
            match kind {
                0 => filing(&[]).event,
                1 => Event::CardPosted { card: MessageRef { channel: text.clone(), message: text } },
                2 => Event::ThreadOpened { thread: text },
                3 => Event::VoteCast { member },
                4 => Event::VoteWithdrawn { person },
                5 => Event::RolesRead { members: vec![member] },
                6 => Event::CaughtUp { summary: text },
                7 => Event::Rejected { person },
                8 => Event::Reminded { roles: member.roles.into_iter().collect() },
                9 => Event::Expired,
                10 => Event::Cancelled { person },
                11 => Event::Started { approvals: vec![(Role::TeamLead, person)], account: text },
                12 => Event::StepStarted { step, existed },
                13 => Event::StepDone { step, effect, note: text, proofs: Vec::new() },
                14 => Event::StepFailed {
                    step,
                    error: text,
                    retry_at: FILED_AT + Duration::seconds(number.cast_signed()),
                },
                15 => Event::Held { step: existed.map(|_| step), diagnosis: vec![text; step] },
                16 => Event::Retried { person },
                17 => Event::Skipped { step, person },
                18 => Event::UnwindOrdered { person },
                19 => Event::StepUndone { step, note: text, left: effect == Effect::Done },
                20 => Event::Succeeded,
                21 => Event::Unwound,
                22 => Event::Abandoned { person },
                23 => Event::Validated { person },
                24 => Event::StartDelayed { why: text },
                25 => Event::TakenOff { tenant: "goldencrust".parse().expect("a tenant id"), person },
                26 => Event::NoticeGiven { until: FILED_AT + Duration::seconds(number.cast_signed()), note: text },
                28 => Event::OwnerTold {
                    tenant: "goldencrust".parse().expect("a tenant id"),
                    note: text,
                    person: existed.map(|_| person),
                },
                27 => Event::Forced { step, person },
                29 => Event::Overruled { by: OperationId("ffffffff".into()), person },
                30 => Event::TurnedBack { step, diagnosis: vec![text] },
                _ => Event::Told { through: number },
            }
        },
    )
}

/// What would happen next if all went well; a random event where nothing would.
fn all_going_well(operation: &Operation, otherwise: Event) -> Event {
    if operation.card.is_none() {
        return Event::CardPosted { card: MessageRef { channel: "tenant-ops".into(), message: "1".into() } };
    }
    match next(operation, FILED_AT + Duration::HOUR) {
        Next::Start => Event::Started { approvals: operation.decision().filled, account: "536580886816".into() },
        Next::Do(step) if operation.steps[step].state == StepState::Running => {
            Event::StepDone { step, effect: Effect::Created, note: String::new(), proofs: Vec::new() }
        }
        Next::Do(step) => Event::StepStarted { step, existed: Some(false) },
        Next::Undo(step) => Event::StepUndone { step, note: String::new(), left: false },
        Next::Succeed => Event::Succeeded,
        Next::FinishUnwinding => Event::Unwound,
        Next::Nothing | Next::At(_) | Next::Expire | Next::Remind => otherwise,
    }
}

/// What the engine would write next is legal, so that it never runs into a wall.
fn what_is_next_is_legal(operation: &Operation) {
    let wanted = match next(operation, operation.expires_at() - Duration::SECOND) {
        Next::Nothing | Next::At(_) | Next::Start => return,
        Next::Expire => Event::Expired,
        Next::Remind => Event::Reminded { roles: operation.decision().missing },
        Next::Do(step) => Event::StepStarted { step, existed: None },
        Next::Undo(step) => Event::StepUndone { step, note: String::new(), left: false },
        Next::Succeed => Event::Succeeded,
        Next::FinishUnwinding => Event::Unwound,
    };
    let outcome = operation.clone().apply(&record(operation.seq + 1, wanted.clone()));
    assert_eq!(outcome, Ok(()), "{wanted:?} in {operation:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_happens_the_fold_is_true_to_its_log(
        events in proptest::collection::vec((any_event(), any::<bool>()), 0..100),
        approve in proptest::collection::vec(proptest::sample::select(&Role::ALL), 0..2),
    ) {
        let first = filing(&approve);
        let mut operation = Operation::filed(&first).expect("a filing");
        let mut log = vec![first];
        for (event, well) in events {
            let event = if well { all_going_well(&operation, event) } else { event };
            let recorded = record(operation.seq + 1, event);
            let before = operation.clone();
            match operation.apply(&recorded) {
                Ok(()) => {
                    prop_assert!(before.state.open() || before.state == operation.state, "an end is an end");
                    prop_assert_eq!(operation.seq, before.seq + 1);
                    prop_assert!(operation.told >= before.told);
                    if before.state == State::AwaitingApproval && operation.state == State::Running {
                        prop_assert!(before.decision().ready() && before.card.is_some(), "nothing runs unseen or unapproved");
                    }
                    log.push(recorded);
                }
                Err(illegal) => {
                    prop_assert_eq!(&operation, &before, "an illegal event changes nothing");
                    prop_assert_eq!(illegal.event, recorded.event.kind());
                }
            }
            what_is_next_is_legal(&operation);
        }
        prop_assert_eq!(Operation::fold(&log).unwrap(), operation.clone());
        let json = serde_json::to_string(&log).unwrap();
        let read: Vec<Recorded> = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &log);
        prop_assert_eq!(Operation::fold(&read).unwrap(), operation);
    }

    #[test]
    fn a_log_with_a_hole_or_in_another_order_is_refused(place in 0..6_usize, other in 0..6_usize) {
        let log = a_log();
        let mut hole = log.clone();
        hole.remove(place);
        if place < log.len() - 1 {
            prop_assert!(Operation::fold(&hole).is_err());
        }
        let mut swapped = log.clone();
        swapped.swap(place, other);
        prop_assert_eq!(Operation::fold(&swapped).is_err(), place != other);
    }
}

/// The random logs above come to every state that there is a way to.
#[test]
fn random_logs_come_far() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    let events = (any_event(), any::<bool>());
    for _ in 0..200 {
        let mut operation = Operation::filed(&filing(&[])).unwrap();
        for _ in 0..100 {
            let (event, well) = events.new_tree(&mut runner).unwrap().current();
            let event = if well { all_going_well(&operation, event) } else { event };
            let recorded = record(operation.seq + 1, event);
            if operation.apply(&recorded).is_ok() {
                reached.insert(operation.state.as_str());
            }
        }
    }
    let ways = State::ALL.iter().filter(|state| **state != State::Waiting).map(|state| state.as_str());
    let missing: Vec<&str> = ways.filter(|state| !reached.contains(state)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}

fn a_log() -> Vec<Recorded> {
    let card = MessageRef { channel: "tenant-ops".into(), message: "1".into() };
    let events = [
        Event::CardPosted { card },
        Event::Started { approvals: Vec::new(), account: "536580886816".into() },
        Event::StepStarted { step: 0, existed: Some(false) },
        Event::StepDone { step: 0, effect: Effect::Created, note: "x".into(), proofs: Vec::new() },
        Event::StepStarted { step: 1, existed: Some(false) },
    ];
    let rest = events.into_iter().enumerate().map(|(place, event)| record(place as u64 + 2, event));
    std::iter::once(filing(&[])).chain(rest).collect()
}

#[test]
fn a_bad_log_says_what_is_wrong() {
    assert_eq!(Operation::fold(&[]), Err(BadLog::NoFiling));
    assert_eq!(Operation::fold(&a_log()[1..]), Err(BadLog::NoFiling));
    let mut hole = a_log();
    hole.remove(2);
    let error = Operation::fold(&hole).unwrap_err().to_string();
    assert_eq!(error, "event 4 stands where event 3 should be");
    let illegal = [filing(&[]), record(2, Event::Succeeded)];
    let error = Operation::fold(&illegal).unwrap_err().to_string();
    assert_eq!(error, "event 2: an operation that is awaiting_approval cannot take the event succeeded");
}

#[test]
fn every_event_comes_back_from_json_as_it_was() {
    let mut kinds = BTreeSet::new();
    for event in every_event().into_iter().chain([filing(&[Role::TeamLead]).event]) {
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], event.kind());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
        kinds.insert(event.kind());
    }
    assert_eq!(kinds.len(), 32, "every kind of event");
}

/// An event has no field for a secret. Whoever adds a field sees it here, and asks whether it could hold one.
#[test]
fn the_fields_of_all_events() {
    fn fields(value: &serde_json::Value, path: &str, all: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(map) => {
                map.iter().for_each(|(key, value)| fields(value, &format!("{path}.{key}"), all));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|value| fields(value, &format!("{path}[]"), all)),
            _ => {
                all.insert(path.to_owned());
            }
        }
    }
    let mut all = BTreeSet::new();
    for event in every_event().into_iter().chain([filing(&[Role::TeamLead]).event]) {
        let json = serde_json::to_value(&event).unwrap();
        fields(json.get("payload").unwrap_or(&serde_json::Value::Null), event.kind(), &mut all);
    }
    insta::assert_snapshot!(all.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_plan_of_an_older_log_is_read() {
    let mut json = serde_json::to_value(filing(&[]).event).unwrap();
    assert!(
        json["payload"]["plan"].as_object_mut().unwrap().remove("in_the_way").is_none(),
        "left out while it is empty"
    );
    assert!(serde_json::from_value::<Event>(json).is_ok());
}

#[test]
fn the_digest_is_over_all_of_the_plan() {
    let Event::Filed { plan, digest, .. } = filing(&[]).event else { panic!("a filing") };
    let json = serde_json::to_value(&plan).unwrap();
    let fields = json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields.len(), 8, "{fields:?}");
    let mut other = plan.clone();
    other.sites[0].adopts.push("x".into());
    assert_ne!(other.digest(), digest);
    let mut other = plan.clone();
    other.steps.reverse();
    assert_ne!(other.digest(), digest);
    let mut other = plan.clone();
    other.policy.approve.push(Role::Security);
    assert_ne!(other.digest(), digest);
    let mut other = plan.clone();
    other.operation = OperationId("another0".into());
    assert_ne!(other.digest(), digest, "no two operations have one digest");
    let read: landlord_core::plan::Plan = serde_json::from_value(json).unwrap();
    assert_eq!(read.digest(), digest, "it survives the log");
}

/// What of these events an operation of these steps takes, and then that an emergency took precedence.
fn overruled_after(events: Vec<Event>, purpose: Purpose, at_once: bool) -> Result<Operation, String> {
    let mut first = filing(&[]);
    let Event::Filed { plan, .. } = &mut first.event else { panic!("a filing") };
    plan.purpose = purpose;
    plan.policy.at_once = at_once;
    plan.steps[0].commits = !purpose.deletes();
    let mut operation = Operation::filed(&first).expect("a filing");
    let overruled = Event::Overruled { by: OperationId("ffffffff".into()), person: person("on-call") };
    for event in events.into_iter().chain([overruled]) {
        operation.apply(&record(operation.seq + 1, event)).map_err(|illegal| illegal.to_string())?;
    }
    Ok(operation)
}

fn card_posted() -> Event {
    Event::CardPosted { card: MessageRef { channel: "tenant-ops".into(), message: "1".into() } }
}

fn begun(steps: usize) -> Vec<Event> {
    let mut events = vec![card_posted(), Event::Started { approvals: Vec::new(), account: "536580886816".into() }];
    for step in 0..steps {
        events.push(Event::StepStarted { step, existed: Some(false) });
        events.push(Event::StepDone { step, effect: Effect::Done, note: String::new(), proofs: Vec::new() });
    }
    events
}

#[test]
fn an_emergency_ends_what_is_open_where_it_stands() {
    let ended = overruled_after(vec![card_posted()], Purpose::Provision, false).unwrap();
    assert_eq!(ended.state, State::Cancelled, "nothing was done");
    assert_eq!(ended.overruled_by, Some(OperationId("ffffffff".into())));
    assert_eq!(ended.decided_by, Some(person("on-call")));
    let ended = overruled_after(begun(1), Purpose::Provision, false).unwrap();
    assert_eq!(ended.state, State::Abandoned, "what was done stands");
    let again = Event::Overruled { by: OperationId("eeeeeeee".into()), person: person("security") };
    assert!(ended.clone().apply(&record(ended.seq + 1, again)).is_err(), "an end is an end");
}

#[test]
fn an_emergency_ends_a_deletion_before_the_first_removal_and_not_after() {
    let backed_up = overruled_after(begun(1), Purpose::Delete, false).unwrap();
    assert_eq!(backed_up.state, State::Cancelled, "only a backup was made");
    let refused = overruled_after(begun(2), Purpose::Delete, false).unwrap_err();
    assert!(refused.contains("cannot take the event overruled"), "{refused}");
}

#[test]
fn an_emergency_ends_no_other_emergency() {
    assert!(overruled_after(Vec::new(), Purpose::Shutdown, true).is_err());
    assert!(overruled_after(begun(1), Purpose::Shutdown, true).is_err());
    assert!(overruled_after(begun(1), Purpose::Reopen, false).is_ok(), "a reopening is none");
}
