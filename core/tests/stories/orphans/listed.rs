//! The list: who, where, which kinds, and why nobody owns it.

use landlord_core::fakes::World;
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::plan::Details;
use landlord_core::ports::Store as _;

use super::{Dev, Prod, Sit, client, left};
use crate::deletion::{FROM_DEV, runs};

const ORPHANS: &str = "/tenant orphans";

#[tokio::test]
async fn what_is_left_of_whom_and_where() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev, Sit]).await;
    world.stands(&client("acme-2"), &[Dev]).await;
    left(&world, &client("acme-20"), Dev, &[Kind::TargetGroup, Kind::Secret]);
    left(&world, &client("acme-2"), Sit, &[Kind::Database, Kind::DatabaseUser]);
    world.cloud.plant_foreign(Kind::DnsRecord, Prod, "nobody.wp.kimmyai.io", "it leads elsewhere");
    world.cloud.plant_foreign(Kind::TargetGroup, Dev, "dev-Acme_Foo-tg", "no tag");
    world.cloud.plant_foreign(Kind::TargetGroup, Dev, "platform-tg", "no tag");
    let list = world.member("operator").types(ORPHANS).await;
    let list = list.answer();
    list.shows("`acme-20` DEV — target group, secret · no tenant");
    list.shows("`acme-2` SIT — database user, database · the tenant does not stand here");
    list.hides("`acme` ").hides("`acme-2` DEV").hides("platform-tg");
    list.shows("Host names that no tenant has (1)").shows("`nobody` (dns record)");
    list.shows("The id in these names is none that a tenant can have (1)").shows("dev-Acme_Foo-tg");
    list.shows("2 in all · page 1 of 1");
    let only = world.member("operator").types("/tenant orphans environment:sit").await;
    only.answer().shows("`acme-2` SIT").hides("acme-20").shows("1 in all");
}

#[tokio::test]
async fn the_logs_that_a_deletion_has_kept_come_last_and_say_so() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev]).await;
    runs(&world, FROM_DEV).await.becomes(State::Succeeded).await;
    left(&world, &client("zebra"), Dev, &[Kind::Secret]);
    let list = world.member("operator").types(ORPHANS).await;
    let at = world.store.tenant(&super::id("acme")).await.unwrap().unwrap().deleted.unwrap().unix_timestamp();
    list.answer().shows(&format!("`acme` DEV — log group · deleted <t:{at}:R>, its logs are kept 365 days"));
    let text = list.answer().text();
    assert!(text.find("`zebra`") < text.find("`acme`"), "{text}");
    // Somebody has put something of it there again.
    left(&world, &client("acme"), Dev, &[Kind::Service]);
    let list = world.member("operator").types(ORPHANS).await;
    list.answer().shows(&format!("`acme` DEV — service, log group · deleted <t:{at}:R>"));
    let one = world.member("operator").chooses_on(list.answer(), "acme in DEV").await;
    one.shows("It cannot be adopted: the id of a deleted tenant is never given again.");
    assert_eq!(one.buttons(), ["Remove"]);
}

#[tokio::test]
async fn an_environment_that_cannot_be_reached_says_so_and_the_others_are_shown() {
    let world = World::start();
    left(&world, &client("acme"), Dev, &[Kind::Secret]);
    left(&world, &client("bolt"), Sit, &[Kind::Secret]);
    world.cloud.answer_as(Sit, Some("093646564004"));
    let list = world.member("operator").types(ORPHANS).await;
    list.answer().shows("`acme` DEV — secret").hides("bolt").shows("Not looked at (1)");
    list.answer().shows("**SIT** · account 093646564004 answers, but the configuration names 815856636111");
    let json = String::from_utf8(list.answer().card.files[1].bytes.clone()).unwrap();
    assert!(json.contains("\"not_looked_at\": {\n    \"sit\": \"account 093646564004 answers"), "{json}");
}

#[tokio::test]
async fn a_thousand_names_have_pages_and_a_file() {
    let world = World::with(landlord_core::fakes::Settings { page_size: 100, ..Default::default() });
    for number in 0..1_000 {
        let name = format!("/ecs/dev-tenant-{number:04}");
        world.cloud.plant_foreign(Kind::LogGroup, Dev, &name, "no tag");
    }
    let operator = world.member("operator");
    let list = operator.types(ORPHANS).await;
    list.answer().shows("1000 in all · page 1 of 100").shows("`tenant-0009`").hides("tenant-0010");
    let csv = String::from_utf8(list.answer().card.files[0].bytes.clone()).unwrap();
    assert_eq!(csv.lines().count(), 1_001);
    assert!(csv.lines().any(|line| line == "tenant-0999,dev,unknown,,log group,/ecs/dev-tenant-0999"), "{csv}");
    let next = operator.presses_on(list.answer(), "On ›").await;
    next.shows("page 2 of 100").shows("`tenant-0010`");
    operator.sends("page:4294967295:orphans:").await.shows("1000 in all");
    world.member("newcomer").sends("page:1:orphans:").await.shows("This needs the role Operator");
    for hostile in
        ["page:1:orphans:moon", "orphan:dev", "orphan:dev/UPPER", "orphan:moon/acme", "orphan:dev/tenant-9999"]
    {
        operator.sends(hostile).await.shows("Not possible");
    }
}

#[tokio::test]
async fn nothing_is_left_over() {
    let world = World::start();
    world.stands(&Details { subdomain: "golden".parse().unwrap(), ..client("acme") }, &[Dev]).await;
    let list = world.member("operator").types(ORPHANS).await;
    list.answer().shows("Nothing bears the name of a tenant that there is not.");
    assert!(list.answer().card.files.is_empty() && list.answer().card.menu.is_none());
}
