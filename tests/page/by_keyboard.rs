//! The whole way to PROD again, with the keyboard alone.

use fantoccini::key::Key;

use crate::support::{Keyboard, Page, id, play};

/// From wherever one is to a message of the channel.
async fn goes_to(keyboard: &Keyboard<'_>, message: &str) {
    keyboard.tabs_to("main.chat .feed-scroller").await;
    keyboard.arrows_to(Key::Up, message).await;
}

async fn becomes(page: &Page, member: &str) {
    let keyboard = Keyboard(page);
    keyboard.tabs_to(&id("member-switch")).await;
    keyboard.presses(Key::Enter).await;
    keyboard.arrows_to(Key::Down, &format!("{}[data-member=\"{member}\"]", id("member"))).await;
    keyboard.presses(Key::Enter).await;
    page.has(&format!("{}[data-member=\"{member}\"]:focus", id("member-switch")), 1).await;
}

/// ✅ on the pill that the bot has put below a card; taken back where it was there.
async fn toggles(page: &Page, card: &str) {
    let keyboard = Keyboard(page);
    let pill = format!("{card} {}[data-emoji=\"✅\"]", id("reaction"));
    let mine = page.count(&format!("{pill}[data-me=\"true\"]")).await == 1;
    if !keyboard.is_on(&pill).await {
        goes_to(&keyboard, card).await;
        keyboard.tabs_to(&pill).await;
    }
    keyboard.presses(Key::Space).await;
    page.has(&format!("{pill}[data-me=\"{}\"]", !mine), 1).await;
}

/// `/tenant promote`, the tenant chosen from what the bot offers.
async fn promotes(page: &Page) {
    let keyboard = Keyboard(page);
    keyboard.tabs_to(&id("composer")).await;
    keyboard.types("/tenant pro").await;
    let chosen = format!("{}[aria-selected=\"true\"]", id("completion-item"));
    page.shows(&chosen, &["/tenant promote"]).await;
    keyboard.presses(Key::Down).await;
    page.shows(&chosen, &["/tenant provision"]).await;
    keyboard.presses(Key::Up).await;
    page.shows(&chosen, &["/tenant promote"]).await;
    keyboard.presses(Key::Enter).await;
    page.shows(&id("completion-item"), &["goldencrust"]).await;
    keyboard.presses(Key::Down).await;
    keyboard.presses(Key::Enter).await;
    page.has(&format!("{}:focus", id("composer")), 1).await;
    keyboard.presses(Key::Enter).await;
}

#[tokio::test]
async fn a_tenant_goes_to_prod_without_a_mouse() {
    play(async |stage| {
        let page = stage.page().await;
        let keyboard = Keyboard(&page);
        keyboard.tabs_to(&id("composer")).await;
        keyboard.types("/prov").await;
        page.shows(&id("completion-item"), &["/tenant provision"]).await;
        keyboard.presses(Key::Enter).await;
        page.shows(&id("completion-item"), &["DEV"]).await;
        keyboard.types("d").await;
        page.has(&id("completion-item"), 2).await;
        keyboard.presses(Key::Enter).await;
        keyboard.types("Golden Crust").await;
        keyboard.presses(Key::Tab).await;
        keyboard.types("golden").await;
        keyboard.presses(Key::Tab).await;
        keyboard.types("owner@golden.example").await;
        keyboard.presses(Key::Tab).await;
        keyboard.types("ten").await;
        page.shows(&format!("{}[aria-selected=\"true\"]", id("completion-item")), &["tenant"]).await;
        keyboard.presses(Key::Enter).await;
        keyboard.types("goldencrust").await;
        keyboard.presses(Key::Enter).await;

        let dev = page.card("goldencrust in DEV").await;
        page.shows(&dev, &["Done"]).await;
        page.stands("dev", "present").await;
        goes_to(&keyboard, &dev).await;
        keyboard.tabs_to(&format!("{dev} {}", id("thread-card"))).await;
        keyboard.presses(Key::Enter).await;
        page.shows(&id("thread-pane"), &["Done: https://golden"]).await;
        keyboard.presses(Key::Escape).await;
        page.gone(&id("thread-pane")).await;
        page.has(&format!("{dev}:focus"), 1).await;

        keyboard.tabs_to(&format!("{dev} {}", id("add-reaction"))).await;
        keyboard.presses(Key::Enter).await;
        page.has(&format!("{}[data-emoji=\"✅\"]:focus", id("reaction-choice")), 1).await;
        keyboard.presses(Key::Enter).await;
        page.shows(&dev, &["Validated by @operator"]).await;

        promotes(&page).await;
        let sit = page.card("goldencrust in SIT").await;
        page.shows(&sit, &["needs a Team Lead"]).await;
        becomes(&page, "team-lead").await;
        toggles(&page, &sit).await;
        page.shows(&sit, &["Done"]).await;
        page.stands("sit", "present").await;

        becomes(&page, "operator").await;
        toggles(&page, &sit).await;
        page.shows(&sit, &["Validated by @operator"]).await;
        promotes(&page).await;
        let prod = page.card("goldencrust in PROD").await;
        page.shows(&prod, &["needs a DevOps Lead and a Product Owner"]).await;
        becomes(&page, "devops-lead").await;
        toggles(&page, &prod).await;
        page.shows(&prod, &["needs a Product Owner; @devops-lead already counts as DevOps Lead"]).await;
        toggles(&page, &prod).await;
        page.shows(&prod, &["needs a DevOps Lead and a Product Owner"]).await;
        toggles(&page, &prod).await;
        becomes(&page, "product-owner").await;
        toggles(&page, &prod).await;
        page.shows(&prod, &["Done", "DevOps Lead · @devops-lead", "Product Owner · @product-owner"]).await;
        for environment in ["dev", "sit", "prod"] {
            page.stands(environment, "present").await;
        }
    })
    .await;
}
