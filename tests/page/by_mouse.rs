//! The whole way from the welcome to PROD, with the mouse.

use crate::support::{Mouse, Page, id, play};

const COMPOSER: &str = "main.chat .composer";

/// `/tenant promote` for the one tenant there is, picked from what is offered.
async fn promotes(page: &Page) {
    let mouse = Mouse(page);
    mouse.types(&id("composer"), "/prom").await;
    mouse.clicks_on(&id("completion-item"), "/tenant promote").await;
    mouse.clicks_on(&id("completion-item"), "Golden Crust").await;
    mouse.clicks(&format!("{COMPOSER} {}", id("send"))).await;
    page.shows(&id("ephemeral"), &["Filed: "]).await;
}

#[tokio::test]
async fn a_tenant_goes_from_the_welcome_to_prod() {
    play(async |stage| {
        let page = stage.page().await;
        let mouse = Mouse(&page);
        page.shows(&id("welcome"), &["Provision your first tenant"]).await;
        mouse.clicks(&id("welcome-fill")).await;
        mouse.clicks(&format!("{COMPOSER} {}", id("send"))).await;
        page.shows(&id("ephemeral"), &["Filed: ", "No approval is needed"]).await;

        let dev = page.card("in DEV").await;
        page.shows(&dev, &["Done", "Golden Crust", "https://golden.wpdev.kimmyai.io stands", "none needed"]).await;
        page.stands("dev", "present").await;
        page.stands("sit", "absent").await;
        mouse.clicks(&format!("{dev} {}", id("thread-card"))).await;
        let story =
            ["asked for it", "No approval needed", "ensure log group", "ensure service", "Done: https://golden"];
        page.shows(&id("thread-pane"), &story).await;
        mouse.clicks(&id("thread-close")).await;

        mouse.adds_reaction(&dev, "✅").await;
        page.shows(&dev, &["Validated by @operator"]).await;
        promotes(&page).await;
        let sit = page.card("in SIT").await;
        page.shows(&sit, &["Awaiting approval", "needs a Team Lead"]).await;
        mouse.toggles(&sit, "✅").await;
        page.shows(&sit, &["@operator asked for it, and nobody approves their own request", "needs a Team Lead"]).await;
        page.stands("sit", "absent").await;

        mouse.becomes("team-lead").await;
        mouse.toggles(&sit, "✅").await;
        page.shows(&sit, &["Done", "Team Lead · @team-lead"]).await;
        page.stands("sit", "present").await;

        mouse.becomes("operator").await;
        mouse.toggles(&sit, "✅").await;
        mouse.toggles(&sit, "✅").await;
        page.shows(&sit, &["Validated by @operator"]).await;
        mouse.clicks(&format!("{sit} {}", id("thread-card"))).await;
        // Beside each other: the card, its thread, the cloud.
        stage.browser.size(1360, 840).await;
        stage.picture(&page, &sit, "sandbox.png").await;
        stage.browser.size(1440, 900).await;
        mouse.clicks(&id("thread-close")).await;
        promotes(&page).await;
        let prod = page.card("in PROD").await;
        page.shows(&prod, &["needs a DevOps Lead and a Product Owner"]).await;

        mouse.becomes("double-hat").await;
        mouse.toggles(&prod, "✅").await;
        page.shows(&prod, &["needs a Product Owner; @double-hat already counts as DevOps Lead"]).await;
        page.stands("prod", "absent").await;

        mouse.becomes("product-owner").await;
        stage.browser.size(1440, 1240).await;
        stage.picture(&page, &prod, "approval.png").await;
        stage.browser.size(1440, 900).await;
        mouse.toggles(&prod, "✅").await;
        page.shows(&prod, &["Done", "DevOps Lead · @double-hat", "Product Owner · @product-owner"]).await;
        for environment in ["dev", "sit", "prod"] {
            page.stands(environment, "present").await;
        }
    })
    .await;
}
