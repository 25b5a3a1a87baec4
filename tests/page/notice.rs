//! While the notice runs, a deletion is taken back: by a reaction, by the card's button.

use crate::support::{Mouse, Page, Stage, id, play};

const LINE: &str = "/tenant delete tenant:goldencrust environment:dev reason:cancellation backup:yes logs:keep";

/// Asks for a deletion of which the owner has a week's notice; answers its card.
async fn counts_down(stage: &Stage) -> (Page, String) {
    stage.sandbox.brings("goldencrust", "dev").await;
    let page = stage.page_of("operator").await;
    Mouse(&page).sends(LINE).await;
    let card = page.card("Delete goldencrust in DEV").await;
    page.shows(&card, &["Notice", "owner@golden.example was told", "7 days"]).await;
    page.shows(&format!("{card} .embed time[data-relative]"), &["in 7 days"]).await;
    (page, card)
}

async fn is_taken_back(page: &Page, card: &str) {
    page.shows(card, &["Cancelled by @operator. Nothing was done."]).await;
    page.gone(&format!("{card} {}", id("button"))).await;
    page.stands("dev", "present").await;
}

#[tokio::test]
async fn a_reaction_takes_it_back() {
    play(async |stage| {
        let (page, card) = counts_down(stage).await;
        Mouse(&page).adds_reaction(&card, "❌").await;
        is_taken_back(&page, &card).await;
    })
    .await;
}

#[tokio::test]
async fn the_button_takes_it_back() {
    play(async |stage| {
        let (page, card) = counts_down(stage).await;
        Mouse(&page).clicks_on(&format!("{card} {}", id("button")), "Cancel request").await;
        is_taken_back(&page, &card).await;
    })
    .await;
}
