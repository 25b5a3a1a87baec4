//! Proofs of concept go together: one taken off the list, one first, then the rest.

use crate::support::{Mouse, id, play};

const TENANTS: [&str; 4] = ["poc-1", "poc-2", "poc-3", "poc-4"];

#[tokio::test]
async fn proofs_of_concept_go_but_for_one_that_is_taken_off() {
    play(async |stage| {
        for tenant in TENANTS {
            let email = format!("owner@{tenant}.example");
            let options = [
                ("environment", "dev"),
                ("company", "Golden Crust"),
                ("subdomain", tenant),
                ("email", &email),
                ("tenant", tenant),
                ("kind", "poc"),
            ];
            stage.sandbox.provisions(&options).await;
        }
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        page.has(&format!("{}[data-environment=\"dev\"][data-state=\"present\"]", id("cell")), 40).await;
        stage.sandbox.all_are("succeeded", TENANTS.len()).await;
        mouse.sends("/tenant bulk-delete environment:dev backup:no logs:delete kind:poc").await;
        let card = page.card("Delete 4 tenants in DEV").await;
        page.shows(&card, &["Awaiting approval", "needs a DevOps Lead", "0 of 4 tenants gone"]).await;
        page.shows(&format!("{card} {}", id("attachment")), &["dev/poc-1"]).await;

        mouse.clicks(&id("dismiss")).await;
        mouse.clicks_on(&format!("{card} {}", id("button")), "Take a tenant off").await;
        page.shows(&id("ephemeral"), &["Take a tenant off the list", "4 tenants on the list"]).await;
        mouse.clicks(&id("select")).await;
        mouse.clicks_on(&id("select-choice"), "poc-3").await;
        page.shows(&id("ephemeral"), &["Taken off", "poc-3 is taken off the list"]).await;
        page.shows(&card, &["poc-3 · taken off the list", "0 of 3 tenants gone"]).await;

        mouse.becomes("devops-lead").await;
        mouse.toggles(&card, "✅").await;
        page.shows(&card, &["Running", "⏳ poc-1", "▫️ poc-2", "0 of 3 tenants gone"]).await;
        page.comes_to(&card, &["✅ poc-1 · gone from DEV", "1 of 3 tenants gone"]).await;
        stage.picture(&page, &card, "bulk.png").await;
        page.comes_to(&card, &["Deleted", "✅ poc-2", "➖ poc-3", "✅ poc-4", "3 of 3 tenants gone"]).await;
        for (tenant, left) in TENANTS.into_iter().zip([0, 0, 10, 0]) {
            let present = format!("{}[data-tenant=\"{tenant}\"][data-state=\"present\"]", id("cell"));
            page.has(&present, left).await;
        }
    })
    .await;
}
