//! Alerts on the page: from the moment one fires to the moment a tenant is off, and on to the incident's record; a storm of them; and
//! who may not.

use fantoccini::key::Key;
use serde_json::json;

use crate::support::{Keyboard, Mouse, Page, Stage, id, play, play_at, until};

/// A minute passes in a second, so that nobody waits for tasks.
const A_MINUTE_A_SECOND: u32 = 60;
/// The end of the headline of the alert about `goldencrust` in PROD.
const FIRED: &str = "prod-goldencrust-5xx · goldencrust in PROD";
/// The headline of each card in the channel.
const HEADLINES: &str = "main.chat .message .embed-title";

async fn goes_to_incidents(page: &Page) {
    Mouse(page).clicks(&format!("{}[data-channel=\"incidents\"]", id("channel"))).await;
    page.has("main.chat[data-channel=\"incidents\"]", 1).await;
}

/// Lets an alert fire with the panel beside the chat.
async fn fires(page: &Page, alert: &str, environment: &str) {
    let mouse = Mouse(page);
    mouse.chooses(&id("alert"), alert).await;
    mouse.chooses(&id("alert-environment"), environment).await;
    mouse.clicks(&id("alert-fire")).await;
    page.has(&id("firing"), 1).await;
    page.shows(&id("alert-answer"), &["the bot, which answered 200 “taken”"]).await;
}

/// Ends the only alert that fires.
async fn ends(page: &Page) {
    Mouse(page).clicks(&id("alert-over")).await;
    page.gone(&id("firing")).await;
}

async fn presses(page: &Page, card: &str, button: &str) {
    Mouse(page).clicks_on(&format!("{card} {}", id("button")), button).await;
}

async fn fills_in(page: &Page, words: &str) {
    Mouse(page).types(&id("modal-field"), words).await;
    Mouse(page).clicks(&id("modal-submit")).await;
    page.gone(&id("modal")).await;
}

/// The alert about `goldencrust` in PROD has fired; answers its card.
async fn fired(stage: &Stage, page: &Page) -> String {
    stage.sandbox.brings("goldencrust", "prod").await;
    page.stands("prod", "present").await;
    goes_to_incidents(page).await;
    fires(page, "errors", "prod").await;
    page.card(FIRED).await
}

/// Closes the incident in its thread, and downloads the record.
async fn closes(stage: &Stage, page: &Page, card: &str) -> String {
    let mouse = Mouse(page);
    let pane = id("thread-pane");
    mouse.clicks(&format!("{card} {}", id("thread-card"))).await;
    page.shows(&pane, &["@on-call", "chose /tenant shutdown: operation", "It fires no longer"]).await;
    mouse.types(&id("thread-composer"), "/incident close").await;
    mouse.clicks(&format!("{pane} {}", id("send"))).await;
    page.shows(&id("modal"), &["Close incident", "What was it, and what was done?"]).await;
    fills_in(page, "The log-in was attacked. Cut off and cleaned.").await;
    page.shows(&pane, &["@on-call closed it: The log-in was attacked", "@security"]).await;
    page.shows(&pane, &["The logs in /ecs/prod-goldencrust are kept"]).await;
    let link = format!("{pane} a[download^=\"incident-\"]");
    let script = "return document.querySelector(arguments[0]).download";
    let name = page.asks(script, vec![json!(link)]).await.unwrap().as_str().unwrap().to_owned();
    let record = stage.downloads(page, &link, &name).await;
    mouse.clicks(&id("thread-close")).await;
    String::from_utf8(record).unwrap()
}

#[tokio::test]
async fn an_alert_becomes_one_decision_and_one_press() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        let page = stage.page_of("on-call").await;
        let card = fired(stage, &page).await;
        page.shows(&card, &["🔥", "Firing since", "Too many answers of goldencrust are errors"]).await;
        page.shows(&card, &["Value", "12 % of the answers (threshold 5 %)", "severity: critical"]).await;
        page.shows(&card, &["Golden Crust", "goldencrust in PROD", "golden.wp.kimmyai.io", "owner@golden.example"])
            .await;
        page.shows(&card, &["Last operations on it", "Provision goldencrust in PROD"]).await;
        page.shows(&card, &["Proposed by rule", "/tenant diagnose"]).await;
        // What the tenant's service used, drawn as a picture that loads.
        page.has(&format!("{card} img"), 1).await;
        stage.picture(&page, &card, "alert.png").await;

        presses(&page, &card, "Acknowledge").await;
        page.shows(&card, &["Taken by", "@on-call"]).await;
        presses(&page, &card, "Shut down").await;
        let asked = ["Shut goldencrust down in PROD", "golden.wp.kimmyai.io goes dark. Why?"];
        page.shows(&id("modal"), &asked).await;
        fills_in(&page, "the log-in is attacked").await;
        page.shows(&id("ephemeral"), &["Under way: Shut down goldencrust in PROD"]).await;
        let shutdown = page.card("Shut down goldencrust in PROD").await;
        page.comes_to(&shutdown, &["goldencrust is cut off in PROD", "the log-in is attacked"]).await;
        for (kind, state) in [("service", "idle"), ("listener rule", "absent")] {
            let cell = format!("{}[data-environment=\"prod\"][data-kind=\"{kind}\"]", id("cell"));
            page.has(&format!("{cell}[data-state=\"{state}\"]"), 1).await;
        }

        ends(&page).await;
        page.shows(&card, &["✅", "Recovered", "goldencrust in PROD · shut", "Shut down goldencrust in PROD"]).await;
        page.gone(&format!("{card} {}", id("button"))).await;
        let record = closes(stage, &page, &card).await;
        page.shows(&card, &["📕", "Closed by @on-call: The log-in was attacked. Cut off and cleaned."]).await;
        for told in [
            "prod-goldencrust-5xx",
            "The log-in was attacked. Cut off and cleaned.",
            "on-call took it",
            "on-call chose /tenant shutdown, operation",
            "Shut down goldencrust in PROD",
            "fires no longer",
        ] {
            assert!(record.contains(told), "{told} in {record}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_rule_acts_by_itself_and_who_has_not_the_role_is_refused_in_private() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        goes_to_incidents(&page).await;
        fires(&page, "abuse", "dev").await;
        let card = page.card("SpamSent · goldencrust in DEV").await;
        // Nobody was asked: in DEV its rule does it.
        page.comes_to(&card, &["Shut down goldencrust in DEV", "is cut off in DEV"]).await;
        page.shows(&card, &["Done by rule", "goldencrust in DEV · shut"]).await;
        presses(&page, &card, "Diagnose").await;
        page.shows(&id("ephemeral"), &["Not possible", "This needs the role On-call, Security or DevOps Lead"]).await;
        page.gone(&id("modal")).await;
        assert_eq!(stage.sandbox.operations().await.len(), 2, "nothing else was filed");

        let other = stage.page_of("on-call").await;
        goes_to_incidents(&other).await;
        other.shows(&card, &["SpamSent", "Also told", "Security by e-mail"]).await;
        other.gone(&id("ephemeral")).await;
        Mouse(&other).clicks(&format!("{card} {}", id("thread-card"))).await;
        other.shows(&id("thread-pane"), &["The rule chose /tenant shutdown: operation"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_storm_is_twenty_cards_and_one_that_counts() {
    play(async |stage| {
        let page = stage.page_of("on-call").await;
        goes_to_incidents(&page).await;
        fires(&page, "storm", "prod").await;
        page.shows(&id("firing"), &["a storm of 100 alerts in PROD"]).await;
        // One after another, as fast as Discord takes them.
        for count in 1..=21 {
            until(format!("{count} cards"), async || match page.count(HEADLINES).await {
                found if found >= count => Ok(()),
                found => Err(found),
            })
            .await;
        }
        let storm = page.card("Alert storm").await;
        page.shows(&storm, &["80 of 80 alerts fire", "TargetDown: 40 of 40 fire", "HighLatency: 20 of 20 fire"]).await;
        ends(&page).await;
        page.comes_to(&storm, &["Recovered", "TargetDown: 0 of 40 fire"]).await;
        page.has(HEADLINES, 21).await;
    })
    .await;
}

#[tokio::test]
async fn an_alert_fires_and_ends_without_a_mouse() {
    play(async |stage| {
        let page = stage.page_of("on-call").await;
        let keyboard = Keyboard(&page);
        keyboard.tabs_to(&id("alert")).await;
        keyboard.types("does").await;
        keyboard.tabs_to(&id("alert-fire")).await;
        keyboard.presses(Key::Enter).await;
        page.shows(&id("firing"), &["no tenant in DEV: does not answer"]).await;
        keyboard.tabs_to(&id("alert-over")).await;
        keyboard.presses(Key::Enter).await;
        page.gone(&id("firing")).await;
        page.has(&format!("{}:focus", id("alert")), 1).await;
        goes_to_incidents(&page).await;
        let card = page.card("SiteDown").await;
        page.shows(&card, &["Recovered", "No known tenant (DEV)."]).await;
    })
    .await;
}

/// Whether the form is within the window.
async fn form_fits(page: &Page) {
    let script = "const { left, right } = document.querySelector(arguments[0]).getBoundingClientRect();
        return left >= 0 && right <= innerWidth";
    assert_eq!(page.asks(script, vec![json!(id("modal"))]).await.unwrap(), true, "the form is within the window");
    page.fits().await;
}

#[tokio::test]
async fn an_incident_is_decided_on_from_a_phone() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        let page = stage.page_of("security").await;
        stage.sandbox.brings("goldencrust", "prod").await;
        stage.browser.size(390, 844).await;
        stage.browser.prefers("light").await;
        let mouse = Mouse(&page);
        mouse.clicks(&id("tab-cloud")).await;
        fires(&page, "passwords", "prod").await;
        page.fits().await;
        mouse.clicks(&id("tab-chat")).await;
        mouse.clicks(&id("drawer")).await;
        goes_to_incidents(&page).await;
        let card = page.card("PasswordsTried · goldencrust in PROD").await;
        page.shows(&card, &["Proposed by rule", "A security concern", "/tenant shutdown"]).await;
        page.fits().await;
        presses(&page, &card, "Shut down").await;
        page.shows(&id("modal"), &["golden.wp.kimmyai.io goes dark"]).await;
        form_fits(&page).await;
        fills_in(&page, "the passwords leaked").await;
        let shutdown = page.card("Shut down goldencrust in PROD").await;
        page.comes_to(&shutdown, &["goldencrust is cut off in PROD"]).await;
        page.fits().await;
    })
    .await;
}
