//! The simulated cloud fails when the page orders it; the card holds, says why, and lets people decide.

use crate::support::{Mouse, Page, id, play};

/// Orders every creation of a service to be denied, then provisions into it; answers the card on hold.
async fn holds(page: &Page) -> String {
    let mouse = Mouse(page);
    mouse.chooses(&id("fault-environment"), "dev").await;
    mouse.chooses(&id("fault-kind"), "service").await;
    mouse.chooses(&id("fault-verb"), "ensure").await;
    mouse.chooses(&id("fault-error"), "denied").await;
    mouse.types(&id("fault-times"), "0").await;
    mouse.clicks(&id("fault-submit")).await;
    page.shows(&id("fault"), &["ensure service in dev: denied, the next 10 times"]).await;

    mouse.clicks(&id("welcome-fill")).await;
    mouse.clicks(&format!("main.chat .composer {}", id("send"))).await;
    let card = page.card("in DEV").await;
    page.shows(&card, &["On hold", "Diagnosis", "ensure service"]).await;
    let buttons = page.texts(&format!("{card} {}", id("button"))).await;
    assert_eq!(buttons, ["Retry", "Roll back", "Leave"]);
    page.has(&format!("{}[data-state=\"present\"]", id("cell")), 9).await;
    card
}

#[tokio::test]
async fn retry_goes_on_once_the_cloud_lets_it() {
    play(async |stage| {
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        let card = holds(&page).await;
        stage.browser.size(1440, 1090).await;
        stage.picture(&page, &card, "hold.png").await;
        stage.browser.size(1440, 900).await;
        mouse.clicks(&id("faults-clear")).await;
        page.gone(&id("fault")).await;
        mouse.clicks_on(&format!("{card} {}", id("button")), "Retry").await;
        page.shows(&card, &["Done"]).await;
        page.gone(&format!("{card} {}", id("button"))).await;
        page.stands("dev", "present").await;
        mouse.clicks(&format!("{card} {}", id("thread-card"))).await;
        page.shows(&id("thread-pane"), &["On hold.", "@operator ordered it to be tried again.", "Done: https://"])
            .await;
    })
    .await;
}

#[tokio::test]
async fn roll_back_leaves_nothing() {
    play(async |stage| {
        let page = stage.page_of("operator").await;
        let card = holds(&page).await;
        Mouse(&page).clicks_on(&format!("{card} {}", id("button")), "Roll back").await;
        page.shows(&card, &["Rolled back", "nothing that this run created is left"]).await;
        page.stands("dev", "absent").await;
        page.gone(&format!("{}[data-state=\"present\"]", id("cell"))).await;
        page.gone(&format!("{card} {}", id("button"))).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_backup_nothing_is_deleted() {
    play(async |stage| {
        let options = [
            ("environment", "dev"),
            ("company", "Golden Crust"),
            ("subdomain", "golden"),
            ("email", "owner@golden.example"),
            ("tenant", "goldencrust"),
            ("kind", "poc"),
        ];
        stage.sandbox.provisions(&options).await;
        stage.sandbox.all_are("succeeded", 1).await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        mouse.chooses(&id("trouble-environment"), "dev").await;
        mouse.chooses(&id("trouble"), "failing-backup").await;
        mouse.clicks(&id("trouble-submit")).await;
        page.shows(&id("fault"), &["every backup fails in dev, until it is cleared"]).await;
        mouse.sends("/tenant delete tenant:goldencrust environment:dev reason:poc backup:yes logs:delete").await;
        let card = page.card("Delete goldencrust in DEV").await;
        page.comes_to(&card, &["On hold", "No backup, no deletion: nothing was removed"]).await;
        assert_eq!(page.texts(&format!("{card} {}", id("button"))).await, ["Retry", "Leave"]);
        page.stands("dev", "present").await;

        mouse.clicks(&id("faults-clear")).await;
        page.gone(&id("fault")).await;
        mouse.clicks_on(&format!("{card} {}", id("button")), "Retry").await;
        page.comes_to(&card, &["Deleted", "nothing of goldencrust is left in DEV"]).await;
        page.gone(&format!("{}[data-state=\"present\"]", id("cell"))).await;
    })
    .await;
}
