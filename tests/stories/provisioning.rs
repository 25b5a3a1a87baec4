//! The straight way: from a command to a site that stands, found by plain means afterwards.

use landlord_core::tenant::Environment::Dev;

use crate::world::World;

#[tokio::test]
async fn dev_is_provisioned_at_once_and_the_playbooks_audit_finds_everything() {
    let world = World::start().await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.answer().shows("No approval is needed");
    assert!(request.answer().is_private());

    let host = format!("{}.wpdev.kimmyai.io", golden.subdomain);
    request.succeeds().await.shows(&format!("https://{host} stands"));
    request.stands_once().await;
    let thread = request.thread().await;
    for line in [
        "📝 @operator asked for it.",
        "▶️ No approval needed; account 536580886816 answers. Running.",
        "✅ ensure log group · created",
        "✅ ensure service · created",
        "✅ verify target healthy",
        "✅ verify site answers",
        "✅ verify database reachable",
        "✅ notify owner",
        "🎉 Done",
    ] {
        assert!(thread.contains(line), "{line} should be in\n{thread}");
    }
    world.audit(&golden, &[Dev]).await;

    let mails = world.services.mails(&golden.email()).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains(&format!("https://{host}/wp-admin/")), "{}", mails[0]);
    let password = world.password(&golden, Dev).await;
    let log = request.operation().await.to_string();
    for (what, text) in [("mail", &mails[0]), ("chat", &world.said()), ("log", &log)] {
        assert!(!text.contains(&password), "the password is in the {what}");
    }
    world.end().await;
}
