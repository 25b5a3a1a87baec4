//! What was counted, as Prometheus reads it.

use std::sync::Arc;

use landlord_core::contract::store::samples::{Writer, person};
use landlord_core::event::{Effect, Event};
use landlord_core::fakes::MemoryStore;
use landlord_core::ledger::Observer;
use landlord_core::ports::{IncidentCounts, Store};
use landlord_core::role::{Member, Role};
use landlord_core::tenant::Environment;

use super::now::{Log, Read};
use super::*;

#[track_caller]
fn tells(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|told| told == *line), "{line} is not in\n{text}");
    }
}

/// Everything that there is to tell, once.
fn everything() -> String {
    let metrics = Metrics::default();
    metrics.step("ensure secret".into(), "created");
    metrics.step_took("ensure secret".into(), 0.3);
    metrics.vote("approve", true);
    metrics.aws("ECS", "UpdateService", Outcome::Throttled);
    metrics.discord("POST", "messages", Answer::Refused(429));
    metrics.discord_limited("messages");
    metrics.alert("sns", "taken");
    let read = Read { operations: [(landlord_core::operation::State::Running, 2)].into(), ..Read::default() };
    metrics.text(&Now { connected: true, log: Some(Log { writable: true, read: Some(read) }) })
}

#[test]
fn what_is_declared_is_what_is_told() {
    let text = everything();
    let told: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let declared: Vec<String> =
        ALL.iter().map(|one| format!("{} {}", one.name.trim_end_matches("_total"), one.kind.as_str())).collect();
    assert_eq!(told, declared);
    for one in ALL {
        let sample = text.lines().find(|line| line.starts_with(one.name)).unwrap();
        for label in one.labels {
            assert!(sample.contains(&format!("{label}=\"")), "{sample} has no {label}");
        }
        assert_eq!(one.name.ends_with("_total"), one.kind == Kind::Counter, "{}", one.name);
    }
}

#[test]
fn calls_are_told_by_how_they_came_out() {
    let metrics = Metrics::default();
    let clone = metrics.clone();
    for outcome in [Outcome::Ok, Outcome::Ok, Outcome::Refused, Outcome::Throttled, Outcome::Failed] {
        clone.aws("ECS", "UpdateService", outcome);
    }
    metrics.aws("S3", "ListObjectsV2", Outcome::Unanswered);
    for answer in [Answer::Done, Answer::Refused(404), Answer::Nothing] {
        metrics.discord("GET", "members", answer);
    }
    tells(
        &metrics.text(&Now::default()),
        &[
            "landlord_aws_calls_total{service=\"ECS\",operation=\"UpdateService\",outcome=\"ok\"} 2",
            "landlord_aws_calls_total{service=\"ECS\",operation=\"UpdateService\",outcome=\"refused\"} 1",
            "landlord_aws_calls_total{service=\"ECS\",operation=\"UpdateService\",outcome=\"failed\"} 1",
            "landlord_aws_calls_total{service=\"S3\",operation=\"ListObjectsV2\",outcome=\"unanswered\"} 1",
            "landlord_aws_throttles_total{service=\"ECS\"} 1",
            "landlord_discord_calls_total{method=\"GET\",route=\"members\",status=\"ok\"} 1",
            "landlord_discord_calls_total{method=\"GET\",route=\"members\",status=\"404\"} 1",
            "landlord_discord_calls_total{method=\"GET\",route=\"members\",status=\"none\"} 1",
        ],
    );
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let text = |log| Metrics::default().text(&Now { connected: false, log });
    let standing_by = text(None);
    tells(&standing_by, &["landlord_active 0", "landlord_connected 0"]);
    assert!(!standing_by.contains("landlord_store_writable"), "{standing_by}");
    let away = text(Some(Log::default()));
    tells(&away, &["landlord_active 1", "landlord_store_writable 0"]);
    assert!(!away.contains("landlord_operations") && !away.contains("landlord_oldest"), "{away}");
    let incidents = IncidentCounts { open: 3, ending: 2, settled: 1 };
    let oldest_due = Some(time::Duration::milliseconds(1_500));
    let read = Read { incidents, oldest_due, ..Read::default() };
    tells(
        &text(Some(Log { writable: true, read: Some(read) })),
        &[
            "landlord_incidents{state=\"open\"} 3",
            "landlord_incidents{state=\"ending\"} 2",
            "landlord_incidents{state=\"settled\"} 1",
            "landlord_oldest_due_seconds 1.5",
        ],
    );
}

/// An operation whose events are told to metrics.
struct Told {
    metrics: Metrics,
    writer: Writer,
}

impl Told {
    async fn filed() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Prod);
        writer.file().await.unwrap();
        writer.post_card("1").await.unwrap();
        Self { metrics: Metrics::default(), writer }
    }

    async fn happens(&mut self, event: Event) {
        let before = self.writer.operation.clone();
        self.writer.append(event.clone()).await.unwrap();
        self.metrics.written(Some(&before), &self.writer.operation, &event);
    }

    fn text(&self) -> String {
        self.metrics.text(&Now::default())
    }
}

#[tokio::test]
async fn votes_are_told_by_whether_they_counted() {
    let mut told = Told::filed().await;
    let lead = Member { person: person("team-lead"), roles: [Role::TeamLead].into() };
    let newcomer = Member { person: person("newcomer"), roles: [Role::Operator].into() };
    told.happens(Event::VoteCast { member: lead.clone() }).await;
    told.happens(Event::VoteCast { member: newcomer.clone() }).await;
    told.happens(Event::VoteWithdrawn { person: newcomer.person }).await;
    told.happens(Event::VoteWithdrawn { person: lead.person.clone() }).await;
    told.happens(Event::Rejected { person: lead.person }).await;
    tells(
        &told.text(),
        &[
            "landlord_votes_total{kind=\"approve\",counts=\"yes\"} 1",
            "landlord_votes_total{kind=\"approve\",counts=\"no\"} 1",
            "landlord_votes_total{kind=\"withdraw\",counts=\"yes\"} 1",
            "landlord_votes_total{kind=\"withdraw\",counts=\"no\"} 1",
            "landlord_votes_total{kind=\"reject\",counts=\"yes\"} 1",
        ],
    );
}

#[tokio::test]
async fn steps_are_told_by_name_and_outcome_with_the_time_they_took() {
    let mut told = Told::filed().await;
    let step = told.writer.operation.plan.steps[0].step.clone();
    told.happens(Event::VoteCast { member: Member { person: person("team-lead"), roles: [Role::TeamLead].into() } })
        .await;
    told.happens(Event::Started { approvals: Vec::new(), account: "536580886816".into() }).await;
    told.happens(Event::StepStarted { step: 0, existed: Some(false) }).await;
    let began = told.writer.operation.steps[0].started.unwrap();
    let failed = Event::StepFailed { step: 0, error: "secret words".into(), retry_at: began };
    told.happens(failed).await;
    told.happens(Event::StepStarted { step: 0, existed: None }).await;
    told.happens(Event::StepDone { step: 0, effect: Effect::Created, note: String::new(), proofs: Vec::new() }).await;
    let took = told.writer.operation.steps[0].ended.unwrap() - began;
    let text = told.text();
    tells(
        &text,
        &[
            &format!("landlord_steps_total{{step=\"{step}\",outcome=\"failed\"}} 1"),
            &format!("landlord_steps_total{{step=\"{step}\",outcome=\"created\"}} 1"),
            &format!("landlord_step_seconds_count{{step=\"{step}\"}} 1"),
            &format!("landlord_step_seconds_sum{{step=\"{step}\"}} {:?}", took.as_seconds_f64()),
        ],
    );
    assert!(!text.contains("golden") && !text.contains("secret words"), "{text}");
}

#[tokio::test]
async fn a_step_of_an_earlier_version_is_told_as_another() {
    let mut told = Told::filed().await;
    let plan = Arc::make_mut(&mut told.writer.operation.plan);
    plan.steps[0].step = "polish the doorbell".into();
    let operation = told.writer.operation.clone();
    told.metrics.written(None, &operation, &Event::Skipped { step: 0, person: person("operator") });
    tells(&told.text(), &["landlord_steps_total{step=\"other\",outcome=\"skipped\"} 1"]);
}
