//! A hand on the mouse: pointing, clicking. Real pointer events, which reach only what can be seen and is not covered.
//! Text is typed into what was clicked.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource, MouseActions, PointerAction};

use super::page::{Page, id};
use super::until::until;

/// The mouse over a page.
pub(crate) struct Mouse<'a>(pub(crate) &'a Page);

impl Mouse<'_> {
    /// Clicks what the selector finds first, as soon as it can be clicked.
    pub(crate) async fn clicks(&self, selector: &str) {
        until(format!("{selector} to be clicked"), async || self.0.element(selector).await?.click().await).await;
    }

    /// Clicks the element among those found that reads so.
    pub(crate) async fn clicks_on(&self, selector: &str, words: &str) {
        until(format!("{selector} \"{words}\" to be clicked"), async || {
            let client = self.0.front().await;
            for element in client.find_all(Locator::Css(selector)).await.map_err(|error| error.to_string())? {
                if element.text().await.is_ok_and(|text| text.contains(words)) {
                    return element.click().await.map_err(|error| error.to_string());
                }
            }
            Err(format!("{:?}", self.0.texts(selector).await))
        })
        .await;
    }

    /// Clicks a field and types into it.
    pub(crate) async fn types(&self, selector: &str, text: &str) {
        self.clicks(selector).await;
        until(format!("{selector} to be typed in"), async || self.0.element(selector).await?.send_keys(text).await)
            .await;
    }

    /// Types a whole line into the composer and sends it.
    pub(crate) async fn sends(&self, line: &str) {
        self.types(&id("composer"), line).await;
        self.clicks(&format!("main.chat .composer {}", id("send"))).await;
    }

    /// Chooses from a select.
    pub(crate) async fn chooses(&self, selector: &str, value: &str) {
        until(format!("{selector} to be chosen from"), async || {
            self.0.element(selector).await?.select_by_value(value).await
        })
        .await;
    }

    async fn points_at(&self, selector: &str) {
        until(format!("{selector} to be pointed at"), async || {
            let element = self.0.element(selector).await?;
            let there = PointerAction::MoveToElement { element, duration: Some(Duration::ZERO), x: 0.0, y: 0.0 };
            self.0.front().await.perform_actions(MouseActions::new("mouse".into()).then(there)).await
        })
        .await;
    }

    /// Adds a reaction with the button that appears when one points at a message.
    pub(crate) async fn adds_reaction(&self, message: &str, emoji: &str) {
        self.points_at(&format!("{message} .embed-title")).await;
        self.clicks(&format!("{message} {}", id("add-reaction"))).await;
        self.clicks(&format!("{}[data-emoji=\"{emoji}\"]", id("reaction-choice"))).await;
        self.0.has(&format!("{message} {}[data-emoji=\"{emoji}\"][data-me=\"true\"]", id("reaction")), 1).await;
    }

    /// Clicks the pill of a reaction, which is then, or is no longer, the member's own.
    pub(crate) async fn toggles(&self, message: &str, emoji: &str) {
        let pill = format!("{message} {}[data-emoji=\"{emoji}\"]", id("reaction"));
        let mine = self.0.count(&format!("{pill}[data-me=\"true\"]")).await == 1;
        self.clicks(&pill).await;
        self.0.has(&format!("{pill}[data-me=\"{}\"]", !mine), 1).await;
    }

    /// Becomes another member, with the switch at the bottom left.
    pub(crate) async fn becomes(&self, member: &str) {
        self.clicks(&id("member-switch")).await;
        self.clicks(&format!("{}[data-member=\"{member}\"]", id("member"))).await;
        self.0.has(&format!("{}[data-member=\"{member}\"]", id("member-switch")), 1).await;
    }
}
