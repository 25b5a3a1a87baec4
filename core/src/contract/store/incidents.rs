//! What a store promises of incidents.

use std::sync::Arc;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::alert::{About, Alert, Labels, Source, Status, Text};
use crate::event::MessageRef;
use crate::incident::{Event, Incident, IncidentId, Proposal, Recorded};
use crate::plan::OperationId;
use crate::ports::{IncidentCounts, IncidentFilter, Store, StoreError};
use crate::role::Person;
use crate::spec::Topic;
use crate::tenant::{Environment, Tenancy};

const AT: OffsetDateTime = datetime!(2026-03-02 09:00:00.123 UTC);

fn alert(key: &str) -> Box<Alert> {
    Box::new(Alert {
        key: key.to_owned(),
        source: Source::Alertmanager,
        name: Text::cut("TenantDown *\u{202E}", 100),
        status: Status::Firing,
        since: AT,
        until: None,
        summary: Some(Text::cut("nobody answers", 100)),
        value: Some(Text::cut("3", 10)),
        threshold: None,
        labels: Labels::from([("tenant".to_owned(), Text::cut("golden", 100))]),
        metric: None,
        account: Some("536580886816".to_owned()),
    })
}

fn tenancy(name: &str) -> Tenancy {
    Tenancy { tenant: name.parse().expect("an id"), environment: Environment::Dev }
}

/// The first event of an incident about `golden` in DEV.
fn raised(id: &str, key: &str, at: OffsetDateTime) -> (Recorded, Incident) {
    let golden = tenancy("golden");
    let about = About { environment: Some(golden.environment), tenancy: Some(golden), among: Vec::new() };
    let event = Event::Raised { alert: alert(key), about, proposal: None, channel: "42".into() };
    let first = Recorded { incident: IncidentId(id.to_owned()), seq: 1, at, event };
    let incident = Incident::raised(&first).expect("a beginning");
    (first, incident)
}

fn after(incident: &Incident, event: Event) -> (Recorded, Incident) {
    let next = Recorded { incident: incident.id.clone(), seq: incident.seq + 1, at: incident.changed, event };
    let mut after = incident.clone();
    after.apply(&next).expect("a legal event");
    (next, after)
}

fn person() -> Person {
    Person { id: "7".into(), name: "on-call".into() }
}

/// Events of every kind, by what they do to one incident.
fn every_kind() -> Vec<Event> {
    let mut well = alert("a");
    (well.status, well.until) = (Status::Resolved, Some(AT));
    vec![
        Event::Fired { alert: alert("a") },
        Event::Folded {
            alert: alert("b"),
            about: About { among: vec![tenancy("x"), tenancy("y")], ..About::default() },
            topic: Some(Topic::Security),
        },
        Event::CardPosted { card: MessageRef { channel: "42".into(), message: "1".into() }, pictured: true },
        Event::ThreadOpened { thread: "2".into() },
        Event::Told { through: 3 },
        Event::Acknowledged { by: person() },
        Event::Silenced { by: person(), until: AT + Duration::HOUR },
        Event::Decided {
            by: Some(person()),
            command: "tenant shutdown".into(),
            operation: Some(OperationId("abcdefgh".into())),
        },
        Event::Decided { by: None, command: "tenant shutdown".into(), operation: None },
        Event::Refused { command: "tenant shutdown".into(), why: "nothing to shut down".into() },
        Event::Escalated { to: "Finance by email".into() },
        Event::Unheard { to: "Engineering Lead by slack".into(), why: "404".into() },
        Event::Recovered { alert: well },
        Event::LogsKept { what: "kept for ever".into() },
        Event::Over,
        Event::Closed { by: person(), summary: "a leak\nof \"water\"".into() },
    ]
}

/// Every kind of event, with what stands in it.
pub async fn an_incident_comes_back_as_it_was(store: Arc<dyn Store>) {
    let (mut first, mut incident) = raised("aaaaaaaa", "a", AT);
    if let Event::Raised { proposal, .. } = &mut first.event {
        let with = [("reason".to_owned(), "by rule".to_owned())].into();
        *proposal = Some(Proposal { title: "t".into(), command: Some("c".into()), with, automatic: true, topic: None });
    }
    let mut written = vec![first.clone()];
    store.write_incidents(None, &[(first, incident.clone())]).await.expect("written");
    for event in every_kind() {
        let (next, then) = after(&incident, event);
        store.write_incidents(None, &[(next.clone(), then.clone())]).await.expect("written");
        written.push(next);
        incident = then;
    }
    assert_eq!(store.incident_events(&incident.id, 0).await.as_ref(), Ok(&written));
    assert_eq!(store.incident_events(&incident.id, 3).await.as_deref(), Ok(&written[3..]));
    assert_eq!(store.incident_events(&IncidentId("nobody".into()), 0).await, Ok(Vec::new()));
}

/// Until it is over; a second is refused with all that was to be written beside it.
pub async fn an_alert_has_one_open_incident(store: Arc<dyn Store>) {
    let one = raised("aaaaaaaa", "a", AT);
    store.write_incidents(None, std::slice::from_ref(&one)).await.expect("written");
    let beside = raised("cccccccc", "c", AT);
    let second = [beside, raised("bbbbbbbb", "a", AT)];
    assert_eq!(store.write_incidents(Some(("m", AT)), &second).await, Err(StoreError::Conflict));
    assert_eq!(store.incident_of_alert("c").await, Ok(None));
    assert_eq!(store.arrived("m").await, Ok(false));
    let closed = after(&one.1, Event::Closed { by: person(), summary: String::new() });
    store.write_incidents(None, &[closed]).await.expect("closed");
    store.write_incidents(Some(("m", AT)), &second).await.expect("written");
    assert_eq!(store.incident_of_alert("a").await, Ok(Some(IncidentId("bbbbbbbb".into()))));
}

/// With all it tells, or not at all.
pub async fn a_message_is_taken_once_and_wholly(store: Arc<dyn Store>) {
    assert_eq!(store.arrived("m").await, Ok(false));
    let (first, incident) = raised("aaaaaaaa", "a", AT);
    let fired = after(&incident, Event::Fired { alert: alert("a") });
    store.write_incidents(Some(("m", AT)), &[(first, incident), fired]).await.expect("written");
    assert_eq!(store.arrived("m").await, Ok(true));
    let again = raised("bbbbbbbb", "b", AT);
    assert_eq!(store.write_incidents(Some(("m", AT)), &[again]).await, Err(StoreError::Conflict));
    assert_eq!(store.incident_of_alert("b").await, Ok(None));
    store.write_incidents(Some(("nothing", AT)), &[]).await.expect("a message that tells nothing new");
    assert_eq!(store.arrived("nothing").await, Ok(true));
    assert_eq!(store.incident_events(&IncidentId("aaaaaaaa".into()), 0).await.expect("events").len(), 2);
}

/// And none is left out.
pub async fn a_place_in_an_incident_is_taken_once(store: Arc<dyn Store>) {
    let one = raised("aaaaaaaa", "a", AT);
    store.write_incidents(None, std::slice::from_ref(&one)).await.expect("written");
    assert_eq!(store.write_incidents(None, std::slice::from_ref(&one)).await, Err(StoreError::Conflict));
    let next = after(&one.1, Event::Acknowledged { by: person() });
    let later = after(&next.1, Event::Fired { alert: alert("a") });
    assert_eq!(store.write_incidents(None, &[later]).await, Err(StoreError::Conflict));
    store.write_incidents(None, std::slice::from_ref(&next)).await.expect("written");
    assert_eq!(store.write_incidents(None, &[next]).await, Err(StoreError::Conflict));
    assert_eq!(store.incident_events(&one.1.id, 0).await.expect("events").len(), 2);
}

/// By its alert only while it is open.
pub async fn an_incident_is_found_by_alert_card_and_thread(store: Arc<dyn Store>) {
    let (first, incident) = raised("aaaaaaaa", "a", AT);
    let card = MessageRef { channel: "42".into(), message: "1".into() };
    let posted = after(&incident, Event::CardPosted { card: card.clone(), pictured: false });
    let opened = after(&posted.1, Event::ThreadOpened { thread: "2".into() });
    let closed = after(&opened.1, Event::Closed { by: person(), summary: String::new() });
    let id = Some(incident.id.clone());
    store.write_incidents(None, &[(first, incident), posted, opened]).await.expect("written");
    assert_eq!(store.incident_of_alert("a").await, Ok(id.clone()));
    store.write_incidents(None, &[closed]).await.expect("written");
    assert_eq!(store.incident_of_alert("a").await, Ok(None));
    assert_eq!(store.incident_at(Some(&card), "").await, Ok(id.clone()));
    assert_eq!(store.incident_at(None, "2").await, Ok(id));
    for (card, thread) in [(None, ""), (None, "42"), (Some(MessageRef { message: "2".into(), ..card }), "")] {
        assert_eq!(store.incident_at(card.as_ref(), thread).await, Ok(None));
    }
}

/// All, unsettled ones, or those about a tenant.
pub async fn incidents_are_listed_newest_first_by_pages(store: Arc<dyn Store>) {
    for (place, id) in ["aaaaaaaa", "bbbbbbbb", "cccccccc"].into_iter().enumerate() {
        let at = AT + Duration::SECOND * i32::try_from(place).expect("small");
        store.write_incidents(None, &[raised(id, id, at)]).await.expect("written");
    }
    let events = store.incident_events(&IncidentId("bbbbbbbb".into()), 0).await.expect("events");
    let incident = Incident::fold(&events).expect("legal").expect("one");
    let well = after(&incident, Event::Recovered { alert: alert("bbbbbbbb") });
    let over = after(&well.1, Event::Over);
    let shown = after(&over.1, Event::Told { through: 3 });
    store.write_incidents(None, &[well, over]).await.expect("written");
    let unsettled = IncidentFilter { unsettled: true, ..IncidentFilter::default() };
    assert_eq!(store.incidents(&unsettled, 0, 9).await.expect("a list").total, 3, "what is not shown is not settled");
    assert_eq!(store.incident_counts().await, Ok(IncidentCounts { open: 2, ending: 1, settled: 0 }));
    store.write_incidents(None, &[shown]).await.expect("written");
    assert_eq!(store.incident_counts().await, Ok(IncidentCounts { open: 2, ending: 0, settled: 1 }));
    let list = async |filter: &IncidentFilter, page| {
        let found = store.incidents(filter, page, 2).await.expect("a list");
        (found.rows.into_iter().map(|IncidentId(id)| id).collect::<Vec<_>>(), found.total)
    };
    let all = IncidentFilter::default();
    assert_eq!(list(&all, 0).await, (vec!["cccccccc".into(), "bbbbbbbb".into()], 3));
    assert_eq!(list(&all, 1).await, (vec!["aaaaaaaa".into()], 3));
    assert_eq!(list(&unsettled, 0).await, (vec!["cccccccc".into(), "aaaaaaaa".into()], 2));
    let about = |name: &str| IncidentFilter { tenancy: Some(tenancy(name)), ..IncidentFilter::default() };
    assert_eq!(list(&about("golden"), 0).await.1, 3);
    assert_eq!(list(&about("gold"), 0).await, (Vec::new(), 0));
}

/// By days.
pub async fn messages_are_forgotten_after_their_time(store: Arc<dyn Store>) {
    store.write_incidents(Some(("old", AT)), &[]).await.expect("written");
    store.write_incidents(Some(("new", AT + Duration::DAY)), &[]).await.expect("written");
    store.forget_arrivals(AT + Duration::DAY).await.expect("forgotten");
    assert_eq!((store.arrived("old").await, store.arrived("new").await), (Ok(false), Ok(true)));
}

/// Each job by itself.
pub async fn when_a_job_ran_is_what_was_told_last(store: Arc<dyn Store>) {
    assert_eq!(store.ran("weekly audit").await, Ok(None));
    for at in [AT, AT + Duration::WEEK] {
        store.keep_ran("weekly audit", at).await.expect("kept");
        assert_eq!(store.ran("weekly audit").await, Ok(Some(at)));
    }
    assert_eq!(store.ran("other").await, Ok(None));
}
