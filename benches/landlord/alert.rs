//! How long the bot itself takes from an alert to a tenant that is cut off, on `dev/services`: from the alert's arrival until it is
//! answered and its card stands, from the press until the form is there, and from the form until both changes of the shutdown
//! have been sent to AWS. What people think in between is left out.

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use landlord::config::Config;
use reqwest::Client;
use serde_json::{Value, json};

use crate::ear::Heard;
use crate::people::{LOOK, People, at_work_on, until};
use crate::provision;
use crate::table::{Table, median};

/// How many alerts fire, one after the other, each for another tenant.
const ALERTS: usize = 5;
/// What changes something in AWS first: one call of each.
const FIRST: [(&str, &str); 2] = [("ecs", "UpdateService"), ("elbv2", "DeleteRule")];

/// Adds the medians.
pub(crate) async fn measure(table: &mut Table) {
    let file = std::env::var("LANDLORD_DEV_CONFIG").expect("`dev/services env` names LANDLORD_DEV_CONFIG");
    let companion = Companion::found();
    at_work_on(Some(Config::read(Path::new(&file)).unwrap()), async |people| {
        let run = format!("{:04x}", rand::random::<u16>());
        let mut times: [Vec<f64>; 5] = Default::default();
        for n in 0..ALERTS {
            let tenant = format!("bench-{run}-{n}");
            provision::types_as(&people, &tenant).await;
            until(&people, &format!("tenant={tenant}&state=succeeded"), |_| true).await;
            let measured = one(&people, &companion, &tenant).await;
            until(&people, &format!("tenant={tenant}"), |one| {
                one["command"] == "tenant shutdown" && one["state"] == "succeeded"
            })
            .await;
            times.iter_mut().zip(measured).for_each(|(times, one)| times.push(one));
        }
        let names = [
            "alert: received to answered, median of 5",
            "alert: received to its card, median of 5",
            "alert: press to form, median of 5",
            "alert: form to both first AWS changes, median of 5",
            "alert: all of it without people, median of 5",
        ];
        for (name, times) in names.into_iter().zip(times) {
            table.add(name, 1_000.0 * median(times), "ms");
        }
    })
    .await;
}

/// One alert and its shutdown: answered, card, form, both changes, and their sum, in seconds.
async fn one(people: &People, companion: &Companion, tenant: &str) -> [f64; 5] {
    let ear = people.listens("on-call").await;
    let mark = ear.mark();
    let begun = Instant::now();
    people.alert(&json!({ "alertname": "TenantDown", "ServiceName": format!("dev-{tenant}-service") })).await;
    let answered = begun.elapsed().as_secs_f64();
    let is_card = |heard: &Heard| heard.name == "MESSAGE_CREATE" && heard.data["embeds"].to_string().contains(tenant);
    let card = ear.next(mark, "the alert's card", is_card).await;
    let shown = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let form = people.presses("on-call", &ear, &card, "Shut down").await;
    let asked = begun.elapsed().as_secs_f64();
    let (last, begun) =
        (companion.since(0).await.1, SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64());
    people.hands_in("on-call", &ear, &form, "reason", "abuse was detected").await;
    let cut = companion.first(last).await - begun;
    [answered, shown, asked, cut, shown + asked + cut]
}

/// What stands between the bot and AWS, and notes each call.
struct Companion {
    http: Client,
    url: String,
}

impl Companion {
    fn found() -> Self {
        let url = std::env::var("COMPANION_URL").expect("`dev/services env` names COMPANION_URL");
        Self { http: Client::builder().no_proxy().build().unwrap(), url }
    }

    /// The calls after a number, and the number of the last.
    async fn since(&self, number: u64) -> (Vec<Value>, u64) {
        let asked = self.http.get(format!("{}/_companion/requests?since={number}", self.url)).send().await.unwrap();
        let told: Value = asked.json().await.unwrap();
        (told["requests"].as_array().unwrap().clone(), told["next"].as_u64().unwrap())
    }

    /// When the later of both first changes came in, in seconds since 1970.
    async fn first(&self, number: u64) -> f64 {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            let (calls, _) = self.since(number).await;
            let when = FIRST.map(|(service, operation)| {
                let is = |call: &&Value| call["service"] == service && call["operation"] == operation;
                calls.iter().find(is).and_then(|call| call["at"].as_f64())
            });
            if let [Some(one), Some(other)] = when {
                return one.max(other);
            }
        }
    }
}
