//! From DEV to PROD: each environment validated before the next, each approved by those who must, and nobody else.

use landlord_core::tenant::Environment::{Dev, Prod, Sit};

use crate::world::{Request, Setting, Tenant, World};

/// The tenant's next environment, asked for after its last one was validated on its finished card.
async fn promoted<'w>(world: &'w World, tenant: &Tenant, done: &Request<'_>) -> Request<'w> {
    let operator = world.member("operator");
    operator.reacts(done, "✅").await;
    done.comes_to_show("Validated by @operator").await;
    operator.types(&format!("/tenant promote tenant:{}", tenant.id)).await
}

#[tokio::test]
async fn a_tenant_goes_from_dev_through_sit_to_prod() {
    let world = World::start().await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let dev = operator.types(&golden.provision("dev")).await;

    let early = operator.types(&golden.provision("sit")).await;
    early.answer().shows("SIT wants the tenant provisioned and validated in DEV first");
    dev.succeeds().await;
    let untried = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    untried.answer().shows("validated in DEV first");

    let sit = promoted(&world, &golden, &dev).await;
    sit.answer().shows("It runs when a Team Lead has approved it");
    let card = sit.card().await;
    for name in ["/ecs/sit-", "_db", "_user", "-ap", "-tg", "-service", "sit-alb", "account 815856636111 answers"] {
        card.shows(name);
    }
    assert_eq!(card.buttons(), ["Cancel request"]);
    world.member("newcomer").reacts(&sit, "✅").await;
    sit.comes_to_show("@newcomer holds none of the roles that approve").await.shows("needs a Team Lead");
    operator.reacts(&sit, "✅").await;
    sit.comes_to_show("@operator asked for it, and nobody approves their own request").await;
    operator.unreacts(&sit, "✅").await;
    assert!(world.service(&golden, Sit).await.is_none(), "nothing runs before the approval");
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.succeeds().await.shows("✅ Team Lead · @team-lead");

    let prod = promoted(&world, &golden, &sit).await;
    prod.card().await.shows("needs a DevOps Lead and a Product Owner");
    world.member("double-hat").reacts(&prod, "✅").await;
    prod.comes_to_show("needs a Product Owner; @double-hat already counts as DevOps Lead").await;
    world.member("devops-lead").reacts(&prod, "✅").await;
    prod.succeeds().await.shows("✅ Product Owner · @double-hat").shows("✅ DevOps Lead · @devops-lead");

    for request in [&dev, &sit, &prod] {
        request.stands_once().await;
    }
    world.audit(&golden, &[Dev, Sit, Prod]).await;
    assert_eq!(world.services.mails(&golden.email()).await.len(), 3);
    world.end().await;
}

#[tokio::test]
async fn who_is_missing_is_reminded_and_a_vote_after_the_expiry_does_not_count() {
    let world = World::start().await;
    let golden = world.tenant();
    let dev = world.member("operator").types(&golden.provision("dev")).await;
    dev.succeeds().await;
    let sit = promoted(&world, &golden, &dev).await;
    sit.becomes("awaiting_approval").await;
    world.passes(5);
    sit.thread_comes_to_say("⏰ Still needs a Team Lead.").await;
    let reminder = sit.message_saying("Still needs").await;
    assert_eq!(reminder["mention_roles"], serde_json::json!([world.role("team-lead")]), "and nobody else is called");
    world.passes(20);
    sit.becomes("expired").await;
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.thread_comes_to_say("@team-lead, your ✅ came too late and does not count").await;
    assert_eq!(sit.operation().await["state"], "expired");
    assert!(world.service(&golden, Sit).await.is_none());
    world.end().await;
}

#[tokio::test]
async fn a_vote_taken_back_does_not_count_and_a_no_ends_it() {
    let world = World::with(Setting { postgres: true, ..Setting::default() }).await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let dev = operator.types(&golden.provision("dev")).await;
    dev.succeeds().await;
    let sit = promoted(&world, &golden, &dev).await;
    sit.becomes("awaiting_approval").await;
    world.member("security").reacts(&sit, "❌").await;
    sit.thread_comes_to_say("@security, your ❌ does not count").await;
    world.member("devops-lead").reacts(&sit, "❌").await;
    sit.becomes("refused").await.shows("Rejected** by @devops-lead").shows("Nothing was done");
    assert!(world.service(&golden, Sit).await.is_none());

    let again = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    world.member("on-call").reacts(&again, "✅").await;
    again.comes_to_show("@on-call holds none of the roles").await;
    world.member("on-call").unreacts(&again, "✅").await;
    let cancelled = operator.presses(&again, "Cancel request").await;
    assert!(cancelled.is_private());
    again.becomes("cancelled").await;
    world.end().await;
}
