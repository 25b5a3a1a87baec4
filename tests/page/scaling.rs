//! A tenant grows: what it has used is seen as a picture in the card, and the new size comes up.

use serde_json::json;

use crate::support::{Mouse, Page, id, play_at, until};

/// A minute passes in a second, so that nobody waits for tasks.
const A_MINUTE_A_SECOND: u32 = 60;

/// Waits for the picture in a card to be drawn; answers its size in the file and how wide it is shown.
async fn picture(page: &Page, card: &str) -> [u64; 3] {
    let script =
        "const { complete, naturalWidth, naturalHeight, clientWidth } = document.querySelector(arguments[0]) ?? {};
        return complete && naturalWidth > 0 ? [naturalWidth, naturalHeight, clientWidth] : null";
    let image = format!("{card} img.embed-image");
    until(format!("the picture {image}"), async || {
        let seen = page.asks(script, vec![json!(image)]).await.map_err(|error| error.to_string())?;
        serde_json::from_value(seen.clone()).map_err(|_| seen.to_string())
    })
    .await
}

#[tokio::test]
async fn what_was_used_is_a_picture_in_the_card() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        mouse.sends("/tenant scale tenant:goldencrust environment:dev cpu:512").await;
        let card = page.card("Scale goldencrust in DEV").await;
        page.comes_to(&card, &["Stable", "revision 2 runs with 1 task", "512 cpu · 1024 MiB"]).await;
        page.shows(&card, &["Used of it", "CPU: last day", "Memory: last day", "last week"]).await;
        let [width, height, shown] = picture(&page, &card).await;
        assert!(width >= 400 && height >= 300, "two panels beside and below each other: {width} × {height}");
        assert!(shown >= 300, "the letters can be read: {shown} wide");
        page.gone(&format!("{card} {}", id("attachment"))).await;

        stage.browser.size(390, 844).await;
        page.fits().await;
        let [_, _, shown] = picture(&page, &card).await;
        assert!((200..=390).contains(&shown), "it is as wide as the card: {shown}");
    })
    .await;
}

#[tokio::test]
async fn a_size_that_fargate_does_not_know_is_refused_with_those_it_does() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        Mouse(&page).sends("/tenant scale tenant:goldencrust environment:dev cpu:300").await;
        page.shows(&id("ephemeral"), &["Not possible", "Fargate knows no size of 300 cpu", "512 cpu with 1024 MiB"])
            .await;
        stage.sandbox.has_operations(1).await;
    })
    .await;
}

#[tokio::test]
async fn what_does_not_come_up_is_taken_back() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        for (field, value) in [("environment", "dev"), ("verb", "deploy"), ("error", "denied")] {
            mouse.chooses(&id(&format!("fault-{field}")), value).await;
        }
        mouse.clicks(&id("fault-submit")).await;
        page.shows(&id("fault"), &["deploy anything in dev: denied, once"]).await;
        mouse.sends("/tenant scale tenant:goldencrust environment:dev count:2").await;
        let card = page.card("Scale goldencrust in DEV").await;
        page.comes_to(&card, &["On hold", "deploy revision"]).await;
        mouse.clicks_on(&format!("{card} {}", id("button")), "Roll back").await;
        page.comes_to(&card, &["Taken back", "revision 1 is there as before", "1 task"]).await;
    })
    .await;
}
