//! What stands is held against what should stand: somebody deletes at the console, the audit shows it, its button heals it; what
//! nobody owns is found, adopted and removed.

use crate::support::{Mouse, Page, Stage, id, play_at};

/// A minute passes in a second, so that nobody waits for tasks.
const A_MINUTE_A_SECOND: u32 = 60;

/// Does something by hand in DEV, as at the provider's console.
async fn by_hand(page: &Page, tenant: &str, kind: &str, button: &str) {
    let mouse = Mouse(page);
    let script = "document.querySelector(arguments[0]).value = ''";
    page.asks(script, vec![id("hand-tenant").into()]).await.unwrap();
    mouse.types(&id("hand-tenant"), tenant).await;
    mouse.chooses(&id("hand-environment"), "dev").await;
    mouse.chooses(&id("hand-kind"), kind).await;
    mouse.clicks(&id(button)).await;
}

fn cell(tenant: &str, state: &str) -> String {
    format!("{}[data-tenant=\"{tenant}\"][data-environment=\"dev\"][data-state=\"{state}\"]", id("cell"))
}

/// The files of the private answer, by their names.
async fn has_files(page: &Page, names: [&str; 2]) {
    page.has(&format!("{} {}", id("ephemeral"), id("attachment")), 2).await;
    for name in names {
        page.has(&format!("{} a[download=\"{name}\"]", id("ephemeral")), 1).await;
    }
}

/// Dismisses the private answers.
async fn dismisses_all(page: &Page) {
    for left in (0..page.count(&id("dismiss")).await).rev() {
        Mouse(page).clicks(&id("dismiss")).await;
        page.has(&id("dismiss"), left).await;
    }
}

#[tokio::test]
async fn what_is_missing_is_seen_and_healed_by_the_button() {
    play_at(A_MINUTE_A_SECOND, async |stage: &Stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        page.stands("dev", "present").await;
        by_hand(&page, "goldencrust", "listener rule", "hand-gone").await;
        page.has(&cell("goldencrust", "present"), 9).await;

        mouse.sends("/tenant audit tenant:goldencrust").await;
        let answer = id("ephemeral");
        page.shows(&answer, &["Audit of goldencrust", "1 missing.", "listener rule    missing    –          –"]).await;
        page.shows(&answer, &["DEV: 536580886816 answers, as configured", "Heal DEV"]).await;
        has_files(&page, ["audit-goldencrust.csv", "audit-goldencrust.json"]).await;
        stage.browser.size(1150, 720).await;
        stage.picture(&page, &answer, "audit.png").await;
        stage.browser.size(390, 844).await;
        page.fits().await;
        stage.browser.size(1440, 900).await;
        mouse.clicks_on(&format!("{answer} {} button", id("attachment")), "Show the beginning").await;
        page.shows(&format!("{answer} {}", id("attachment")), &["goldencrust,dev,536580886816,active"]).await;

        mouse.clicks_on(&format!("{answer} {}", id("button")), "Heal DEV").await;
        let card = page.card("Heal goldencrust in DEV").await;
        page.comes_to(&card, &["Done", "golden.wpdev.kimmyai.io stands"]).await;
        page.shows(&card, &["Missing, and made again", "listener rule golden.wpdev.kimmyai.io"]).await;
        page.stands("dev", "present").await;
        dismisses_all(&page).await;
        mouse.sends("/tenant audit").await;
        page.shows(&answer, &["Audit of all tenants", "All is as it should be.", "0 of one tenant"]).await;
        has_files(&page, ["audit-tenants.csv", "audit-tenants.json"]).await;
    })
    .await;
}

#[tokio::test]
async fn what_nobody_owns_is_adopted_or_removed() {
    play_at(A_MINUTE_A_SECOND, async |stage: &Stage| {
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        by_hand(&page, "bakery", "", "hand-stands").await;
        page.has(&cell("bakery", "present"), 10).await;
        by_hand(&page, "left-over", "database", "hand-stands").await;
        page.has(&cell("left-over", "present"), 1).await;

        let answer = id("ephemeral");
        let chooses = async |tenant: &str| {
            mouse.sends("/tenant orphans environment:dev").await;
            page.shows(&answer, &["Orphans", tenant, "in all · page 1 of 1"]).await;
            has_files(&page, ["orphans.csv", "orphans.json"]).await;
            mouse.clicks(&format!("{answer} {}", id("select"))).await;
            mouse.clicks_on(&id("select-choice"), &format!("{tenant} in DEV")).await;
        };
        chooses("bakery").await;
        page.shows(&answer, &["Orphan bakery in DEV", "No tenant.", "bakery_db", "dev-bakery-service", "Remove"]).await;
        mouse.clicks_on(&format!("{answer} {}", id("button")), "Adopt").await;
        let card = page.card("Adopt bakery in DEV").await;
        page.comes_to(&card, &["Done", "bakery is known now in DEV"]).await;

        dismisses_all(&page).await;
        chooses("left-over").await;
        page.shows(&answer, &["Orphan left-over in DEV", "It cannot be adopted: there is no service.", "left-over_db"])
            .await;
        mouse.clicks_on(&format!("{answer} {}", id("button")), "Remove").await;
        page.gone(&cell("left-over", "present")).await;
        page.has(&cell("bakery", "present"), 10).await;
    })
    .await;
}
