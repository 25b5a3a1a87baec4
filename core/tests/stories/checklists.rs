//! The checklists of a provisioning (playbook 5.1, 5.2): seen by the bot, vouched for, unverifiable, or not so. None is skipped.

use landlord_core::fakes::{Fault, FaultError, Request, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::{Finding, State, StepState};
use landlord_core::plan::When;
use landlord_core::ports::CloudError;
use landlord_core::spec::Catalogue;

use crate::{DEV, waits_in_sit};

/// The lines of 5.2 with what the bot sees in a world in which all is well.
const SEEN: [&str; 8] = [
    "☑ ECS service running (desired count met) · 1 of 1 tasks run, <t:",
    "☑ Target group healthy · 1 of 1 targets healthy, <t:",
    "☑ DNS resolving correctly · golden.wpdev.kimmyai.io resolves, <t:",
    "☑ WordPress accessible via browser · https\\://golden.wpdev.kimmyai.io answers 200, WordPress, <t:",
    "☑ Database connection verified · goldencrust\\_db answers, <t:",
    "☑ Secrets stored correctly · all five keys are there, <t:",
    "☑ Logs appearing in CloudWatch · there are log lines, <t:",
    "☑ Tenant owner notified with access details · sent to owner@golden.example as mail-1, <t:",
];

/// The lines of the thread about an item of a list.
fn told(request: &Request<'_>, item: &str) -> Vec<String> {
    request.thread().lines().filter(|line| line.contains(item)).map(str::to_owned).collect()
}

/// How the line of the list afterwards has come out.
fn finding(request: &Request<'_>, item: &str) -> Finding {
    let operation = request.operation();
    let found = operation.checklist(When::After).find(|(line, _)| line.item == item);
    found.map(|(_, finding)| finding).unwrap()
}

/// The built-in commands with some texts of the provisioning changed.
fn changed(changes: &[(&str, &str)]) -> Catalogue {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../commands");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (from, to) in changes.iter().filter(|_| name == "tenant-provision.toml") {
            assert_eq!(text.matches(from).count(), 1, "{from}");
            text = text.replace(from, to);
        }
        (name, text)
    });
    Catalogue::parse(&files.collect::<Vec<_>>()).unwrap()
}

#[tokio::test]
async fn what_the_run_has_shown_is_told_with_its_evidence() {
    let world = World::start();
    let request = world.member("operator").types(DEV).await;
    request.is(State::Succeeded);
    let thread = request.thread();
    let end = thread.split("🎉 Done").nth(1).unwrap();
    let lines: Vec<&str> = end.lines().skip(1).collect();
    assert_eq!(lines.len(), SEEN.len(), "{end}");
    for (line, seen) in lines.iter().zip(SEEN) {
        assert!(line.starts_with(seen), "{line} should begin with {seen}");
    }
    request.card().shows("## Afterwards\n☑ ECS service running (desired count met)\n☑ Target group healthy\n");
}

#[tokio::test]
async fn the_time_of_a_line_is_the_steps() {
    let world = World::start();
    let request = world.member("operator").types(DEV).await;
    let operation = request.operation();
    for (line, finding) in operation.checklist(When::After) {
        let Finding::Verified(evidence) = finding else { panic!("{line:?} is {finding:?}") };
        let step = evidence[0].step.unwrap();
        assert_eq!(Some(evidence[0].at), operation.steps[step].ended);
        assert_eq!(evidence[0].note, operation.steps[step].note);
    }
}

#[tokio::test]
async fn a_step_that_was_left_out_is_told_with_whose_decision_it_was() {
    let world = World::start();
    world.notifier.fail_next(99, &CloudError::Permanent("the sender is not verified".into()));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    request.card().hides("Afterwards");
    world.member("operator").presses(&request, "Skip").await;
    request.is(State::Succeeded);
    let line = "✗ Tenant owner notified with access details · left out by @operator";
    assert_eq!(told(&request, "Tenant owner notified with access details"), [line]);
    request.card().shows(line).shows("☑ Logs appearing in CloudWatch");
}

#[tokio::test]
async fn a_step_that_was_tried_again_counts_by_its_last_try() {
    let world = World::start();
    world.notifier.fail_next(2, &CloudError::Transient("SES answers 503".into()));
    let request = world.member("operator").types(DEV).await;
    let item = "Tenant owner notified with access details";
    assert_eq!(finding(&request, item), Finding::Open);
    request.becomes(State::Succeeded).await;
    let step = request.operation().steps.last().unwrap().clone();
    assert_eq!(step.attempts, 3);
    let Finding::Verified(evidence) = finding(&request, item) else { panic!("it is seen") };
    assert_eq!((evidence.len(), Some(evidence[0].at)), (1, step.ended));
    assert!(evidence[0].at > step.started.unwrap(), "not when it was first tried");
    assert_eq!(told(&request, item).len(), 1);
}

#[tokio::test]
async fn what_is_left_as_it_stands_says_what_is_so_and_what_is_not() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Check));
    let request = world.member("operator").types(DEV).await;
    world.member("operator").presses(&request, "Leave").await;
    request.is(State::Abandoned);
    let thread = request.thread();
    assert!(thread.contains("\n☑ Database connection verified · goldencrust\\_db answers"), "{thread}");
    assert!(thread.contains("\n✗ Secrets stored correctly · not done: verify secret stored"), "{thread}");
    assert!(thread.contains("\n✗ Logs appearing in CloudWatch · not done\n"), "{thread}");
    request.card().shows("✗ Tenant owner notified with access details · not done");
}

#[tokio::test]
async fn a_roll_back_leaves_no_line_that_holds() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Check));
    let request = world.member("operator").types(DEV).await;
    world.member("operator").presses(&request, "Roll back").await;
    request.becomes(State::Unwound).await;
    let operation = request.operation();
    let running = operation.plan.steps.iter().position(|planned| planned.step == "verify service running").unwrap();
    assert_eq!(operation.steps[running].state, StepState::Done, "what looked has nothing to undo");
    assert!(operation.checklist(When::After).all(|(_, finding)| matches!(finding, Finding::NotDone(_))));
    assert!(request.thread().contains("✗ None of the 8 lines of the checklist afterwards holds."));
    assert!(!request.thread().contains("☑"), "{}", request.thread());
    request.card().hides("Afterwards");
}

#[tokio::test]
async fn who_vouches_is_told_when_it_begins() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    assert!(!request.thread().contains("vouch"));
    world.member("team-lead").reacts(&request, "✅").await;
    let line = "for: Contact email verified; Organization structure defined.";
    assert_eq!(told(&request, "vouch"), [format!("☐ @team-lead vouches {line}")]);
    let first = world.requests().remove(0);
    assert_eq!(told(&first, "vouch"), [format!("☐ @operator vouches {line}")], "nobody had to approve in DEV");
}

#[tokio::test]
async fn what_nobody_can_tell_is_said_before_and_afterwards() {
    let world = World::start();
    let unsure = changed(&[
        ("look = \"subdomain-free\"", "unverifiable = \"names are given elsewhere\""),
        ("step = \"verify logs appearing\"", "unverifiable = \"logs are _elsewhere_\""),
    ]);
    world.is_upgraded(unsure).await;
    let request = waits_in_sit(&world).await;
    let before = "⚠ Subdomain validated (no conflicts) · unverifiable: names are given elsewhere";
    request.card().shows(before);
    world.member("team-lead").reacts(&request, "✅").await;
    assert_eq!(told(&request, "Subdomain validated"), [before]);
    let after = "⚠ Logs appearing in CloudWatch · unverifiable: logs are \\_elsewhere\\_";
    assert_eq!(told(&request, "Logs appearing"), [after]);
    request.card().shows(after);
}

#[tokio::test]
async fn whoever_validates_vouches_for_what_people_must_try() {
    let world = World::start();
    world.is_upgraded(changed(&[("step = \"verify site answers\"", "attested = true")])).await;
    let request = world.member("operator").types(DEV).await;
    request.is(State::Succeeded);
    request.card().shows("☐ WordPress accessible via browser · nobody vouches for it yet");
    world.member("operator").reacts(&request, "✅").await;
    let line = "☐ WordPress accessible via browser · vouched for by @operator";
    request.card().shows(line);
    let thread = request.thread();
    assert!(thread.split("✅ @operator validated it.").nth(1).unwrap().contains(line), "{thread}");
}

#[tokio::test]
async fn the_lists_of_a_plan_are_frozen() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let filed = request.operation();
    let fewer = "[[after]]\nitem = \"Logs appearing in CloudWatch\"\nstep = \"verify logs appearing\"\n";
    world.is_upgraded(changed(&[(fewer, "")])).await;
    world.member("team-lead").reacts(&request, "✅").await;
    let done = request.is(State::Succeeded).operation();
    assert_eq!((&done.plan, done.plan.digest()), (&filed.plan, filed.digest));
    assert_eq!(told(&request, "☑ Logs appearing in CloudWatch").len(), 1);
}
