//! Lists: private answers with pages, turned by buttons.

use std::collections::BTreeSet;

use crate::support::{Mouse, Page, Stage, id, play};

const TENANTS: usize = 12;

fn tenant(number: usize) -> String {
    format!("crust-{number:02}")
}

/// Twelve tenants asked for by another client, so that two pages are needed.
async fn many(stage: &Stage) {
    for number in 0..TENANTS {
        let tenant = tenant(number);
        let email = format!("owner@{tenant}.example");
        let options = [
            ("environment", "dev"),
            ("company", "Crust"),
            ("subdomain", &tenant),
            ("email", &email),
            ("tenant", &tenant),
        ];
        stage.sandbox.provisions(&options).await;
    }
    stage.sandbox.has_operations(TENANTS).await;
}

/// The tenants that the answer names.
async fn named(page: &Page) -> BTreeSet<String> {
    let text = page.texts(&id("ephemeral")).await.join("\n");
    (0..TENANTS).map(tenant).filter(|tenant| text.contains(tenant.as_str())).collect()
}

/// Goes through the pages of an answer, and back to the first.
async fn turns_pages(stage: &Stage, command: &str, title: &str) -> Page {
    let page = stage.page_of("operator").await;
    let mouse = Mouse(&page);
    mouse.sends(command).await;
    let answer = id("ephemeral");
    page.shows(&answer, &[title, "12 in all · page 1 of 2", "Only you can see this"]).await;
    let first = named(&page).await;
    assert_eq!(first.len(), 10);

    let button = format!("{answer} {}", id("button"));
    page.has(&format!("{button}:disabled"), 1).await;
    mouse.clicks_on(&button, "On ›").await;
    page.shows(&answer, &["12 in all · page 2 of 2"]).await;
    let second = named(&page).await;
    assert_eq!(second.len(), 2);
    assert!(first.is_disjoint(&second));

    mouse.clicks_on(&button, "‹ Back").await;
    page.shows(&answer, &["12 in all · page 1 of 2"]).await;
    assert_eq!(named(&page).await, first);
    page.has(&answer, 1).await;
    page
}

#[tokio::test]
async fn tenants_come_in_pages() {
    play(async |stage| {
        many(stage).await;
        turns_pages(stage, "/tenant list", "Tenants").await;
    })
    .await;
}

#[tokio::test]
async fn operations_come_in_pages_with_links_to_their_cards() {
    play(async |stage| {
        many(stage).await;
        stage.sandbox.has_a_recent_card().await;
        let page = turns_pages(stage, "/operation list", "Operations").await;
        let link = format!("{} [data-action=\"message\"]", id("ephemeral"));
        let title = page.texts(&link).await.pop().expect("a card stands, so there is a link to it");
        Mouse(&page).clicks_on(&link, &title).await;
        page.shows(&format!("main.chat {}:focus .embed-title", id("message")), &[&title]).await;
    })
    .await;
}
