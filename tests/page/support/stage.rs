//! A story's stage: a fresh sandbox, a browser before it, and everything cleared away afterwards, whatever happened.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use futures::FutureExt;
use serde_json::json;
use tempfile::TempDir;

use super::browser::Browser;
use super::mouse::Mouse;
use super::page::Page;
use super::sandbox::Sandbox;
use super::until::until;

/// What a story has.
pub(crate) struct Stage {
    /// The browser.
    pub(crate) browser: Browser,
    /// The sandbox that it looks at.
    pub(crate) sandbox: Sandbox,
    used: Cell<bool>,
    folder: TempDir,
}

/// Plays a story. Whatever it asserts, the console must be free of errors and warnings in the end.
pub(crate) async fn play(story: impl AsyncFnOnce(&Stage)) {
    play_at(1, story).await;
}

/// Plays a story in which people's waiting passes so many times as fast.
pub(crate) async fn play_at(time_scale: u32, story: impl AsyncFnOnce(&Stage)) {
    let stage = Stage::set(time_scale).await;
    let outcome = AssertUnwindSafe(story(&stage)).catch_unwind().await;
    let complaints = stage.browser.complaints().await;
    if outcome.is_err() {
        stage.keep_evidence().await;
    }
    stage.browser.close().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
    assert!(complaints.is_empty(), "the console complains:\n{}", complaints.join("\n"));
}

impl Stage {
    async fn set(time_scale: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("landlord-page-").tempdir().unwrap();
        let sandbox = Sandbox::start(folder.path(), time_scale).await;
        let browser = Browser::start(folder.path()).await;
        browser.size(1440, 900).await;
        browser.prefers("dark").await;
        Self { browser, sandbox, used: Cell::new(false), folder }
    }

    /// The page as a newcomer finds it.
    pub(crate) async fn page(&self) -> Page {
        self.open("").await
    }

    /// The page as a member, in a window of its own.
    pub(crate) async fn page_of(&self, member: &str) -> Page {
        self.open(&format!("#/{member}/tenant-ops")).await
    }

    async fn open(&self, hash: &str) -> Page {
        let client = &self.browser.client;
        if self.used.replace(true) {
            let window = client.new_window(false).await.unwrap();
            client.switch_to_window(window.handle).await.unwrap();
            self.browser.size(1440, 900).await;
            self.browser.prefers("dark").await;
        }
        client.goto(&format!("{}/{hash}", self.sandbox.address)).await.unwrap();
        let page = Page::new(client.clone(), client.window().await.unwrap());
        page.gone("#splash:not([hidden])").await;
        until("the channel", async || client.find(Locator::Css("main.chat .intro, main.chat .message")).await).await;
        page
    }

    /// Downloads what a link on the page leads to, as its file of that name.
    pub(crate) async fn downloads(&self, page: &Page, link: &str, name: &str) -> Vec<u8> {
        let folder = self.folder.path().join("downloads");
        let wanted = json!({"behavior": "allow", "downloadPath": folder});
        page.front().await;
        self.browser.devtools("Browser.setDownloadBehavior", wanted).await;
        Mouse(page).clicks(link).await;
        // Until it is whole, the browser gives it another name.
        until(format!("{name} to be downloaded"), async || std::fs::read(folder.join(name))).await
    }

    /// Takes a picture for `docs/pictures/`, where it is asked for, from the head of a message on.
    pub(crate) async fn picture(&self, page: &Page, message: &str, name: &str) {
        if std::env::var_os("LANDLORD_PICTURES").is_none() {
            return;
        }
        let corner = PointerAction::MoveTo { duration: Some(Duration::ZERO), x: 0.0, y: 0.0 };
        page.front().await.perform_actions(MouseActions::new("mouse".into()).then(corner)).await.unwrap();
        page.frames(message).await;
        page.rests().await;
        self.browser.picture(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(name)).await;
        page.scrolls_to_the_newest().await;
    }

    /// What a story that failed saw last, beside the sandbox's log.
    async fn keep_evidence(&self) {
        let name = std::thread::current().name().unwrap_or("story").replace("::", "-");
        let kept: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let picture = kept.with_extension("png");
        self.browser.picture(&picture).await;
        let log = kept.with_extension("log");
        std::fs::copy(self.folder.path().join("sandbox.log"), &log).ok();
        eprintln!("see {} and {}", picture.display(), log.display());
    }
}
