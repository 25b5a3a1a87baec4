//! Hands on the keyboard, and nowhere else: real key events to whatever has the focus.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;

use super::page::Page;

/// How many keys it may take to get anywhere.
const FAR: usize = 60;

/// The keyboard of a page.
pub(crate) struct Keyboard<'a>(pub(crate) &'a Page);

impl Keyboard<'_> {
    /// Presses a key.
    pub(crate) async fn presses(&self, key: Key) {
        self.strikes(&[], &[key.into()]).await;
    }

    /// Types a text.
    pub(crate) async fn types(&self, text: &str) {
        self.strikes(&[], &text.chars().collect::<Vec<_>>()).await;
    }

    async fn strikes(&self, held: &[char], keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".into());
        for value in held {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in keys {
            actions = actions.then(KeyAction::Down { value: *value }).then(KeyAction::Up { value: *value });
        }
        for value in held {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.0.front().await.perform_actions(actions).await.unwrap();
    }

    /// Presses a key until what has the focus matches.
    async fn walks(&self, held: &[char], key: Key, selector: &str) {
        let mut passed = Vec::new();
        for _ in 0..FAR {
            if self.is_on(selector).await {
                return;
            }
            passed.push(self.place().await);
            self.strikes(held, &[key.into()]).await;
        }
        panic!("{selector} cannot be reached with {key:?}: {}", passed.join(" → "));
    }

    /// Tab until what has the focus matches.
    pub(crate) async fn tabs_to(&self, selector: &str) {
        self.walks(&[], Key::Tab, selector).await;
    }

    /// An arrow until what has the focus matches.
    pub(crate) async fn arrows_to(&self, arrow: Key, selector: &str) {
        self.walks(&[], arrow, selector).await;
    }

    /// Whether what has the focus matches.
    pub(crate) async fn is_on(&self, selector: &str) -> bool {
        let script = "return document.activeElement.matches(arguments[0])";
        self.0.asks(script, vec![json!(selector)]).await.unwrap() == json!(true)
    }

    async fn place(&self) -> String {
        let script = "const { localName, className, dataset } = document.activeElement;
            return `${localName}.${className}[${dataset.testid ?? dataset.action ?? ''}]`";
        self.0.asks(script, Vec::new()).await.unwrap().as_str().unwrap_or_default().to_owned()
    }
}
