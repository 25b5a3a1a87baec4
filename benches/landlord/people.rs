//! The people of a sandbox who type the measured commands, and what they can see of their operations.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use landlord::config::Config;
use landlord::sandbox::Sandbox;
use landlord_core::spec::Catalogue;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::ear::{Ear, Heard};

/// How often something is looked at.
pub(crate) const LOOK: Duration = Duration::from_millis(5);

/// The members of the local Discord.
pub(crate) struct People {
    http: Client,
    page: SocketAddr,
    about: Value,
    command: Value,
}

/// Runs a sandbox with the simulated cloud for as long as the people are at work.
pub(crate) async fn at_work(work: impl AsyncFnOnce(People)) {
    at_work_on(None, work).await;
}

/// The same with the environments of a configuration, where there is one.
pub(crate) async fn at_work_on(config: Option<Config>, work: impl AsyncFnOnce(People)) {
    let listen = free_pair();
    let (told, started) = oneshot::channel();
    let sandbox = Sandbox { listen, state: None, config, time_scale: 1 };
    let people = async {
        let page: SocketAddr = started.await.unwrap();
        work(People::meet(page).await).await;
    };
    let tell = |address| told.send(address).unwrap();
    tokio::select! {
        ended = sandbox.run(Catalogue::built_in().unwrap(), tell) => panic!("the sandbox ended: {ended:?}"),
        () = people => {}
    }
}

impl People {
    /// Once the bot is ready and its commands are there.
    async fn meet(page: SocketAddr) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let mut looks = tokio::time::interval(LOOK);
        let about = loop {
            looks.tick().await;
            let answer = http.get(format!("http://{page}/sandbox.json")).send().await.unwrap();
            if answer.status() == StatusCode::OK {
                break answer.json::<Value>().await.unwrap();
            }
        };
        let mut people = Self { http, page, about, command: Value::Null };
        let path = format!("guilds/{}/application-command-index", people.about["guild_id"].as_str().unwrap());
        let index = people.http.get(people.api(&path)).header("Authorization", people.token("operator"));
        let index: Value = index.send().await.unwrap().json().await.unwrap();
        let mut commands = index["application_commands"].as_array().unwrap().iter();
        people.command = commands.find(|command| command["name"] == "tenant").unwrap().clone();
        people
    }

    /// A member types a command of `/tenant`, with options that are texts.
    pub(crate) async fn types(&self, member: &str, command: &str, options: &[(&str, &str)]) {
        let options: Vec<Value> =
            options.iter().map(|(name, value)| json!({"type": 3, "name": name, "value": value})).collect();
        let data = json!({"type": 1, "id": self.command["id"], "name": "tenant", "version": self.command["version"],
                          "options": [{"type": 1, "name": command, "options": options}]});
        self.interacts(member, "bench", json!({ "type": 2, "data": data })).await;
    }

    /// A member's own session with the gateway.
    pub(crate) async fn listens(&self, member: &str) -> Ear {
        Ear::open(self.page, self.token(member)).await
    }

    /// A member presses a button of a message that is answered with a form; answers the form.
    pub(crate) async fn presses(&self, member: &str, ear: &Ear, message: &Value, label: &str) -> Value {
        let rows = message["components"].as_array().into_iter().flatten();
        let mut buttons = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
        let button = buttons.find(|button| button["label"] == label).expect("the button");
        let data = json!({ "component_type": 2, "custom_id": button["custom_id"] });
        let mark = ear.mark();
        let press =
            json!({ "type": 3, "data": data, "channel_id": message["channel_id"], "message_id": message["id"] });
        self.interacts(member, ear.session(), press).await;
        ear.next(mark, "a form", |heard: &Heard| heard.name == "INTERACTION_MODAL_CREATE").await
    }

    /// A member hands in a form with one text.
    pub(crate) async fn hands_in(&self, member: &str, ear: &Ear, form: &Value, input: &str, text: &str) {
        let row = json!({ "type": 1, "components": [{ "type": 4, "custom_id": input, "value": text }] });
        let data = json!({ "id": form["id"], "custom_id": form["custom_id"], "components": [row] });
        self.interacts(member, ear.session(), json!({ "type": 5, "data": data })).await;
    }

    /// Alertmanager tells that an alert with these labels fires.
    pub(crate) async fn alert(&self, labels: &Value) {
        let body = json!({
            "version": "4", "groupKey": "{}", "status": "firing", "receiver": "landlord",
            "alerts": [{ "status": "firing", "labels": labels, "startsAt": "2026-03-02T09:00:00Z",
                         "fingerprint": format!("{:016x}", rand::random::<u64>()),
                         "annotations": { "summary": "nobody answers", "value": "3", "threshold": "> 1" } }],
        });
        let request = self.http.post(format!("http://{}/alerts/alertmanager", self.side())).bearer_auth("sandbox");
        request.json(&body).send().await.unwrap().error_for_status().unwrap();
    }

    async fn interacts(&self, member: &str, session: &str, more: Value) {
        let mut body = json!({
            "application_id": self.about["application_id"], "guild_id": self.about["guild_id"],
            "channel_id": self.about["channels"]["tenant-ops"], "session_id": session,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let request = self.http.post(self.api("interactions")).header("Authorization", self.token(member)).json(&body);
        request.send().await.unwrap().error_for_status().unwrap();
    }

    /// How many operations a filter finds, and the newest of them: `state=succeeded`.
    pub(crate) async fn operations(&self, filter: &str) -> (usize, Vec<Value>) {
        let request = self.http.get(format!("http://{}/api/operations?{filter}", self.side())).bearer_auth("sandbox");
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        let total = answer.headers()["x-total-count"].to_str().unwrap().parse().unwrap();
        (total, answer.json().await.unwrap())
    }

    /// Where the bot's own HTTP side is.
    fn side(&self) -> SocketAddr {
        SocketAddr::new(self.page.ip(), self.page.port() + 1)
    }

    fn api(&self, path: &str) -> String {
        format!("http://{}/api/v10/{path}", self.page)
    }

    fn token(&self, member: &str) -> &str {
        self.about["members"][member]["token"].as_str().unwrap()
    }
}

/// Until the newest operation that the filter finds is as wanted.
pub(crate) async fn until(people: &People, filter: &str, wanted: impl Fn(&Value) -> bool) {
    let mut looks = tokio::time::interval(LOOK);
    while !people.operations(filter).await.1.first().is_some_and(&wanted) {
        looks.tick().await;
    }
}

/// An address whose port and the next one are free.
fn free_pair() -> SocketAddr {
    loop {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap();
        let next = address.port().checked_add(1).map(|port| SocketAddr::new(address.ip(), port));
        if next.is_some_and(|next| TcpListener::bind(next).is_ok()) {
            return address;
        }
    }
}
