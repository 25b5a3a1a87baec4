//! How long a tenant takes in the sandbox, from the typed command to *succeeded*: local Discord, gateway, desk, log, engine
//! and cards, all as in production; the simulated cloud takes its usual time for each change.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use landlord::sandbox::Sandbox;
use landlord_core::spec::Catalogue;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::table::Table;

/// How many tenants are made one after the other.
const TENANTS: usize = 5;
/// How many tenants are made side by side.
const AT_ONCE: usize = 8;
/// How often the operations are looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Adds the median of one after the other, and the whole of many side by side.
pub(crate) async fn measure(table: &mut Table) {
    let listen = free_pair();
    let (told, started) = oneshot::channel();
    let sandbox = Sandbox { listen, state: None, config: None, time_scale: 1 };
    let people = async {
        let page: SocketAddr = started.await.unwrap();
        People::meet(page).await.measure(table).await;
    };
    let tell = |address| told.send(address).unwrap();
    tokio::select! {
        ended = sandbox.run(Catalogue::built_in().unwrap(), tell) => panic!("the sandbox ended: {ended:?}"),
        () = people => {}
    }
}

/// The members of the local Discord.
struct People {
    http: Client,
    page: SocketAddr,
    about: Value,
    command: Value,
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
        let index = people.http.get(people.api(&path)).header("Authorization", people.token()).send().await.unwrap();
        let index: Value = index.json().await.unwrap();
        let mut commands = index["application_commands"].as_array().unwrap().iter();
        people.command = commands.find(|command| command["name"] == "tenant").unwrap().clone();
        people
    }

    async fn measure(&self, table: &mut Table) {
        let mut single = Vec::new();
        for n in 0..TENANTS {
            single.push(self.provision(n..n + 1).await.as_secs_f64());
        }
        single.sort_by(f64::total_cmp);
        let median = single[TENANTS / 2];
        let many = self.provision(TENANTS..TENANTS + AT_ONCE).await.as_secs_f64();
        table.add("provision: one tenant in DEV, median of 5", median, "s");
        table.add(format!("provision: {AT_ONCE} tenants in DEV at once"), many, "s");
        table.add(format!("provision: {AT_ONCE} at once to one"), many / median, "×");
    }

    /// Types the command for each, and waits until all have succeeded.
    async fn provision(&self, tenants: std::ops::Range<usize>) -> Duration {
        let begun = Instant::now();
        let all = tenants.end;
        futures::future::join_all(tenants.map(|n| self.types(n))).await;
        let mut looks = tokio::time::interval(LOOK);
        while self.succeeded().await < all {
            looks.tick().await;
        }
        begun.elapsed()
    }

    async fn types(&self, n: usize) {
        let subdomain = format!("bench{n}");
        let given = [
            ("environment", "dev"),
            ("company", "Golden Crust"),
            ("subdomain", &subdomain),
            ("email", "owner@golden.example"),
        ];
        let options = given.map(|(name, value)| json!({"type": 3, "name": name, "value": value}));
        let body = json!({
            "type": 2, "application_id": self.about["application_id"], "guild_id": self.about["guild_id"],
            "channel_id": self.about["channels"]["tenant-ops"], "session_id": "bench",
            "data": {"type": 1, "id": self.command["id"], "name": "tenant", "version": self.command["version"],
                     "options": [{"type": 1, "name": "provision", "options": options}]},
        });
        let request = self.http.post(self.api("interactions")).header("Authorization", self.token()).json(&body);
        request.send().await.unwrap().error_for_status().unwrap();
    }

    async fn succeeded(&self) -> usize {
        let side = SocketAddr::new(self.page.ip(), self.page.port() + 1);
        let request = self.http.get(format!("http://{side}/api/operations?state=succeeded")).bearer_auth("sandbox");
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.headers()["x-total-count"].to_str().unwrap().parse().unwrap()
    }

    fn api(&self, path: &str) -> String {
        format!("http://{}/api/v10/{path}", self.page)
    }

    fn token(&self) -> &str {
        self.about["members"]["operator"]["token"].as_str().unwrap()
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
