//! The same page in a narrow window, dark and light: everything can be reached, and nothing runs over the edge.

use fantoccini::key::Key;

use crate::support::{Keyboard, Mouse, Page, id, play};

async fn is(page: &Page, theme: &str) {
    page.has(&format!("html[data-theme=\"{theme}\"]"), 1).await;
}

#[tokio::test]
async fn everything_fits_and_the_drawer_leads_everywhere() {
    play(async |stage| {
        let page = stage.page_of("operator").await;
        stage.browser.size(390, 844).await;
        let mouse = Mouse(&page);
        page.shows(&id("welcome"), &["Provision your first tenant"]).await;
        page.fits().await;
        mouse.types(&id("composer"), "/").await;
        page.shows(&id("completion-item"), &["/tenant provision"]).await;
        page.fits().await;
        Keyboard(&page).presses(Key::Escape).await;
        mouse.clicks(&id("welcome-fill")).await;
        page.fits().await;
        mouse.clicks(&format!("main.chat .composer {}", id("send"))).await;
        let card = page.card("in DEV").await;
        page.shows(&card, &["Done"]).await;
        page.fits().await;
        stage.picture(&page, &card, "phone.png").await;

        mouse.clicks(&format!("{card} {}", id("thread-card"))).await;
        page.shows(&id("thread-pane"), &["Done: https://"]).await;
        page.fits().await;
        mouse.clicks(&id("thread-close")).await;
        mouse.clicks(&id("tab-cloud")).await;
        page.stands("dev", "present").await;
        page.fits().await;
        mouse.clicks(&id("tab-chat")).await;

        mouse.clicks(&id("drawer")).await;
        mouse.clicks(&format!("{}[data-channel=\"incidents\"]", id("channel"))).await;
        page.has("main.chat[data-channel=\"incidents\"]", 1).await;
        mouse.clicks(&id("drawer")).await;
        page.fits().await;
        mouse.becomes("team-lead").await;
        mouse.clicks(&id("drawer")).await;
        mouse.clicks(&format!("{}[data-channel=\"tenant-ops\"]", id("channel"))).await;
        page.shows(&card, &["Done"]).await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn dark_or_light_is_the_systems_choice_until_somebody_chooses() {
    play(async |stage| {
        let page = stage.page_of("operator").await;
        is(&page, "dark").await;
        stage.browser.prefers("light").await;
        is(&page, "light").await;
        page.fits().await;
        Mouse(&page).clicks(&id("theme")).await;
        is(&page, "dark").await;
        stage.browser.size(390, 844).await;
        page.fits().await;
        Mouse(&page).clicks(&id("theme")).await;
        is(&page, "light").await;
        page.fits().await;
    })
    .await;
}
