//! What is found is adopted, with what can be found out about it.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::plan::Details;
use landlord_core::ports::{RegistryChange, Standing};
use landlord_core::size::Size;

use super::{Dev, Prod, Sit, client, known, standings, unknown, untold};

#[tokio::test]
async fn all_that_are_found_are_known_from_then_on_and_nothing_is_touched() {
    let world = unknown(&["acme", "acme-2", "bolt"], &[Dev, Sit]).await;
    world.stands(&client("crumb"), &[Dev]).await;
    let before = world.standing(&[]).await;
    let request = world.member("operator").types("/tenant adopt").await;
    request.becomes(State::Succeeded).await;
    request.card().shows("Adopt 3 tenants in DEV and SIT").shows("3 tenants are known now");
    let thread = request.thread();
    assert!(thread.contains("✅ `acme-2` is known now in DEV and SIT."), "{thread}");
    for tenant in ["acme", "acme-2", "bolt"] {
        let known = known(&world, tenant).await.unwrap();
        assert_eq!(known.details, untold(tenant));
        assert_eq!(known.standings, [(Dev, Standing::Active), (Sit, Standing::Active)]);
    }
    assert_eq!(world.standing(&[]).await, before);
    let file = String::from_utf8(request.card().card.files[0].bytes.clone()).unwrap();
    assert!(file.contains("bolt · bolt · no address known"), "{file}");
    assert!(file.contains("bolt in SIT: service, listener rule, target group"), "{file}");
    let again = world.member("operator").types("/tenant adopt").await;
    assert!(!again.is_filed());
    again.answer().shows("There is nothing to adopt").shows("All that stands is known already.");
}

#[tokio::test]
async fn prod_waits_for_a_devops_lead() {
    let world = unknown(&["acme"], &[Dev, Prod]).await;
    let request = world.member("operator").types("/tenant adopt tenant:acme").await;
    request.is(State::AwaitingApproval);
    assert!(known(&world, "acme").await.is_none(), "the registry knows nothing before");
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(standings(&world, "acme").await, [(Dev, Standing::Active), (Prod, Standing::Active)]);
}

#[tokio::test]
async fn what_is_given_is_taken_and_the_rest_is_found_out() {
    let world = World::start();
    let size = Size::new(1024, 2048, 21).unwrap();
    let golden = Details { subdomain: "golden".parse().unwrap(), size, ..client("acme") };
    world.builds(&golden, &[Dev]).await;
    let line = "/tenant adopt tenant:acme company:Golden Crust email:owner@golden.example";
    let request = world.member("operator").types(line).await;
    request.becomes(State::Succeeded).await;
    let found = known(&world, "acme").await.unwrap().details;
    assert_eq!((found.company.as_str(), found.owner()), ("Golden Crust", "owner@golden.example"));
    assert_eq!(found.subdomain.as_str(), "golden", "that of the rule that leads to it");
    let stood = request.operation().plan.site().adopts.join("\n");
    assert!(found.size == size || stood.contains("its size is not one that is known"), "{} {stood}", found.size);
    request.card().shows("golden.wpdev.kimmyai.io");
}

#[tokio::test]
async fn without_a_rule_the_id_is_the_host_label_and_the_plan_says_so() {
    let world = unknown(&["acme"], &[Dev]).await;
    assert!(world.cloud.vanish(landlord_core::kind::Kind::ListenerRule, &world.subject(&client("acme"), Dev)));
    let request = world.member("operator").types("/tenant adopt tenant:acme").await;
    request.card().shows("no rule leads to it, so its host label is taken to be its id");
    assert_eq!(known(&world, "acme").await.unwrap().details.subdomain.as_str(), "acme");
}

#[tokio::test]
async fn a_tenant_that_is_known_gets_the_environment_that_is_missing() {
    let world = unknown(&["acme"], &[Sit]).await;
    world.stands(&client("acme"), &[Dev]).await;
    let request = world.member("operator").types("/tenant adopt").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(standings(&world, "acme").await, [(Dev, Standing::Validated), (Sit, Standing::Active)]);
    assert_eq!(known(&world, "acme").await.unwrap().details, client("acme"), "its details stay");
}

#[tokio::test]
async fn one_that_was_adopted_is_validated_and_promoted_like_any_other() {
    let world = unknown(&["acme", "bolt"], &[Dev]).await;
    let operator = world.member("operator");
    let request = operator.types("/tenant adopt").await;
    request.becomes(State::Succeeded).await;
    operator.reacts(&request, "✅").await;
    assert_eq!(standings(&world, "acme").await, [(Dev, Standing::Active)], "which of them is good, nobody has said");
    operator.types("/tenant validate tenant:acme environment:dev").await.answer().shows("`acme` is validated in DEV.");
    operator.types("/tenant validate tenant:acme environment:dev").await.answer().shows("validated in DEV already");
    assert_eq!(standings(&world, "acme").await, [(Dev, Standing::Validated)]);
    assert_eq!(standings(&world, "bolt").await, [(Dev, Standing::Active)]);
    assert!(request.thread().contains("✅ @operator validated `acme` in DEV."), "{}", request.thread());
    let promoted = operator.types("/tenant promote tenant:acme").await;
    world.member("team-lead").reacts(&promoted, "✅").await;
    promoted.becomes(State::Succeeded).await;
    assert_eq!(standings(&world, "acme").await, [(Dev, Standing::Validated), (Sit, Standing::Active)]);
}

#[tokio::test]
async fn two_hundred_at_a_time_and_the_others_in_their_turn() {
    use landlord_core::fakes::Settings;
    use landlord_core::kind::Kind;
    use landlord_core::ports::Blueprint;
    let world = World::with(Settings { page_size: 100, capacity: 1_000, ..Settings::default() });
    for number in 0..205 {
        let details = client(&format!("tenant-{number:03}"));
        let blueprint = Blueprint {
            subject: world.subject(&details, Dev),
            size: details.size,
            load_balancer: world.settings.place(Dev).load_balancers[0].clone(),
        };
        world.cloud.plant(Kind::Service, &blueprint).unwrap();
    }
    let first = world.member("operator").types("/tenant adopt").await;
    first.answer().shows("One request takes 200: ask again for the other 5.");
    first.becomes(State::Succeeded).await;
    first.card().shows("200 of 200 tenants known");
    assert!(!first.thread().contains("`tenant-000` is known now"), "nobody reads two hundred lines");
    let second = world.member("operator").types("/tenant adopt").await;
    second.becomes(State::Succeeded).await;
    second.card().shows("5 of 5 tenants known");
    assert!(known(&world, "tenant-204").await.is_some());
}

#[tokio::test]
async fn what_is_asked_for_and_never_came_is_adopted_with_its_details() {
    let world = unknown(&["acme"], &[Dev]).await;
    world.remembers(&client("acme"), &[RegistryChange::Register(Box::new(client("acme")))]).await;
    let request = world.member("operator").types("/tenant adopt tenant:acme").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(known(&world, "acme").await.unwrap().details, client("acme"));
}
