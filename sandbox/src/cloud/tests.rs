//! The routes over a real socket.

use std::collections::BTreeSet;
use std::time::Duration;

use landlord_core::fakes::{Fault, FaultError, SimulatedCloud};
use landlord_core::kind::Kind;
use landlord_core::ports::{Backup, Blueprint, Check, Cloud, Subject, Workload};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

/// The routes on a port of their own, and a browser.
struct Page {
    cloud: SimulatedCloud,
    base: String,
    client: Client,
}

impl Page {
    async fn open() -> Self {
        let cloud = SimulatedCloud::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/sandbox/cloud", listener.local_addr().unwrap());
        let routes = super::routes(cloud.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { cloud, base, client: Client::builder().no_proxy().build().unwrap() }
    }

    async fn picture(&self) -> Value {
        self.client.get(&self.base).send().await.unwrap().json().await.unwrap()
    }

    async fn orders(&self, method: Method, body: &Value) -> (StatusCode, Value) {
        self.calls(method, "faults", body).await
    }

    async fn calls(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.client.request(method, format!("{}/{path}", self.base)).json(body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }
}

fn acme() -> Blueprint {
    let tenancy = Tenancy::new("acme".parse().unwrap(), Environment::Dev);
    let subject = Subject { tenancy, subdomain: "golden".parse().unwrap() };
    Blueprint { subject, size: Size::DEFAULT, load_balancer: "dev-alb".into() }
}

/// The pictures on the stream of events, one after the other.
struct Pictures {
    answer: reqwest::Response,
    text: String,
}

impl Pictures {
    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.text.clone().split_once("\n\n") {
                rest.clone_into(&mut self.text);
                if let Some(data) = event.strip_prefix("data: ") {
                    return serde_json::from_str(data).unwrap();
                }
            } else {
                let chunk = self.answer.chunk().await.unwrap().expect("the stream goes on");
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        }
    }
}

#[tokio::test]
async fn the_picture_of_an_empty_cloud_has_the_words_and_no_tenants() {
    let page = Page::open().await;
    let mut picture = page.picture().await;
    // What can be ordered has a test of its own.
    for offered in ["verbs", "ailments"] {
        picture.as_object_mut().unwrap().remove(offered);
    }
    assert_eq!(
        picture,
        json!({
            "environments": ["dev", "sit", "prod"],
            "kinds": ["service", "listener rule", "target group", "dns record", "task definition", "access point",
                      "database user", "database", "secret", "log group"],
            "tenants": [],
            "faults": [],
            "troubles": [],
        })
    );
}

#[tokio::test]
async fn a_tenant_stays_a_row_after_its_last_resource_went() {
    let page = Page::open().await;
    page.cloud.plant_foreign(Kind::Secret, Environment::Dev, "dev-acme-db-credentials", "its tags say so");
    page.cloud.ensure(Kind::LogGroup, &acme()).await.unwrap();
    let row = page.picture().await["tenants"][0].clone();
    assert_eq!(row["tenant"], "acme");
    assert_eq!(row["environments"]["dev"]["log group"], "present");
    assert_eq!(row["environments"]["dev"]["secret"], "foreign");
    assert_eq!(row["environments"]["dev"]["service"], "absent");
    assert_eq!(row["environments"]["prod"].as_object().unwrap().len(), 10);

    page.cloud.remove(Kind::LogGroup, &acme().subject).await.unwrap();
    assert_eq!(page.picture().await["tenants"][0]["environments"]["dev"]["log group"], "absent");
}

#[tokio::test]
async fn a_fault_is_ordered_shown_and_taken_back() {
    let page = Page::open().await;
    let fault =
        json!({"environment": "dev", "kind": "listener rule", "verb": "ensure", "error": "throttled", "times": 2});
    assert_eq!(page.orders(Method::POST, &fault).await, (StatusCode::CREATED, fault.clone()));
    assert_eq!(page.picture().await["faults"], json!([fault]));

    let anything = json!({"environment": null, "kind": null, "verb": "any", "error": "timeout"});
    assert_eq!(page.orders(Method::POST, &anything).await.0, StatusCode::CREATED);
    assert_eq!(page.picture().await["faults"][1]["times"], 1);

    assert_eq!(page.orders(Method::DELETE, &json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(page.picture().await["faults"], json!([]));
}

#[tokio::test]
async fn a_trouble_is_everybodys_until_it_is_taken_back() {
    let page = Page::open().await;
    let subject = acme().subject;
    let failing = json!({"environment": "dev", "trouble": "failing-backup"});
    for _ in 0..2 {
        assert_eq!(page.calls(Method::POST, "troubles", &failing).await, (StatusCode::CREATED, failing.clone()));
    }
    assert_eq!(page.picture().await["troubles"], json!([failing]));
    assert!(matches!(backed_up(&page.cloud, &subject, "first").await, Backup::Failed(_)));
    let in_sit = Subject { tenancy: Tenancy::new("acme".parse().unwrap(), Environment::Sit), ..subject.clone() };
    assert!(matches!(backed_up(&page.cloud, &in_sit, "first").await, Backup::Done(_)));

    assert_eq!(page.orders(Method::DELETE, &json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(page.picture().await["troubles"], json!([]));
    assert!(matches!(backed_up(&page.cloud, &subject, "second").await, Backup::Done(_)));

    let (status, answer) =
        page.calls(Method::POST, "troubles", &json!({"environment": "dev", "trouble": "rain"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["error"].as_str().unwrap().contains("expected one of `stuck-tasks`"), "{answer}");
}

#[tokio::test]
async fn whatever_can_be_ordered_is_offered_and_nothing_else() {
    let page = Page::open().await;
    let picture = page.picture().await;
    let (_, refusal) = page.calls(Method::POST, "troubles", &json!({"environment": "dev", "trouble": "rain"})).await;
    let known = refusal["error"].as_str().unwrap().split_once("expected one of ").expect("what is allowed").1;
    let known: BTreeSet<&str> = known.split('`').skip(1).step_by(2).collect();
    let ailments = picture["ailments"].as_array().unwrap();
    let offered: BTreeSet<&str> = ailments.iter().map(|one| one["trouble"].as_str().unwrap()).collect();
    assert_eq!(offered, known);
    let sentence = |one: &Value| format!("{}: {}", one["topic"].as_str().unwrap(), one["words"].as_str().unwrap());
    let sentences: BTreeSet<String> = ailments.iter().map(sentence).collect();
    assert_eq!((ailments.len(), sentences.len()), (known.len(), known.len()), "each once, and no two alike");

    for verb in picture["verbs"].as_array().unwrap() {
        let order = json!({"environment": null, "kind": null, "verb": verb, "error": "denied"});
        assert_eq!(page.orders(Method::POST, &order).await.0, StatusCode::CREATED, "{verb}");
    }
}

#[tokio::test]
async fn somebody_changes_something_by_hand() {
    let page = Page::open().await;
    let hand =
        |kind: Value, stands: bool| json!({"tenant": "acme", "environment": "dev", "kind": kind, "stands": stands});
    let present = async || {
        let picture = page.picture().await;
        let cells = picture["tenants"][0]["environments"]["dev"].as_object().unwrap().clone();
        cells.into_iter().filter(|(_, state)| state == "present").map(|(kind, _)| kind).collect::<Vec<_>>()
    };
    let all = hand(Value::Null, true);
    assert_eq!(page.calls(Method::POST, "hand", &all).await, (StatusCode::CREATED, all.clone()));
    assert_eq!(present().await.len(), 10);
    assert_eq!(page.calls(Method::POST, "hand", &hand(json!("secret"), false)).await.0, StatusCode::CREATED);
    assert_eq!(present().await.len(), 9);
    assert_eq!(page.calls(Method::POST, "hand", &all).await.0, StatusCode::CREATED, "what is missing comes to stand");
    assert_eq!(present().await.len(), 10, "and nothing stands twice");

    for (order, told) in [
        (hand(json!("secret"), true), "All of that stands already: secret of acme in DEV."),
        (hand(json!("bucket"), true), "There is no such kind. The kinds are service"),
        (json!({"tenant": "Ac me", "environment": "dev", "kind": null, "stands": true}), "tenant"),
        (json!({"tenant": "silver", "environment": "sit", "kind": null, "stands": false}), "anything of silver in SIT"),
    ] {
        let (status, answer) = page.calls(Method::POST, "hand", &order).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{order}");
        assert!(answer["error"].as_str().unwrap().contains(told), "{order}: {answer}");
    }
}

#[tokio::test]
async fn a_service_that_wants_no_task_is_seen_as_such() {
    let page = Page::open().await;
    let hand = json!({"tenant": "acme", "environment": "dev", "kind": null, "stands": true});
    page.calls(Method::POST, "hand", &hand).await;
    page.cloud.scale(&acme().subject, 0).await.unwrap();
    assert_eq!(page.picture().await["tenants"][0]["environments"]["dev"]["service"], "idle");
}

/// What a backup comes to.
async fn backed_up(cloud: &SimulatedCloud, subject: &Subject, run: &str) -> Backup {
    loop {
        match cloud.back_up(subject, run).await.unwrap() {
            Backup::Running(_) => {}
            ended => return ended,
        }
    }
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_with_what_is_allowed() {
    let page = Page::open().await;
    let good = json!({"environment": "dev", "kind": "service", "verb": "ensure", "error": "denied", "times": 1});
    for (key, value, told) in [
        ("environment", json!("qa"), "expected one of `dev`, `sit`, `prod`"),
        ("kind", json!("bucket"), "The kinds are service, listener rule"),
        ("verb", json!("explode"), "The verbs are find, ensure"),
        ("error", json!("nice"), "expected one of `throttled`"),
        ("times", json!(0), "a number from 1 to"),
        ("times", json!(-1), "u32"),
        ("colour", json!("red"), "unknown field `colour`"),
    ] {
        let mut order = good.clone();
        order[key] = value;
        let (status, answer) = page.orders(Method::POST, &order).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{order}");
        assert!(answer["error"].as_str().unwrap().contains(told), "{order}: {answer}");
    }
    assert_eq!(page.picture().await["faults"], json!([]));
}

#[tokio::test]
async fn what_is_not_json_is_refused_as_json() {
    let page = Page::open().await;
    let bodies = [("application/json", "{"), ("text/plain", r#"{"verb":"any","error":"denied"}"#)];
    for (content_type, body) in bodies {
        let request = page.client.post(format!("{}/faults", page.base)).header("content-type", content_type);
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(answer.json::<Value>().await.unwrap()["error"].is_string());
    }
    assert_eq!(page.cloud.faults(), []);
}

#[tokio::test]
async fn the_stream_begins_with_the_picture_and_ends_up_at_the_last_change() {
    let page = Page::open().await;
    let answer = page.client.get(format!("{}/events", page.base)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut pictures = Pictures { answer, text: String::new() };
    assert_eq!(pictures.next().await["tenants"], json!([]));

    for kind in Kind::provisioning_order() {
        page.cloud.ensure(kind, &acme()).await.unwrap();
    }
    page.cloud.fail(Fault::new(FaultError::Unavailable));

    // Nothing let the server run in between, so that it tells all of it at once.
    let picture = pictures.next().await;
    assert_eq!(picture["tenants"][0]["environments"]["dev"]["service"], "present");
    assert_eq!(picture["faults"][0]["error"], "unavailable");
}

#[tokio::test(start_paused = true)]
async fn an_unhurried_cloud_takes_its_time_to_change_things_and_none_to_answer() {
    let pace = Duration::from_secs(2);
    let cloud = super::unhurried(SimulatedCloud::default(), pace);
    let start = Instant::now();
    cloud.find(Kind::LogGroup, &acme().subject).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    cloud.ensure(Kind::LogGroup, &acme()).await.unwrap();
    assert_eq!(start.elapsed(), pace);
    cloud.check(Check::LogsAppearing, &acme()).await.unwrap();
    assert_eq!(start.elapsed(), pace + pace / 2);
}
