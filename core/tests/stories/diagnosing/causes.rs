//! Each cause of the table by its name, with the command that would mend it.

use std::collections::BTreeSet;

use futures::future::LocalBoxFuture;
use landlord_core::card::Tone;
use landlord_core::diagnosis::{Mend, Section, causes};
use landlord_core::fakes::{Ailment, World};
use landlord_core::kind::Kind;
use landlord_core::ports::Workload as _;
use landlord_core::tenant::Environment;

use super::{asks, blueprint, comes_up, is_left_half_way, stands, subject};

/// How a cause is made to happen.
struct Case {
    cause: &'static str,
    /// What happens; where it is not the tenant in DEV, it answers where to look.
    happens: for<'w> fn(&'w World) -> LocalBoxFuture<'w, Environment>,
}

macro_rules! case {
    ($cause:literal, |$world:ident| $happens:expr) => {
        Case {
            cause: $cause,
            happens: |$world| {
                Box::pin(async move {
                    $happens;
                    Environment::Dev
                })
            },
        }
    };
    ($cause:literal in SIT, |$world:ident| $happens:expr) => {
        Case {
            cause: $cause,
            happens: |$world| {
                Box::pin(async move {
                    $happens;
                    Environment::Sit
                })
            },
        }
    };
}

/// The tenant stands and has the ailment.
async fn ails(world: &World, ailment: Ailment) {
    stands(world).await;
    world.cloud.ail(&subject(Environment::Dev), ailment);
}

/// The tenant stands and loses a resource.
async fn loses(world: &World, kind: Kind) {
    stands(world).await;
    assert!(world.cloud.vanish(kind, &subject(Environment::Dev)));
}

/// The tenant is not in SIT, and something of it stands there.
async fn is_left_over(world: &World, kind: Kind) {
    stands(world).await;
    world.cloud.plant(kind, &blueprint(Environment::Sit)).unwrap();
}

async fn scaled(world: &World, desired: u32) {
    world.cloud.scale(&subject(Environment::Dev), desired).await.unwrap();
}

/// The secret is made anew beside the user of the old one.
fn new_secret(world: &World) {
    assert!(world.cloud.vanish(Kind::Secret, &subject(Environment::Dev)));
    world.cloud.plant(Kind::Secret, &blueprint(Environment::Dev)).unwrap();
}

const CASES: &[Case] = &[
    case!("no session with the account", |world| {
        stands(world).await;
        world.cloud.answer_as(Environment::Dev, Some("123456789012"));
    }),
    case!("scaled to zero", |world| {
        stands(world).await;
        scaled(world, 0).await;
        while world.cloud.tasks(&subject(Environment::Dev)).await.unwrap().unwrap().running > 0 {}
    }),
    case!("what is left of it stands" in SIT, |world| is_left_over(world, Kind::TargetGroup).await),
    case!("somebody else's under its name", |world| {
        loses(world, Kind::TargetGroup).await;
        let name = world.cloud.name(Kind::TargetGroup, &subject(Environment::Dev));
        world.cloud.plant_foreign(Kind::TargetGroup, Environment::Dev, &name, "its tags name another team");
    }),
    case!("secret not found", |world| loses(world, Kind::Secret).await),
    case!("task definition not there", |world| loses(world, Kind::TaskDefinition).await),
    case!("access point not there", |world| loses(world, Kind::AccessPoint).await),
    case!("log group not there", |world| loses(world, Kind::LogGroup).await),
    case!("service not there", |world| loses(world, Kind::Service).await),
    case!("target group not there", |world| loses(world, Kind::TargetGroup).await),
    case!("listener rule not there", |world| loses(world, Kind::ListenerRule).await),
    case!("DNS record not there", |world| loses(world, Kind::DnsRecord).await),
    case!("database not there", |world| loses(world, Kind::Database).await),
    case!("database user not there", |world| loses(world, Kind::DatabaseUser).await),
    case!("not provisioned here" in SIT, |world| stands(world).await),
    case!("database or user exists already", |world| {
        is_left_half_way(world).await;
        new_secret(world);
    }),
    case!("a database is left over" in SIT, |world| is_left_over(world, Kind::Database).await),
    case!("database is somebody else's", |world| {
        loses(world, Kind::Database).await;
        let name = world.cloud.name(Kind::Database, &subject(Environment::Dev));
        world.cloud.plant_foreign(Kind::Database, Environment::Dev, &name, "another user holds it");
    }),
    case!("password refused by the database", |world| {
        stands(world).await;
        new_secret(world);
    }),
    case!("database user without grants", |world| ails(world, Ailment::NoGrants).await),
    case!("secret scheduled for deletion", |world| {
        stands(world).await;
        assert!(world.cloud.schedule_secret(&subject(Environment::Dev)));
    }),
    case!("secret without a key", |world| ails(world, Ailment::SecretWithoutKey).await),
    case!("execution role lacks a permission", |world| ails(world, Ailment::RoleDenied).await),
    case!("no way from the tasks to AWS", |world| ails(world, Ailment::NoRegistry).await),
    case!("file system cannot be mounted", |world| ails(world, Ailment::NoMount).await),
    case!("image cannot be pulled", |world| ails(world, Ailment::ImageNotFound).await),
    case!("out of memory", |world| ails(world, Ailment::OutOfMemory).await),
    case!("container ends by itself", |world| ails(world, Ailment::Crashing).await),
    case!("no capacity", |world| ails(world, Ailment::NoCapacity).await),
    case!("deployment failed", |world| ails(world, Ailment::DeploymentFails).await),
    case!("tasks are still starting", |world| {
        stands(world).await;
        scaled(world, 2).await;
    }),
    case!("health path not found", |world| ails(world, Ailment::PathNotFound).await),
    case!("health check gets errors", |world| ails(world, Ailment::ServerError).await),
    case!("health check times out", |world| ails(world, Ailment::HealthTimeout).await),
    case!("connection refused", |world| ails(world, Ailment::PortClosed).await),
    case!("targets are not healthy", |world| ails(world, Ailment::SickTargets).await),
    case!("first health checks still run", |world| ails(world, Ailment::SlowHealth).await),
    case!("targets are being taken away", |world| ails(world, Ailment::TargetsLeave).await),
    case!("no target is registered", |world| {
        stands(world).await;
        world.cloud.ail(&subject(Environment::Dev), Ailment::NoTargets);
    }),
    case!("service still drains", |world| {
        stands(world).await;
        world.cloud.hold_tasks(&subject(Environment::Dev).tenancy, true);
        scaled(world, 0).await;
    }),
    case!("target group is used by another rule", |world| {
        stands(world).await;
        let tenant = &subject(Environment::Dev).tenancy.tenant;
        let why = Some("its tags name another team");
        world.cloud.plant_rule(Environment::Dev, "old.wpdev.kimmyai.io", &[tenant], why);
    }),
    case!("database clean-up cannot read its secret", |world| ails(world, Ailment::CleanUpFails).await),
];

/// The causes that need more than the cloud; their stories are in `answers`.
const ELSEWHERE: &[&str] = &["shut down in an emergency"];

/// What is wrong with the answer about a cause.
async fn flaws(Case { cause, happens }: &Case) -> Vec<String> {
    let world = World::start();
    let environment = happens(&world).await;
    let entry = causes().find(|entry| entry.name == *cause).unwrap_or_else(|| panic!("there is no cause {cause}"));
    let shown = asks(&world, environment).await;
    let first = shown.card.fields.first().cloned().unwrap_or_else(|| panic!("{cause}: there is no field on {shown}"));
    // Long evidence may cut the end of an advice off, and not its first words.
    let advice: String = entry.advice.chars().take(60).collect();
    let offered = entry.mend.filter(|mend| world.house().desk.catalogue.command(mend.command()).is_some());
    let labels = shown.buttons();
    let right = [
        (shown.card.title.to_lowercase().contains(&cause.to_lowercase()), "it is the likeliest"),
        (first.name.contains(&entry.section.to_string()), "the playbook's section is named"),
        (first.value.starts_with("› "), "something speaks for it"),
        (first.value.contains(&advice), "it is said what to do"),
        (
            offered.is_none_or(|mend| labels.first().is_some_and(|label| label.starts_with(mend.label()))),
            "it is a button",
        ),
        (
            offered.is_some() || entry.mend.is_none_or(|mend| !labels.contains(&mend.label())),
            "no button without a command",
        ),
    ];
    let wrong = right.into_iter().filter(|(right, _)| !right);
    wrong.map(|(_, what)| format!("{cause}: not so: {what}\n{shown}")).collect()
}

#[tokio::test]
async fn each_is_named_with_what_speaks_for_it_and_what_mends_it() {
    let mut wrong = Vec::new();
    for case in CASES {
        wrong.extend(flaws(case).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn none_of_the_table_is_left_out_and_every_section_has_one() {
    let told: BTreeSet<&str> = CASES.iter().map(|case| case.cause).chain(ELSEWHERE.iter().copied()).collect();
    let table: BTreeSet<&str> = causes().map(|cause| cause.name).collect();
    assert_eq!(told, table);
    assert_eq!(table.len(), causes().count(), "no name twice");
    for section in Section::ALL {
        assert!(causes().any(|cause| cause.section == section), "{section}");
    }
    for mend in Mend::ALL {
        assert!(causes().any(|cause| cause.mend == Some(mend)), "{mend:?}");
    }
}

#[tokio::test]
async fn what_was_wrong_and_is_mended_is_no_cause_any_more() {
    let world = World::start();
    let subject = subject(Environment::Dev);
    for ailment in [Ailment::ImageNotFound, Ailment::OutOfMemory, Ailment::PathNotFound, Ailment::NoGrants] {
        if world.operations().is_empty() {
            stands(&world).await;
        }
        world.cloud.ail(&subject, ailment);
        asks(&world, Environment::Dev).await.shows("Likely: ");
        world.cloud.recover(&subject);
        comes_up(&world, Environment::Dev).await;
        asks(&world, Environment::Dev).await.shows("Nothing is wrong that can be seen");
    }
}

#[tokio::test]
async fn two_causes_are_both_shown_and_what_follows_from_them_is_not() {
    let world = World::start();
    ails(&world, Ailment::ImageNotFound).await;
    assert!(world.cloud.vanish(Kind::ListenerRule, &subject(Environment::Dev)));
    let shown = asks(&world, Environment::Dev).await;
    let names: Vec<&str> = shown.card.fields.iter().map(|field| field.name.as_str()).collect();
    assert!(names[0].starts_with("Listener rule not there"), "{names:?}");
    assert!(names[1].starts_with("Image cannot be pulled"), "{names:?}");
    assert_eq!(names[2], "Seen besides", "that the task still starts is no cause of its own: {names:?}");
    shown.shows("0 of 1 tasks run");
    assert_eq!(shown.card.tone, Tone::Bad);
}
