//! What cards carry: countdowns, files, menus; and that a card that changes leaves hands where they are.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{Keyboard, Page, id, play, play_at, until};

const FILE: &str = "[\n  \"acme\",\n  \"acme-2\"\n]\n";

/// A card with a menu whose first choice cancels an operation that is not there.
fn card(title: &str, body: &str) -> Value {
    let options = json!([{"label": "the first", "value": "0000000x"}, {"label": "the second", "value": "0000000y"}]);
    json!({
        "embeds": [{"title": title, "description": body}],
        "components": [{"type": 1, "components": [{"type": 3, "custom_id": "cancel", "options": options}]}],
    })
}

/// The words of the countdown.
async fn countdown(page: &Page) -> Result<String, String> {
    page.texts(".embed time[data-relative]").await.pop().ok_or_else(|| "none".to_owned())
}

#[tokio::test]
async fn a_countdown_goes_with_the_time_of_the_sandbox() {
    play_at(3_600, async |stage| {
        let page = stage.page_of("operator").await;
        let due = stage.sandbox.time().await + 20 * 3_600;
        stage.sandbox.posts(&card("A notice", &format!("Ends <t:{due}:R>.")), "tenants.json", FILE).await;
        let first = until("the countdown", async || countdown(&page).await).await;
        let hours: u32 = first.split(' ').find_map(|word| word.parse().ok()).unwrap_or_default();
        assert!(first.starts_with("in ") && first.contains("hour") && (2..=20).contains(&hours), "{first}");
        until("the end of the notice", async || {
            let words = countdown(&page).await?;
            if words.ends_with("ago") { Ok(()) } else { Err(words) }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_file_is_shown_and_a_menu_is_chosen_from_while_the_card_changes() {
    play(async |stage| {
        let posted = stage.sandbox.posts(&card("A list", "nothing done"), "tenants.json", FILE).await;
        let page = stage.page_of("operator").await;
        let keyboard = Keyboard(&page);
        let size = format!("{} bytes", FILE.len());
        page.shows(&id("attachment"), &["\"acme-2\"", "tenants.json", &size]).await;
        page.has(&format!("{} a[download=\"tenants.json\"][href^=\"/attachments/\"]", id("attachment")), 1).await;

        keyboard.tabs_to(&id("select")).await;
        stage.sandbox.edits(&posted, &card("A list", "half done")).await;
        page.shows(".embed", &["half done"]).await;
        page.has(&id("attachment"), 1).await;
        assert!(keyboard.is_on(&id("select")).await, "the focus stays where it was");

        keyboard.presses(Key::Enter).await;
        keyboard.arrows_to(Key::Down, &format!("{}[data-value=\"0000000y\"]", id("select-choice"))).await;
        keyboard.presses(Key::Escape).await;
        page.gone(&id("select-choice")).await;
        assert!(keyboard.is_on(&id("select")).await);
        page.gone(&id("ephemeral")).await;
        keyboard.presses(Key::Enter).await;
        page.has(&id("select-choice"), 2).await;
        keyboard.presses(Key::Enter).await;
        page.shows(&id("ephemeral"), &["There is no operation 0000000x."]).await;
        assert!(keyboard.is_on(&id("select")).await);
    })
    .await;
}

#[tokio::test]
async fn a_card_with_a_file_and_a_menu_fits_a_phone() {
    play(async |stage| {
        stage.sandbox.posts(&card("A list", "▰▰▰▱▱▱▱▱▱▱ 30 %"), "tenants.json", FILE).await;
        let page = stage.page_of("operator").await;
        stage.browser.size(390, 844).await;
        page.shows(".embed", &["▰▰▰▱"]).await;
        page.has(&id("select"), 1).await;
        page.fits().await;
    })
    .await;
}
