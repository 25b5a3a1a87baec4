//! One of them is removed, with the approval that a deletion there needs, or adopted.

use landlord_core::fakes::{Request, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::plan::Details;
use landlord_core::ports::Standing;

use super::{Dev, Prod, Sit, client, known, left};
use crate::deletion::{FROM_DEV, runs};

/// What was filed last.
fn last(world: &World) -> Request<'_> {
    world.requests().pop().unwrap()
}

#[tokio::test]
async fn by_button_in_dev_and_its_neighbours_stay() {
    let world = World::start();
    world.stands(&client("acme-2"), &[Dev]).await;
    world.stands(&client("acm"), &[Dev]).await;
    let before = world.standing(&[]).await;
    world.builds(&client("acme"), &[Dev, Sit]).await;
    let operator = world.member("operator");
    let list = operator.types("/tenant orphans environment:dev").await;
    let one = operator.chooses_on(list.answer(), "acme in DEV").await;
    one.shows("Orphan acme in DEV").shows("dev-acme-db-credentials");
    assert_eq!(one.buttons(), ["Adopt", "Remove"]);
    world.member("newcomer").presses_on(&one, "Remove").await.shows("This needs the role Operator");
    operator.presses_on(&one, "Remove").await.shows("Filed: Remove orphans of acme in DEV");
    let request = last(&world);
    request.becomes(State::Succeeded).await;
    request.card().shows("`acme`, which is no tenant here").hides("Notice");
    let left: Vec<String> =
        world.standing(&[]).await.lines().filter(|line| line.starts_with("dev ")).map(str::to_owned).collect();
    assert_eq!(left, before.lines().collect::<Vec<_>>(), "SIT's stay as well as the neighbours'");
    assert!(known(&world, "acme").await.is_none());
    assert!(request.files().iter().any(|file| file.name.starts_with("certificate-")), "the certificate is there");
    assert!(world.notifier.sent().is_empty());
    let list = operator.types("/tenant orphans").await;
    list.answer().hides("DEV —").shows("`acme` SIT — service");
}

#[tokio::test]
async fn by_button_it_is_adopted() {
    let world = World::start();
    world.builds(&client("acme"), &[Dev]).await;
    let operator = world.member("operator");
    let list = operator.types("/tenant orphans").await;
    let one = operator.chooses_on(list.answer(), "acme in DEV").await;
    operator.presses_on(&one, "Adopt").await.shows("Filed: Adopt acme in DEV");
    last(&world).becomes(State::Succeeded).await;
    assert_eq!(known(&world, "acme").await.unwrap().standings, [(Dev, Standing::Active)]);
    operator.presses_on(&one, "Adopt").await.shows("`acme` is known wherever it stands");
}

#[tokio::test]
async fn sit_takes_a_team_lead_and_prod_a_devops_lead_and_the_name() {
    let world = World::start();
    for place in [Sit, Prod] {
        left(&world, &client("acme"), place, &[Kind::Secret, Kind::LogGroup]);
    }
    let operator = world.member("operator");
    let request = operator.types("/tenant sweep tenant:acme environment:sit").await;
    request.is(State::AwaitingApproval);
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.member("team-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    let asked = operator.types("/tenant sweep tenant:acme environment:prod").await;
    assert!(asked.answer().is_form() && !asked.is_filed());
    let wrong = operator.submits(asked.answer(), &[("name", "Acme")]).await;
    assert!(!wrong.is_filed());
    wrong.answer().shows("What was typed is not the tenant's name");
    let request = operator.submits(asked.answer(), &[("name", "acme")]).await;
    request.is(State::AwaitingApproval);
    request.card().shows("typed `acme`");
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "");
}

#[tokio::test]
async fn its_data_is_backed_up_first_where_that_is_asked_for() {
    let world = World::start();
    world.builds(&client("acme"), &[Dev]).await;
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:dev backup:yes").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.cloud.backups().len(), 1);
    assert_eq!(world.standing(&[]).await, "");
}

#[tokio::test]
async fn what_is_left_of_a_deleted_tenant_goes_and_it_stays_deleted() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev]).await;
    runs(&world, FROM_DEV).await.becomes(State::Succeeded).await;
    let before = known(&world, "acme").await;
    // The host label is another's by now, and so are its rule and its record.
    let fresh = Details { subdomain: "acme".parse().unwrap(), ..client("fresh") };
    world.stands(&fresh, &[Dev]).await;
    let standing = world.standing(&[]).await;
    left(&world, &client("acme"), Dev, &[Kind::Secret]);
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:dev").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(known(&world, "acme").await, before);
    let left: Vec<&str> = standing.lines().filter(|line| !line.contains("/ecs/dev-acme")).collect();
    assert_eq!(
        world.standing(&[]).await.lines().collect::<Vec<_>>(),
        left,
        "with the logs, and nothing of the other's"
    );
}

#[tokio::test]
async fn what_a_living_tenant_has_where_it_does_not_stand_goes_and_it_lives_on() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev]).await;
    let (before, registry) = (world.standing(&[]).await, known(&world, "acme").await);
    left(&world, &client("acme"), Sit, &[Kind::Secret, Kind::DnsRecord]);
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:sit").await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert_eq!((world.standing(&[]).await, known(&world, "acme").await), (before, registry));
}

#[tokio::test]
async fn a_rule_and_a_record_of_another_name_go_with_it() {
    let world = World::start();
    let golden = Details { subdomain: "golden".parse().unwrap(), ..client("acme") };
    world.builds(&golden, &[Dev]).await;
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:dev").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "");
}

#[tokio::test]
async fn what_cannot_be_swept() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev]).await;
    world.cloud.plant_foreign(Kind::Secret, Dev, "dev-theirs-db-credentials", "its tenant_id tag says `other`");
    let operator = world.member("operator");
    let before = world.standing(&[]).await;
    for (line, why) in [
        (
            "/tenant sweep tenant:acme environment:dev",
            "`acme` is a tenant that stands in DEV, so nothing of it is an orphan",
        ),
        ("/tenant sweep tenant:acme environment:sit", "Nothing that is `acme`'s own was found in SIT"),
        ("/tenant sweep tenant:theirs environment:dev", "Nothing that is `theirs`'s own was found in DEV"),
        ("/tenant sweep tenant:acme* environment:sit", "`tenant`: The tenant id contains the character *"),
    ] {
        let refused = operator.types(line).await;
        assert!(!refused.is_filed(), "{line}");
        refused.answer().shows(why);
    }
    for form in
        ["tenant sweep:acme:dev:yes", "tenant sweep:acme:moon:no:1", "tenant sweep:ACME:dev:no:1", "tenant sweep"]
    {
        operator.hands_in(form, &[("name", "acme")]).await.answer().shows("This form is of an older version");
    }
    assert_eq!(world.standing(&[]).await, before);
}
