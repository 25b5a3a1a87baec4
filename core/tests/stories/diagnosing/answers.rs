//! What a person is answered who asks why a tenant does not work.

use landlord_core::card::{Card, Tone};
use landlord_core::diagnosis::{Mend, causes};
use landlord_core::fakes::{Ailment, Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::Workload as _;
use landlord_core::role::Role;
use landlord_core::spec::OptionKind;
use landlord_core::tenant::{Environment, Tenancy};

use super::{asks, blueprint, everybody, line, stands, subject};
use crate::waits_in_sit;

#[tokio::test]
async fn a_tenant_that_is_well() {
    let world = World::start();
    stands(&world).await;
    let shown = asks(&world, Environment::Dev).await;
    assert_eq!(shown.card.tone, Tone::Good);
    assert!(shown.buttons().is_empty());
    insta::assert_snapshot!(shown.text());
}

#[tokio::test]
async fn a_tenant_whose_image_is_gone() {
    let world = World::start();
    stands(&world).await;
    world.cloud.ail(&subject(Environment::Dev), Ailment::ImageNotFound);
    insta::assert_snapshot!(asks(&world, Environment::Dev).await.text());
}

#[tokio::test]
async fn what_no_cause_fits_is_said_honestly_with_all_that_was_seen() {
    let world = World::start();
    stands(&world).await;
    world.cloud.ail(&subject(Environment::Dev), Ailment::NoCapacity);
    let reason = "FlibbertigibbetError: **@everyone** [press](https://evil.example) `x`";
    world.cloud.hinder_tasks(&subject(Environment::Dev).tenancy, Some(reason));
    let shown = asks(&world, Environment::Dev).await;
    let harmless = "FlibbertigibbetError: \\*\\*@everyone\\*\\* \\[press](https\\://evil.example) 'x'";
    shown.shows(harmless).hides("**@everyone");
}

#[tokio::test]
async fn a_place_that_cannot_be_looked_at_says_so_and_the_others_are_shown() {
    for error in [FaultError::Denied, FaultError::Throttled, FaultError::Timeout] {
        let world = World::start();
        stands(&world).await;
        world.cloud.ail(&subject(Environment::Dev), Ailment::ImageNotFound);
        world.cloud.fail(Fault::new(error).on(Verb::Symptoms).of_kind(Kind::Secret));
        let shown = asks(&world, Environment::Dev).await;
        shown.shows("Likely: image cannot be pulled").shows("## Not seen").shows("secret: ");
        let sound = shown.card.fields.iter().find(|field| field.name == "Looked at and sound").unwrap();
        assert!(!sound.value.contains("secret"), "{error:?}: {shown}");
    }
}

#[tokio::test]
async fn an_operation_that_works_there_is_named() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let shown = asks(&world, Environment::Sit).await;
    shown.shows("is being worked on").shows(&request.id().to_string()).shows("Not provisioned here");
}

#[tokio::test]
async fn whoever_may_use_no_such_command_is_refused_and_nothing_is_looked_at() {
    let world = World::start();
    stands(&world).await;
    let looks = |world: &World| world.cloud.journal().iter().filter(|call| call.verb == Verb::Symptoms).count();
    let before = looks(&world);
    world.member("newcomer").types(&line("diagnose", Environment::Dev)).await.answer().shows("This needs the role");
    assert_eq!(looks(&world), before);
}

#[tokio::test]
async fn a_tenant_that_nobody_knows_is_looked_for_by_its_name() {
    let world = World::start();
    let shown = asks(&world, Environment::Dev).await;
    shown.shows("Likely: not provisioned here").shows("The registry has no such tenant.");
    shown.shows("its id was taken for its host label");
    let wrong = everybody(&world).types("/tenant diagnose tenant:GOLDEN! environment:dev").await;
    wrong.answer().shows("`tenant`: ");
}

#[tokio::test]
async fn a_diagnosis_changes_nothing() {
    let world = World::start();
    stands(&world).await;
    let (standing, log) = (world.standing(&[subject(Environment::Dev)]).await, world.store.log().len());
    asks(&world, Environment::Dev).await;
    assert_eq!(world.standing(&[subject(Environment::Dev)]).await, standing);
    assert_eq!(world.store.log().len(), log);
    let verbs = |world: &World| world.cloud.journal().into_iter().map(|call| call.verb).collect::<Vec<_>>();
    let from = verbs(&world).len();
    asks(&world, Environment::Dev).await;
    let looks = [Verb::Account, Verb::Symptoms, Verb::Revisions];
    let other: Vec<Verb> = verbs(&world)[from..].iter().copied().filter(|verb| !looks.contains(verb)).collect();
    assert_eq!(other, [], "it only looks");
}

#[tokio::test]
async fn a_button_is_shown_to_those_only_who_may_use_its_command() {
    let world = World::start();
    stands(&world).await;
    world.cloud.ail(&subject(Environment::Dev), Ailment::ImageNotFound);
    let Some(command) = world.house().desk.catalogue.command(Mend::RollBack.command()).cloned() else { return };
    let without: Vec<Role> = Role::ALL.into_iter().filter(|role| !command.who.roles().contains(role)).collect();
    let member = world.member("somebody");
    member.holds(&without);
    let shown = member.types(&line("diagnose", Environment::Dev)).await.answer().clone();
    shown.shows("image cannot be pulled");
    assert!(shown.buttons().is_empty(), "{shown}");
    member.holds(command.who.roles());
    // Who may roll back may not always ask for a diagnosis.
    let asked = member.types(&line("diagnose", Environment::Dev)).await;
    assert_eq!(asked.answer().buttons(), [Mend::RollBack.label()]);
}

/// The longest that a button's id can be, for every cause that a command mends.
#[test]
fn every_button_fits_into_the_chat() {
    let longest = Tenancy::new("a".repeat(24).parse().unwrap(), Environment::Prod);
    let size = landlord_core::size::Size::new(8_192, 61_440, 20).unwrap();
    let options = [
        ("tenant", OptionKind::Tenant),
        ("environment", OptionKind::Environment),
        ("cpu", OptionKind::Cpu),
        ("memory", OptionKind::Memory),
        ("count", OptionKind::Count),
    ];
    let with_reason = [options[0], options[1], ("reason", OptionKind::Why)];
    let mut tried = 0;
    for cause in causes() {
        let Some(mend) = cause.mend else { continue };
        let options = if mend == Mend::RollBack { &with_reason[..] } else { &options[..] };
        let button = landlord_core::card::advised(cause, mend, &longest, Some(size), options).unwrap();
        let card = Card { buttons: vec![button.clone()], ..Card::default() }.fit();
        assert_eq!(card.buttons, std::slice::from_ref(&button), "{} characters: {}", button.id.len(), button.id);
        tried += 1;
    }
    assert!(tried >= Mend::ALL.len());
}

/// What is wrong, the button that mends it, and the headline of what pressing it files.
const MENDED: [(Ailment, &str, &str); 2] = [
    (Ailment::OutOfMemory, "Scale to 256 cpu · 1024 MiB", "Scale goldencrust in DEV"),
    (Ailment::PortClosed, "Roll back", "Roll back goldencrust in DEV"),
];

#[tokio::test]
async fn pressing_a_button_files_what_the_command_files() {
    for (ailment, label, title) in MENDED {
        let world = World::start();
        stands(&world).await;
        let person = everybody(&world);
        if label == "Roll back" {
            let scaled = person.types(&format!("{} memory:1024", line("scale", Environment::Dev))).await;
            scaled.becomes(State::Succeeded).await;
        }
        world.cloud.ail(&subject(Environment::Dev), ailment);
        let shown = asks(&world, Environment::Dev).await;
        let before = world.operations().len();
        let mut answer = person.presses_on(&shown, label).await;
        if label == "Roll back" {
            // Without a revision the command answers with those that there are.
            let offered = answer.card.menu.clone().unwrap_or_else(|| panic!("{answer}"));
            answer = person.chooses_on(&answer, &offered.choices[0].0).await;
        }
        assert_eq!(world.operations().len(), before + 1, "{label}: {answer}");
        let filed = world.request(world.operations().last().unwrap());
        filed.card().shows(title);
        if label == "Roll back" {
            assert_eq!(filed.operation().reason.as_deref(), Some("connection refused"));
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_healed_by_the_button() {
    let world = World::start();
    stands(&world).await;
    assert!(world.cloud.vanish(Kind::ListenerRule, &subject(Environment::Dev)));
    let shown = asks(&world, Environment::Dev).await;
    shown.shows("Likely: listener rule not there");
    everybody(&world).presses_on(&shown, "Heal").await;
    let healed = world.request(world.operations().last().unwrap());
    healed.card().shows("Heal goldencrust in DEV");
    healed.becomes(State::Succeeded).await;
    asks(&world, Environment::Dev).await.shows("Nothing is wrong that can be seen");
}

#[tokio::test]
async fn a_service_that_somebody_scaled_to_zero_is_not_taken_for_shut_down() {
    let world = World::start();
    stands(&world).await;
    let here = subject(Environment::Dev);
    world.cloud.scale(&here, 0).await.unwrap();
    while world.cloud.tasks(&here).await.unwrap().unwrap().running > 0 {}
    let shown = asks(&world, Environment::Dev).await;
    shown.shows("Likely: scaled to zero").hides("emergency");
    everybody(&world).presses_on(&shown, "Run one task").await;
    world.request(world.operations().last().unwrap()).becomes(State::Succeeded).await;
    assert_eq!(world.cloud.tasks(&here).await.unwrap().unwrap().desired, 1);
}

#[tokio::test]
async fn what_was_shut_down_in_an_emergency_is_reopened_by_the_button() {
    let world = World::start();
    stands(&world).await;
    let shut = world.member("security").types(&format!("{} reason:defaced", line("shutdown", Environment::Dev))).await;
    shut.becomes(State::Succeeded).await;
    let shown = asks(&world, Environment::Dev).await;
    shown
        .shows("Likely: shut down in an emergency")
        .shows("service: it wants no task")
        .hides("Listener rule not there");
    shown.shows("The registry has it there as shut down.");
    everybody(&world).presses_on(&shown, "Reopen").await;
    let reopened = world.request(world.operations().last().unwrap());
    reopened.card().shows("Reopen goldencrust in DEV");
}

#[tokio::test]
async fn what_is_left_over_leads_to_the_orphans() {
    let world = World::start();
    stands(&world).await;
    world.cloud.plant(Kind::Database, &blueprint(Environment::Sit)).unwrap();
    let shown = asks(&world, Environment::Sit).await;
    shown.shows("Likely: a database is left over");
    let pressed = everybody(&world).presses_on(&shown, "Orphans").await;
    let typed = everybody(&world).types("/tenant orphans environment:sit").await;
    assert_eq!(pressed.card.body, typed.answer().card.body, "pressing is the same as typing");
}
