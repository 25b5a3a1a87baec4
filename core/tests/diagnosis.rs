//! The table of causes: what matches what, what outranks what, and the guide that people read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use landlord_core::diagnosis::{Cause, Diagnosis, Findings, Known, Mend, Reach, causes, diagnose};
use landlord_core::ports::{Place, Sign, Standing, Symptom};
use proptest::prelude::*;

fn of(seen: Vec<Symptom>) -> Diagnosis {
    diagnose(&Findings { known: Known::Here(Standing::Active), session: None, seen })
}

fn names(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis.likely.iter().map(|likely| likely.cause.name).collect()
}

fn stopped(sign: Sign, said: &str) -> Vec<Symptom> {
    vec![
        Symptom::new(Place::Service, Sign::Starting, "0 of 1 tasks run"),
        Symptom::new(Place::StoppedTasks, sign, said),
    ]
}

/// Stopped reasons as ECS words them: from its developer guide, and as people quote them in public issues.
#[test]
fn stopped_reasons_are_told_apart() {
    for (said, cause) in [
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
          retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret \
          arn:aws:secretsmanager:eu-west-1:1:secret:x from secrets manager: ResourceNotFoundException: Secrets Manager can't \
          find the specified secret.",
            "secret not found",
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
          retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not \
          contain json key MY_SECRET",
            "secret without a key",
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
          retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret x from secrets manager: \
          AccessDeniedException: Access to KMS is not allowed status code: 400",
            "execution role lacks a permission",
        ),
        (
            "ECS was unable to assume the role 'arn:aws:iam::1:role/dev-ecs-task-execution-role'",
            "execution role lacks a permission",
        ),
        (
            "CannotPullContainerError: The task can’t pull the image. Check that the role has the permissions to pull images from \
          the registry.",
            "execution role lacks a permission",
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
          retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret x from secrets manager: \
          RequestCanceled: request context canceled caused by: context deadline exceeded.",
            "no way from the tasks to AWS",
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon \
          ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
            "no way from the tasks to AWS",
        ),
        (
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
          docker.io/library/wordpress:6.4: failed to do request: Head \"https://registry-1.docker.io/v2/library/wordpress\": \
          dial tcp 34.205.13.154:443: i/o timeout",
            "no way from the tasks to AWS",
        ),
        (
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref wordpress:6.9: not \
          found",
            "image cannot be pulled",
        ),
        ("cannotpullcontainererror: Error response from daemon: manifest unknown", "image cannot be pulled"),
        ("CannotPullContainerError: Error response from daemon: pull access denied for wp", "image cannot be pulled"),
        ("CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.", "image cannot be pulled"),
        (
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: \
          Connection timed out'",
            "file system cannot be mounted",
        ),
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create \
          Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.",
            "log group not there",
        ),
    ] {
        let diagnosis = of(stopped(Sign::NotStarted, said));
        assert_eq!(names(&diagnosis), [cause], "{said}");
        assert_eq!(diagnosis.likely[0].evidence, [format!("stopped tasks: {said}")]);
    }
    for (said, cause) in [
        (
            "Essential container in task exited: wordpress: OutOfMemoryError: Container killed due to memory usage, exit code 137",
            "out of memory",
        ),
        ("Essential container in task exited: wordpress: exit code 137", "out of memory"),
        ("Essential container in task exited: wordpress: exit code 1", "container ends by itself"),
    ] {
        assert_eq!(names(&of(stopped(Sign::Exited, said))), [cause], "{said}");
    }
}

#[test]
fn what_is_over_is_no_evidence() {
    let mut seen = stopped(Sign::NotStarted, "CannotPullContainerError: not found");
    seen[0] = Symptom::new(Place::Service, Sign::Sound, "1 of 1 tasks run");
    seen.push(Symptom::new(Place::Targets, Sign::Sound, "1 of 1 healthy"));
    let diagnosis = of(seen.clone());
    assert_eq!(names(&diagnosis), Vec::<&str>::new());
    assert_eq!(diagnosis.besides.len(), 1, "it is shown, and no cause is made of it");
    // Of a task that runs and is not well it may be the reason all the same.
    seen[2] = Symptom::new(Place::Targets, Sign::Timeout, "Target.Timeout");
    assert_eq!(names(&of(seen)), ["health check times out", "image cannot be pulled"]);
}

#[test]
fn what_follows_is_said_only_where_nothing_else_fits() {
    let seen = vec![
        Symptom::new(Place::Service, Sign::Starting, "0 of 1"),
        Symptom::new(Place::Targets, Sign::Unregistered, "none"),
    ];
    assert_eq!(names(&of(seen.clone())), ["tasks are still starting", "no target is registered"]);
    let with_cause = [seen, vec![Symptom::new(Place::Secret, Sign::Missing, "there is no secret")]].concat();
    assert_eq!(names(&of(with_cause)), ["secret not found"]);
}

#[test]
fn what_is_missing_by_intent_is_not_missing() {
    let seen = vec![
        Symptom::new(Place::Service, Sign::ScaledToZero, "wants none"),
        Symptom::new(Place::Rules, Sign::Missing, "there is no rule"),
    ];
    let shut = diagnose(&Findings { known: Known::Here(Standing::Shut), session: None, seen: seen.clone() });
    assert_eq!(names(&shut), ["shut down in an emergency"]);
    assert_eq!(shut.likely[0].cause.mend, Some(Mend::Reopen));
    assert_eq!(names(&of(seen)), ["scaled to zero", "listener rule not there"]);
}

#[test]
fn without_a_session_nothing_else_is_said() {
    let seen = vec![Symptom::new(Place::Secret, Sign::Missing, "there is no secret")];
    let session = Some("Token has expired. Log in.".to_owned());
    let diagnosis = diagnose(&Findings { known: Known::Here(Standing::Active), session, seen });
    assert_eq!(names(&diagnosis), ["no session with the account"]);
    assert_eq!(diagnosis.likely[0].evidence, ["Token has expired. Log in."]);
}

#[test]
fn every_cause_is_fit_to_be_shown() {
    for Cause { name, advice, clues, mend, .. } in causes() {
        let most = if *mend == Some(Mend::RollBack) { 24 } else { 45 };
        assert!((1..=most).contains(&name.chars().count()), "{name}");
        assert!(!name.contains([':', '|']), "{name} is part of a button's id and of a table");
        assert!((10..=420).contains(&advice.chars().count()), "{name}: {}", advice.chars().count());
        assert!(advice.ends_with('.'), "{name}");
        for word in clues.iter().flat_map(|clue| clue.words) {
            assert_eq!(word.to_lowercase(), *word, "{name}: words are compared as small letters");
        }
        assert!(clues.iter().all(|clue| !clue.places.is_empty() && !clue.signs.is_empty()), "{name}");
    }
    assert!(causes().any(|cause| cause.reach == Reach::Broad), "some causes give way to others");
}

/// The guide's table is the table's.
#[test]
fn the_guide_has_every_cause() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide.md")).unwrap();
    let mut table = String::from("| likely cause | playbook | what mends it |\n|---|---|---|\n");
    for Cause { name, section, mend, .. } in causes() {
        let mend = mend.map_or("–".to_owned(), |mend| format!("`/{}`", mend.command()));
        writeln!(table, "| {name} | {} {} | {mend} |", section.number(), section.title()).unwrap();
    }
    assert!(guide.contains(&table), "docs/guide.md should have this table:\n{table}");
}

proptest! {
    /// Whatever is seen: it is said once, as evidence or besides or as sound or unseen, and nothing panics.
    #[test]
    fn nothing_that_was_seen_is_lost(
        seen in proptest::collection::vec((0_usize..14, 0_usize..19, "\\PC{0,60}"), 0..12),
        known in 0_usize..7,
    ) {
        const SIGNS: [Sign; 19] = [
            Sign::Sound, Sign::Missing, Sign::Foreign, Sign::Going, Sign::Starting, Sign::Failed, Sign::NotStarted, Sign::Exited,
            Sign::Unhealthy, Sign::Mismatch, Sign::Timeout, Sign::Refused, Sign::Unregistered, Sign::Unused, Sign::ScaledToZero,
            Sign::Shared, Sign::Incomplete, Sign::Noted, Sign::Unseen,
        ];
        let known = [
            Known::Here(Standing::Incomplete), Known::Here(Standing::Active), Known::Here(Standing::Validated),
            Known::Here(Standing::Shut), Known::Elsewhere, Known::Deleted, Known::Nowhere,
        ][known];
        let seen: Vec<Symptom> =
            seen.into_iter().map(|(place, sign, said)| Symptom::new(Place::ALL[place], SIGNS[sign], said)).collect();
        let diagnosis = diagnose(&Findings { known, session: None, seen: seen.clone() });
        let evidence: Vec<&String> = diagnosis.likely.iter().flat_map(|likely| &likely.evidence).collect();
        for symptom in &seen {
            let line = format!("{}: {}", symptom.place.words(), symptom.said);
            let told = evidence.contains(&&line)
                || diagnosis.besides.contains(symptom)
                || diagnosis.unseen.contains(symptom)
                || (symptom.sign == Sign::Sound && diagnosis.sound.contains(&symptom.place));
            prop_assert!(told, "{symptom:?} is lost: {diagnosis:?}");
        }
    }
}

/// A task that somebody stopped an hour ago is remembered by ECS; a log group that is somebody else's is so now.
#[test]
fn what_was_before_is_not_held_against_a_tenant_that_is_well_and_what_is_now_is() {
    let well = |more: Vec<Symptom>| {
        let now =
            [Symptom::new(Place::Service, Sign::Sound, "1 of 1"), Symptom::new(Place::Targets, Sign::Sound, "healthy")];
        of(now.into_iter().chain(more).collect())
    };
    let before = well(vec![Symptom::new(Place::StoppedTasks, Sign::Failed, "Task stopped by user")]);
    assert!(before.well && before.besides.len() == 1, "{before:?}");
    let site = well(vec![Symptom::new(Place::Site, Sign::Failed, "it answers 500")]);
    assert!(!site.well && site.likely.is_empty(), "{site:?}");
    let foreign = well(vec![Symptom::new(Place::Logs, Sign::Foreign, "its tag names another team")]);
    assert_eq!((names(&foreign), foreign.well), (vec!["somebody else's under its name"], false));
}
