//! What `dev/services` started: its configuration, its faults by name, its journal of requests, and the mail that was sent.
//! Nothing here reaches beyond this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use landlord::config::Config;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Dump, Tenant, text};
use crate::until::until;

/// The running services.
#[derive(Clone)]
pub(crate) struct Services {
    /// landlord.toml as it was written for them.
    pub(crate) config: Config,
    file: PathBuf,
    folder: PathBuf,
    companion: String,
    web: Client,
}

impl Services {
    /// The services whose variables are set.
    ///
    /// # Panics
    /// When they are not up.
    pub(crate) fn running() -> Self {
        let up = "start the local services with `dev/services up` and source `dev/services env`";
        let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: {up}"));
        let file = PathBuf::from(variable("LANDLORD_DEV_CONFIG"));
        let endpoint = variable("AWS_ENDPOINT_URL");
        assert!(endpoint.starts_with("http://127.0.0.1:"), "AWS_ENDPOINT_URL is {endpoint}: {up}");
        let config = Config::read(&file).unwrap_or_else(|error| panic!("{error}: {up}"));
        Self {
            config,
            folder: file.parent().map_or_else(PathBuf::new, Path::to_owned),
            file,
            companion: format!("{}/_companion", variable("COMPANION_URL")),
            web: Client::builder().no_proxy().build().expect("an HTTP client"),
        }
    }

    /// The configuration with these variables over it too.
    pub(super) fn config_with(&self, variables: &[(String, String)]) -> Config {
        let text = std::fs::read_to_string(&self.file).expect("the configuration can be read");
        Config::parse(&text, variables.iter().cloned()).expect("a valid configuration")
    }

    /// The configuration's file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    async fn companion(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.web.request(method, format!("{}/{path}", self.companion)).json(body);
        let answer = request.send().await.expect("the companion answers");
        let (status, text) = (answer.status(), answer.text().await.expect("the companion's answer"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Switches a fault on, with its filters (dev/README.md).
    pub(crate) async fn breaks(&self, fault: &str, filters: Value) {
        self.companion(Method::PUT, &format!("faults/{fault}"), &filters).await;
    }

    /// Switches every fault off.
    pub(crate) async fn mends(&self) {
        self.companion(Method::DELETE, "faults", &json!({})).await;
    }

    /// Switches off the faults that are on for this tenant alone.
    pub(crate) async fn mends_for(&self, tenant: &Tenant) {
        self.companion(Method::DELETE, &format!("faults?tenant={}", tenant.id), &json!({})).await;
    }

    /// Removes every tenant's resources, and switches every fault off: for a story that is alone.
    pub(crate) async fn resets(&self) {
        self.companion(Method::POST, "reset", &json!({})).await;
    }

    /// What `dev/services dump` prints with these words. What changes meanwhile can spoil a look; it is then looked again.
    pub(crate) async fn dump(&self, words: &[&str]) -> Dump {
        let words: Vec<String> = ["dump"].iter().chain(words).map(|word| (*word).to_owned()).collect();
        let look = async || {
            let (folder, words) = (self.folder.clone(), words.clone());
            let printed = tokio::task::spawn_blocking(move || try_services(&folder, &words)).await;
            printed.expect("dev/services ran").map(Dump::new)
        };
        until("a dump", look).await
    }

    /// What the emulator and the databases hold that is exactly this tenant's. What others do meanwhile can spoil a look; it
    /// is then looked again.
    pub(crate) async fn dump_of(&self, tenant: &Tenant) -> Dump {
        let url = format!("{}/dump?only={}&subdomain={}", self.companion, tenant.id, tenant.subdomain);
        let look = async || {
            let answer = self.web.get(&url).send().await.expect("the companion answers");
            let (status, text) = (answer.status(), answer.text().await.expect("the companion's answer"));
            if status.is_success() { Ok(Dump::new(text)) } else { Err(format!("{status} {text}")) }
        };
        until(format!("a dump of {}", tenant.id), look).await
    }

    /// The number of the last request that went through to AWS.
    pub(crate) async fn now(&self) -> u64 {
        self.companion(Method::GET, "requests", &json!({})).await["next"].as_u64().expect("a number")
    }

    /// The operations that AWS was asked for since request `since`, oldest first.
    pub(crate) async fn asked(&self, since: u64) -> Vec<String> {
        let answer = self.companion(Method::GET, &format!("requests?since={since}"), &json!({})).await;
        let requests = answer["requests"].as_array().cloned().unwrap_or_default();
        requests.iter().filter_map(|request| request["operation"].as_str().map(str::to_owned)).collect()
    }

    /// The requests since request `since` that a fault hit, oldest first: operation and fault.
    pub(crate) async fn hit(&self, since: u64) -> Vec<(String, String)> {
        let answer = self.companion(Method::GET, &format!("requests?since={since}"), &json!({})).await;
        let requests = answer["requests"].as_array().cloned().unwrap_or_default();
        let hit = requests.iter().flat_map(|request| {
            let faults = request["faults"].as_array().into_iter().flatten();
            faults.map(|fault| (text(&request["operation"]), text(fault)))
        });
        hit.collect()
    }

    /// Lets Container Insights have measured something of a tenant's service (dev/README.md).
    pub(crate) async fn measures(&self, what: Value) {
        self.companion(Method::PUT, "usage", &what).await;
    }

    /// Lets a metric of CloudWatch have measured something (dev/README.md).
    pub(crate) async fn measures_metric(&self, what: Value) {
        self.companion(Method::PUT, "metrics", &what).await;
    }

    /// The mails that SES took for this address: subject and text.
    pub(crate) async fn mails(&self, to: &str) -> Vec<String> {
        let taken = self.companion(Method::GET, "mails", &json!({})).await;
        let own = taken.as_array().into_iter().flatten().filter(|mail| mail["to"] == json!([to]));
        own.map(|mail| format!("{}\n\n{}", text(&mail["subject"]), text(&mail["text"]))).collect()
    }

    /// The tasks that were run alone and whose settings name this.
    pub(crate) async fn tasks_about(&self, name: &str) -> Vec<Value> {
        let tasks = self.companion(Method::GET, "tasks", &json!({})).await;
        let about = |task: &&Value| task["overrides"].to_string().contains(name);
        tasks.as_array().into_iter().flatten().filter(about).cloned().collect()
    }

    /// Stops or starts one service, such as `mariadb-dev`.
    pub(crate) async fn turn(&self, verb: &'static str, name: &'static str) {
        let folder = self.folder.clone();
        let done = tokio::task::spawn_blocking(move || run_services(&folder, &[verb, name])).await;
        done.expect("dev/services ran");
    }

    /// Starts a service when this goes out of scope, however the story ends.
    pub(crate) fn starts_at_last(&self, name: &'static str) -> Restart {
        Restart { folder: self.folder.clone(), name }
    }
}

/// See [`Services::starts_at_last`].
pub(crate) struct Restart {
    folder: PathBuf,
    name: &'static str,
}

impl Drop for Restart {
    fn drop(&mut self) {
        run_services(&self.folder, &["start", self.name]);
    }
}

/// Runs the tool; answers what it prints.
fn run_services<W: AsRef<OsStr>>(folder: &Path, words: &[W]) -> String {
    try_services(folder, words).unwrap_or_else(|said| panic!("dev/services: {said}"))
}

/// The same; what it says instead where it fails.
fn try_services<W: AsRef<OsStr>>(folder: &Path, words: &[W]) -> Result<String, String> {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("dev/services");
    let output = std::process::Command::new(tool).args(words).env("LANDLORD_DEV_DIR", folder).output();
    let output = output.expect("dev/services can be run");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8(output.stdout).expect("text"))
}
