//! One Chromium: its start, its windows, its size and colours, its console, its pictures.

use std::path::Path;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::driver::{BROWSER, Driver};

/// A browser with one window.
pub(crate) struct Browser {
    /// What drives it.
    pub(crate) client: Client,
    http: reqwest::Client,
    session: String,
    driver: Driver,
}

impl Browser {
    /// Starts one that keeps its profile in `folder`.
    pub(crate) async fn start(folder: &Path) -> Self {
        let driver = Driver::start(folder);
        let profile = format!("--user-data-dir={}", folder.join("profile").display());
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1440,900",
            &profile,
        ];
        let wishes = json!({
            "goog:chromeOptions": {"binary": BROWSER, "args": flags},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let Value::Object(wishes) = wishes else { unreachable!("written as an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes)
            .connect(&driver.address)
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        let session = client.session_id().await.unwrap().expect("a session");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, http, session, driver }
    }

    /// A command of the driver that is Chromium's own.
    async fn command(&self, path: &str, body: Value) -> Value {
        let address = format!("{}/session/{}/{path}", self.driver.address, self.session);
        let answer = self.http.post(address).json(&body).send().await.unwrap();
        let mut answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        answer["value"].take()
    }

    /// A command of the Chrome `DevTools` Protocol to the window in front.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) {
        self.command("goog/cdp/execute", json!({"cmd": command, "params": parameters})).await;
    }

    /// The inside of the window in front, in CSS pixels.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let phone = width < 500;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": phone})).await;
    }

    /// What the system says it prefers: "dark" or "light".
    pub(crate) async fn prefers(&self, theme: &str) {
        let feature = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        self.devtools("Emulation.setEmulatedMedia", feature).await;
    }

    /// The errors and warnings of the console since it was last read, of all windows.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.command("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().into_iter().flatten();
        let bad = entries.filter(|entry| ["SEVERE", "WARNING"].contains(&entry["level"].as_str().unwrap_or_default()));
        bad.map(|entry| entry["message"].to_string()).collect()
    }

    /// Writes what the window in front shows to a file.
    pub(crate) async fn picture(&self, path: &Path) {
        let picture = self.client.screenshot().await.unwrap();
        std::fs::create_dir_all(path.parent().expect("a folder")).unwrap();
        std::fs::write(path, picture).unwrap();
    }

    /// Ends the browser, then its driver.
    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }
}
