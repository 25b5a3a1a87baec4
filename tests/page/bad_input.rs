//! What cannot be done is answered to whoever asked, at once and to nobody else, and nothing comes of it.

use crate::support::{Mouse, id, play};

#[tokio::test]
async fn an_impossible_subdomain_is_told_to_who_asked_only() {
    play(async |stage| {
        let operator = stage.page_of("operator").await;
        let witness = stage.page_of("team-lead").await;
        let line =
            "/tenant provision environment:dev company:Golden subdomain:Golden_Crust! email:owner@golden.example";
        Mouse(&operator).sends(line).await;
        operator.shows(&id("ephemeral"), &["Not possible", "subdomain", "Only you can see this"]).await;

        // What is said afterwards has come to the witness, so what was said before would have come too.
        Mouse(&operator).sends("I mistyped something.").await;
        witness.shows("main.chat", &["I mistyped something."]).await;
        witness.has("main.chat .message", 1).await;
        operator.has("main.chat .message", 2).await;
        Mouse(&operator).clicks(&id("dismiss")).await;
        operator.gone(&id("ephemeral")).await;
        assert_eq!(stage.sandbox.operations().await.len(), 0, "nothing was filed");
        operator.gone(&id("cell")).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_said_beside_the_option() {
    play(async |stage| {
        let page = stage.page_of("operator").await;
        Mouse(&page).sends("/tenant provision environment:moon company:Golden subdomain:golden").await;
        let option = |name: &str| format!("{}[data-option=\"{name}\"] {}", id("option"), id("option-error"));
        page.shows(&option("environment"), &["Pick one of: DEV, SIT, PROD"]).await;
        page.shows(&option("email"), &["This option is required."]).await;
        page.gone("main.chat .message").await;
        assert_eq!(stage.sandbox.operations().await.len(), 0, "nothing was filed");
    })
    .await;
}

#[tokio::test]
async fn who_holds_no_role_is_refused() {
    play(async |stage| {
        let page = stage.page_of("newcomer").await;
        let line = "/tenant provision environment:dev company:Golden subdomain:golden email:owner@golden.example";
        Mouse(&page).sends(line).await;
        page.shows(&id("ephemeral"), &["This needs the role Operator"]).await;
        assert_eq!(stage.sandbox.operations().await.len(), 0, "nothing was filed");
        page.gone(&id("cell")).await;
    })
    .await;
}
