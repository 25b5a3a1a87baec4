//! The people of a sandbox who type the measured commands, and what they can see of their operations.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use landlord::sandbox::Sandbox;
use landlord_core::spec::Catalogue;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;

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
    let listen = free_pair();
    let (told, started) = oneshot::channel();
    let sandbox = Sandbox { listen, state: None, config: None, time_scale: 1 };
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
        let body = json!({
            "type": 2, "application_id": self.about["application_id"], "guild_id": self.about["guild_id"],
            "channel_id": self.about["channels"]["tenant-ops"], "session_id": "bench",
            "data": {"type": 1, "id": self.command["id"], "name": "tenant", "version": self.command["version"],
                     "options": [{"type": 1, "name": command, "options": options}]},
        });
        let request = self.http.post(self.api("interactions")).header("Authorization", self.token(member)).json(&body);
        request.send().await.unwrap().error_for_status().unwrap();
    }

    /// How many operations a filter finds, and the newest of them: `state=succeeded`.
    pub(crate) async fn operations(&self, filter: &str) -> (usize, Vec<Value>) {
        let side = SocketAddr::new(self.page.ip(), self.page.port() + 1);
        let request = self.http.get(format!("http://{side}/api/operations?{filter}")).bearer_auth("sandbox");
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        let total = answer.headers()["x-total-count"].to_str().unwrap().parse().unwrap();
        (total, answer.json().await.unwrap())
    }

    fn api(&self, path: &str) -> String {
        format!("http://{}/api/v10/{path}", self.page)
    }

    fn token(&self, member: &str) -> &str {
        self.about["members"][member]["token"].as_str().unwrap()
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
