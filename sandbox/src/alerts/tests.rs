//! The routes over a real socket, before a door that reads what comes as the bot does.

use std::collections::BTreeSet;
use std::sync::Mutex;

use axum::http::HeaderMap;
use landlord_core::alert::alertmanager::Notification;
use landlord_core::alert::{About, Alert, Candidates, Status};
use landlord_core::fakes::TestClock;
use landlord_core::spec::Catalogue;
use reqwest::Client;
use time::macros::datetime;

use super::sorts::Sort;
use super::*;

type Received = Arc<Mutex<Vec<(String, Notification)>>>;

/// The routes on a port of their own, a door that takes whoever has the token, and a browser.
struct Page {
    alertmanager: Alertmanager,
    received: Received,
    door: SocketAddr,
    base: String,
    client: Client,
}

async fn serve(routes: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

async fn taken(State(received): State<Received>, headers: HeaderMap, body: axum::body::Bytes) -> (StatusCode, String) {
    let token = headers["authorization"].to_str().unwrap().to_owned();
    if token != "Bearer sandbox" {
        return (StatusCode::UNAUTHORIZED, "a valid bearer token is needed\n".to_owned());
    }
    match Notification::read(&body) {
        Ok(notification) => {
            received.lock().unwrap().push((token, notification));
            (StatusCode::OK, "taken\n".to_owned())
        }
        Err(malformed) => (StatusCode::BAD_REQUEST, malformed.to_string()),
    }
}

impl Page {
    async fn open() -> Self {
        let received = Received::default();
        let door = Router::new().route("/alerts/alertmanager", post(taken)).with_state(Arc::clone(&received));
        let door = serve(door).await;
        let alertmanager = Alertmanager::new(Arc::new(TestClock::default()));
        let base = format!("http://{}/sandbox/alerts", serve(alertmanager.routes()).await);
        Self { alertmanager, received, door, base, client: Client::builder().no_proxy().build().unwrap() }
    }

    async fn picture(&self) -> Value {
        self.client.get(&self.base).send().await.unwrap().json().await.unwrap()
    }

    async fn orders(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.client.post(format!("{}{path}", self.base)).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The alerts that the door was told, message by message.
    fn told(&self) -> Vec<Vec<Alert>> {
        let received = self.received.lock().unwrap();
        received.iter().map(|(_, notification)| Alert::notified(notification.clone())).collect()
    }
}

fn errors() -> Value {
    json!({ "alert": "errors", "tenant": "goldencrust", "environment": "prod" })
}

fn shown(text: Option<&landlord_core::alert::Text>) -> &str {
    text.map_or("", |text| text.raw())
}

#[tokio::test]
async fn an_alert_fires_gets_worse_and_ends_as_one() {
    let page = Page::open().await;
    page.alertmanager.tells(page.door, "sandbox");
    let (status, answer) = page.orders("", &errors()).await;
    assert_eq!((status, &answer["status"], &answer["answer"]), (200, &json!(200), &json!("taken")));
    assert_eq!(answer["firing"][0]["words"], "goldencrust in PROD: answers with errors");
    page.orders("", &errors()).await;
    assert_eq!(page.picture().await["firing"][0]["told"], 2);
    let (_, answer) = page.orders("/over", &errors()).await;
    assert_eq!(answer["firing"], json!([]));

    let told: Vec<Alert> = page.told().into_iter().flatten().collect();
    assert_eq!(told.len(), 3);
    let keys: BTreeSet<&str> = told.iter().map(|alert| alert.key.as_str()).collect();
    let since: BTreeSet<_> = told.iter().map(|alert| alert.since).collect();
    assert_eq!((keys.len(), since.len()), (1, 1), "it is one alert, since one time");
    let [first, worse, ended] = &told[..] else { unreachable!("counted above") };
    assert_eq!((first.name.raw(), shown(first.threshold.as_ref())), ("prod-goldencrust-5xx", "5 %"));
    assert_ne!(first.value, worse.value);
    assert_eq!([first.status, worse.status, ended.status], [Status::Firing, Status::Firing, Status::Resolved]);
    assert!(ended.until.is_some() && worse.until.is_none());

    assert_eq!(page.orders("/over", &errors()).await, (400, json!({ "error": "That does not fire." })));
    assert_eq!(page.told().len(), 3, "the bot is not told of what did not fire");
}

#[tokio::test]
async fn a_storm_is_a_hundred_alerts_of_nobody_in_one_message() {
    let page = Page::open().await;
    page.alertmanager.tells(page.door, "sandbox");
    let storm = json!({ "alert": "storm", "tenant": "goldencrust", "environment": "sit" });
    let (_, answer) = page.orders("", &storm).await;
    assert_eq!(answer["firing"][0]["words"], "a storm of 100 alerts in SIT");
    page.orders("/over", &storm).await;
    let told = page.told();
    let keys = |alerts: &[Alert]| alerts.iter().map(|alert| alert.key.clone()).collect::<BTreeSet<_>>();
    assert_eq!(keys(&told[0]).len(), 100);
    assert_eq!(keys(&told[0]), keys(&told[1]), "what fired is what ends");
    assert!(told.iter().flatten().all(|alert| !alert.labels.contains_key("tenant")));
}

#[tokio::test]
async fn what_the_bot_does_not_take_does_not_fire() {
    let page = Page::open().await;
    let (status, answer) = page.orders("", &errors()).await;
    assert_eq!((status, answer), (502, json!({ "error": "The bot is not there yet." })));
    page.alertmanager.tells(page.door, "another");
    let (status, answer) = page.orders("", &errors()).await;
    assert_eq!((status, answer), (502, json!({ "error": "The bot answered 401: a valid bearer token is needed" })));
    assert_eq!((page.picture().await["firing"].clone(), page.told().len()), (json!([]), 0));
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_with_what_is_allowed() {
    let page = Page::open().await;
    page.alertmanager.tells(page.door, "sandbox");
    for (key, value, told) in [
        ("alert", json!("rain"), "expected one of `errors`"),
        ("environment", json!("qa"), "expected one of `dev`, `sit`, `prod`"),
        ("tenant", json!("Ac me"), "tenant"),
        ("colour", json!("red"), "unknown field `colour`"),
    ] {
        let mut order = errors();
        order[key] = value;
        let (status, answer) = page.orders("", &order).await;
        assert_eq!(status, 400, "{order}");
        assert!(answer["error"].as_str().unwrap().contains(told), "{order}: {answer}");
    }
    assert_eq!(page.told().len(), 0);
}

/// The titles of the rules that an order's alerts fit, where the tenant is known.
fn rules(catalogue: &Catalogue, order: &Order) -> BTreeSet<String> {
    let body = json!({ "version": "4", "groupKey": "{}", "status": "firing", "receiver": "landlord",
                       "alerts": order.alerts(datetime!(2026-03-02 09:00 UTC), 1, None) });
    let notification = Notification::read(body.to_string().as_bytes()).unwrap();
    let of = |alert: &Alert| {
        let known = order.tenant.iter().cloned().collect();
        let about: About = Candidates::of(alert, &BTreeMap::new()).settled(&known, &BTreeMap::new());
        assert_eq!(about.environment, Some(order.environment), "{order}");
        assert_eq!(about.tenancy.map(|tenancy| tenancy.tenant), order.tenant, "{order}");
        let about = About { environment: about.environment, ..About::default() };
        catalogue.alerts().rule(alert, &about).map(|rule| rule.title.clone())
    };
    Alert::notified(notification).iter().filter_map(of).collect()
}

#[test]
fn whatever_a_rule_is_about_can_be_let_fire() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut found = BTreeSet::new();
    for alert in Sort::ALL {
        for environment in Environment::ALL {
            for tenant in [Some("goldencrust".parse().unwrap()), None] {
                found.extend(rules(&catalogue, &Order { alert, tenant, environment }.settled()));
            }
        }
    }
    let all: BTreeSet<String> = catalogue.alerts().rules.iter().map(|rule| rule.title.clone()).collect();
    assert_eq!(found, all);
}

#[tokio::test]
async fn everything_is_offered_once_and_can_be_ordered() {
    let page = Page::open().await;
    page.alertmanager.tells(page.door, "sandbox");
    let picture = page.picture().await;
    let offered = picture["sorts"].as_array().unwrap();
    assert_eq!(offered.len(), Sort::ALL.len());
    for sort in offered {
        let order = json!({ "alert": sort["alert"], "tenant": null, "environment": "dev" });
        assert_eq!(page.orders("", &order).await.0, 200, "{order}");
    }
    let firing = page.picture().await["firing"].clone();
    let words: BTreeSet<&str> = firing.as_array().unwrap().iter().filter_map(|one| one["words"].as_str()).collect();
    assert_eq!(words.len(), offered.len(), "no two read alike: {words:?}");
}
