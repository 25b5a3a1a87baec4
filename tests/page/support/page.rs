//! What a person sees at the page. Looking only: hands are in `mouse` and `keyboard`.

use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::until::until;

/// The selector of a test id.
pub(crate) fn id(name: &str) -> String {
    format!("[data-testid=\"{name}\"]")
}

/// A window with the page.
pub(crate) struct Page {
    client: Client,
    window: WindowHandle,
}

impl Page {
    pub(crate) fn new(client: Client, window: WindowHandle) -> Self {
        Self { client, window }
    }

    /// The driver, with this window in front.
    pub(crate) async fn front(&self) -> &Client {
        self.client.switch_to_window(self.window.clone()).await.unwrap();
        &self.client
    }

    /// The answer of a script.
    pub(crate) async fn asks(&self, script: &str, arguments: Vec<Value>) -> Result<Value, CmdError> {
        self.front().await.execute(script, arguments).await
    }

    /// The texts of all elements that match, as they are read.
    pub(crate) async fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText)";
        let texts = self.asks(script, vec![json!(selector)]).await.unwrap();
        texts.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    /// How many elements match.
    pub(crate) async fn count(&self, selector: &str) -> usize {
        self.texts(selector).await.len()
    }

    /// Waits for an element whose text holds all the words.
    pub(crate) async fn shows(&self, selector: &str, words: &[&str]) {
        until(format!("{selector} to show {words:?}"), async || {
            let texts = self.texts(selector).await;
            let found = texts.iter().any(|text| words.iter().all(|word| text.contains(word)));
            if found { Ok(()) } else { Err(format!("{} on {}", texts.join("\n--\n"), self.whole().await)) }
        })
        .await;
    }

    /// Waits for an element whose text holds all the words, for as long as what is there goes on changing.
    pub(crate) async fn comes_to(&self, selector: &str, words: &[&str]) {
        let mut before = Vec::new();
        loop {
            let (texts, found) = until(format!("{selector} to change, or to show {words:?}"), async || {
                let texts = self.texts(selector).await;
                let found = texts.iter().any(|text| words.iter().all(|word| text.contains(word)));
                if found || texts != before { Ok((texts, found)) } else { Err(texts.join("\n--\n")) }
            })
            .await;
            if found {
                return;
            }
            before = texts;
        }
    }

    /// Waits until exactly so many elements match.
    pub(crate) async fn has(&self, selector: &str, count: usize) {
        until(format!("{count} × {selector}"), async || {
            let found = self.count(selector).await;
            if found == count { Ok(()) } else { Err(format!("{found} on {}", self.whole().await)) }
        })
        .await;
    }

    /// Waits until nothing matches.
    pub(crate) async fn gone(&self, selector: &str) {
        self.has(selector, 0).await;
    }

    /// The selector of an operation's card, by what its headline ends with; of several, the newest.
    pub(crate) async fn card(&self, ending: &str) -> String {
        let script = "return [...document.querySelectorAll('main.chat [data-testid=message]')]
            .filter((message) => message.querySelector('.embed-title')?.innerText.trim().endsWith(arguments[0]))
            .at(-1)?.dataset.messageId";
        let message = until(format!("the card \"… {ending}\""), async || {
            let found = self.asks(script, vec![json!(ending)]).await.map_err(|error| error.to_string())?;
            match found.as_str() {
                Some(message) => Ok(message.to_owned()),
                None => Err(self.whole().await),
            }
        })
        .await;
        format!("main.chat [data-message-id=\"{message}\"]")
    }

    /// Waits until a tenant has all ten kinds in an environment, or none of them, as the matrix shows it.
    pub(crate) async fn stands(&self, environment: &str, state: &str) {
        let cell = format!("{}[data-environment=\"{environment}\"][data-state=\"{state}\"]", id("cell"));
        self.has(&cell, 10).await;
    }

    /// Waits until no part of the page can be scrolled sideways.
    pub(crate) async fn fits(&self) {
        let script =
            "return [document.scrollingElement, ...document.querySelectorAll('.feed-scroller, .cloud-body, .channels')]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
            .map((each) => `${each.localName}.${each.className}: ${each.scrollWidth} > ${each.clientWidth}`)";
        until("everything to fit", async || {
            let wide = self.asks(script, Vec::new()).await.map_err(|error| error.to_string())?;
            if wide == json!([]) { Ok(()) } else { Err(wide.to_string()) }
        })
        .await;
    }

    /// Scrolls to the head of a message.
    pub(crate) async fn frames(&self, message: &str) {
        let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'start' })";
        self.asks(script, vec![json!(message)]).await.unwrap();
    }

    /// Scrolls the channel back to its end.
    pub(crate) async fn scrolls_to_the_newest(&self) {
        let script =
            "const feed = document.querySelector('main.chat .feed-scroller'); feed.scrollTop = feed.scrollHeight";
        self.asks(script, Vec::new()).await.unwrap();
        self.gone(&format!("main.chat {}:not([hidden])", id("jump"))).await;
    }

    /// Waits until nothing moves any more, for a picture.
    pub(crate) async fn rests(&self) {
        let script = "return document.getAnimations()
            .filter((each) => each.playState === 'running' && each.effect.getComputedTiming().iterations !== Infinity).length";
        until("the page to rest", async || {
            let moving = self.asks(script, Vec::new()).await.map_err(|error| error.to_string())?;
            if moving == 0 { Ok(()) } else { Err(moving.to_string()) }
        })
        .await;
    }

    /// The element, when it can be seen.
    pub(crate) async fn element(&self, selector: &str) -> Result<fantoccini::elements::Element, CmdError> {
        self.front().await.find(Locator::Css(selector)).await
    }

    async fn whole(&self) -> String {
        let texts = self.texts("body").await;
        format!("the page:\n{}", texts.join("\n"))
    }
}
