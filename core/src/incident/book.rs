//! The one way to write about incidents: looks at the fold, decides, writes, and only then believes it. One at a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::sync::{Mutex, MutexGuard, watch};

use super::{Event, Illegal, Incident, IncidentId, Proposal, Recorded};
use crate::alert::{About, Alert, Labels, Source, Status, Text};
use crate::ports::{Clock, IncidentFilter, Store, StoreError};

/// The key of the alert that stands for many at once.
pub const STORM: &str = "storm";
/// How many incidents may be raised in [`WHILE`]: what comes beyond is folded into one.
const MOST: usize = 20;
/// See [`MOST`].
const WHILE: Duration = Duration::minutes(1);
/// How often a write is decided anew that somebody else's came before.
const TURNS: usize = 3;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It may not happen to an incident that stands so.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// There is no such incident.
    #[error("there is no incident {0}")]
    Unknown(IncidentId),
}

/// An alert with what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The alert.
    pub alert: Alert,
    /// What it is about.
    pub about: About,
    /// What is proposed.
    pub proposal: Option<Proposal>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Whether it had been taken before: then nothing else has happened.
    pub again: bool,
    /// Incidents that were raised.
    pub raised: usize,
    /// Alerts that fire in an incident that there was.
    pub fired: usize,
    /// Alerts that fire no longer.
    pub recovered: usize,
    /// Alerts that were folded into a storm.
    pub folded: usize,
    /// Alerts that fire no longer, and of which no incident knows.
    pub unknown: usize,
}

/// The incidents in memory, over the store.
#[derive(Debug)]
pub struct Book {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// The channel that new cards go to.
    channel: String,
    desk: Mutex<Open>,
    changed: watch::Sender<u64>,
    /// The incidents that were written about since somebody asked.
    news: StdMutex<BTreeSet<IncidentId>>,
}

#[derive(Debug, Default)]
struct Open {
    /// Those that were read; a write whose outcome is not known forgets its own.
    incidents: BTreeMap<IncidentId, Incident>,
    /// When incidents were raised lately.
    lately: VecDeque<OffsetDateTime>,
}

impl Book {
    /// A book over a store; cards of new incidents go to `channel`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, channel: String) -> Self {
        Self {
            store,
            clock,
            channel,
            desk: Mutex::default(),
            changed: watch::Sender::new(0),
            news: StdMutex::default(),
        }
    }

    /// The store itself, for reading lists.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Changes whenever anything was written.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The incidents that were written about since this was last asked.
    pub fn news(&self) -> BTreeSet<IncidentId> {
        std::mem::take(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The incident as it stands.
    pub async fn get(&self, id: &IncidentId) -> Result<Incident, BookError> {
        let mut open = self.desk.lock().await;
        self.read(&mut open, id).await
    }

    /// The alert with the key, as the open incident that it is in knows it: its own, or a storm. None where no open one knows it.
    pub async fn alert(&self, key: &str) -> Result<Option<Alert>, BookError> {
        let mut open = self.desk.lock().await;
        if let Some(incident) = self.of_alert(&mut open, &News::default(), key).await? {
            return Ok(Some(incident.alert));
        }
        let storm = self.of_alert(&mut open, &News::default(), STORM).await?;
        Ok(storm.and_then(|storm| storm.storm.get(key).map(|folded| folded.alert.clone())))
    }

    /// The incidents that more can happen to, or that the chat does not show as they are.
    pub async fn open(&self) -> Result<Vec<IncidentId>, StoreError> {
        const PAGE: u32 = 200;
        let filter = IncidentFilter { unsettled: true, ..IncidentFilter::default() };
        let mut open = Vec::new();
        for page in 0.. {
            let rows = self.store.incidents(&filter, page, PAGE).await?.rows;
            let last = rows.len() < PAGE as usize;
            open.extend(rows);
            if last {
                break;
            }
        }
        Ok(open)
    }

    /// Decides on the incident as it stands and writes what was decided. Answers the incident after it; where `decide` wants
    /// nothing, as it stands.
    pub async fn record<F>(&self, id: &IncidentId, decide: F) -> Result<Incident, BookError>
    where
        F: FnOnce(&Incident) -> Option<Event> + Send,
    {
        let mut open = self.desk.lock().await;
        let incident = self.read(&mut open, id).await?;
        let Some(event) = decide(&incident) else { return Ok(incident) };
        let next = next(&incident, self.clock.now(), event);
        let mut after = incident;
        after.apply(&next)?;
        self.write(&mut open, None, vec![(next, after.clone())]).await?;
        Ok(after)
    }

    /// Takes what a message tells, once: whoever posts the message again is answered the same.
    pub async fn take(&self, message: &str, told: &[Told]) -> Result<Taken, BookError> {
        let mut open = self.desk.lock().await;
        let mut turns = 0;
        loop {
            if self.store.arrived(message).await? {
                return Ok(Taken { again: true, ..Taken::default() });
            }
            let now = self.clock.now();
            let (news, taken, lately) = self.decide(&mut open, told, now).await?;
            match self.write(&mut open, Some((message, now)), news).await {
                Ok(()) => {
                    open.lately = lately;
                    return Ok(taken);
                }
                // Somebody else wrote before, or it was written and the answer lost: then it has arrived.
                Err(BookError::Store(StoreError::Conflict | StoreError::Unavailable(_))) if turns < TURNS => turns += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn decide(
        &self,
        open: &mut MutexGuard<'_, Open>,
        told: &[Told],
        now: OffsetDateTime,
    ) -> Result<(Vec<(Recorded, Incident)>, Taken, VecDeque<OffsetDateTime>), BookError> {
        let (mut news, mut taken, mut lately) = (News::default(), Taken::default(), open.lately.clone());
        lately.retain(|at| now - *at < WHILE);
        for told in told {
            let firing = told.alert.status == Status::Firing;
            let alert = Box::new(told.alert.clone());
            if let Some(incident) = self.of_alert(open, &news, &told.alert.key).await? {
                let event = match (firing, incident.recovered) {
                    (true, _) => Event::Fired { alert },
                    (false, None) => Event::Recovered { alert },
                    (false, Some(_)) => continue,
                };
                taken.fired += usize::from(firing);
                taken.recovered += usize::from(!firing);
                news.add(incident, now, event)?;
                continue;
            }
            let storm = self.of_alert(open, &news, STORM).await?;
            let known = storm.as_ref().is_some_and(|storm| storm.storm.contains_key(&told.alert.key));
            if !firing && !known {
                taken.unknown += 1;
                continue;
            }
            let folds = known || lately.len() >= MOST;
            if folds {
                let storm = match storm {
                    Some(storm) => storm,
                    None => news.raise(self.storm(now), now)?,
                };
                taken.folded += usize::from(firing);
                taken.recovered += usize::from(!firing);
                let topic = told.proposal.as_ref().and_then(|proposal| proposal.topic);
                news.add(storm, now, Event::Folded { alert, about: told.about.clone(), topic })?;
            } else {
                taken.raised += 1;
                lately.push_back(now);
                let channel = self.channel.clone();
                let (about, proposal) = (told.about.clone(), told.proposal.clone());
                news.raise(Event::Raised { alert, about, proposal, channel }, now)?;
            }
        }
        Ok((news.written, taken, lately))
    }

    /// The alert that stands for many.
    fn storm(&self, now: OffsetDateTime) -> Event {
        let alert = Alert {
            key: STORM.to_owned(),
            source: Source::Monitor,
            name: Text::cut("Alert storm", 100),
            status: Status::Firing,
            since: now,
            until: None,
            summary: Some(Text::cut(
                "Many alerts fired at once. They are counted here instead of having a card each.",
                200,
            )),
            value: None,
            threshold: None,
            labels: Labels::new(),
            metric: None,
            account: None,
        };
        let (alert, channel) = (Box::new(alert), self.channel.clone());
        Event::Raised { alert, about: About::default(), proposal: None, channel }
    }

    /// The open incident of the alert with the key, with what is about to be written.
    async fn of_alert(
        &self,
        open: &mut MutexGuard<'_, Open>,
        news: &News,
        key: &str,
    ) -> Result<Option<Incident>, BookError> {
        if let Some(incident) = news.after.values().find(|incident| incident.alert.key == key) {
            return Ok(Some(incident.clone()));
        }
        if let Some(incident) = open.incidents.values().find(|one| one.state.open() && one.alert.key == key) {
            return Ok(Some(incident.clone()));
        }
        match self.store.incident_of_alert(key).await? {
            Some(id) => Ok(Some(self.read(open, &id).await?).filter(|incident| incident.state.open())),
            None => Ok(None),
        }
    }

    async fn read(&self, open: &mut MutexGuard<'_, Open>, id: &IncidentId) -> Result<Incident, BookError> {
        if let Some(incident) = open.incidents.get(id) {
            return Ok(incident.clone());
        }
        let events = self.store.incident_events(id, 0).await?;
        let folded = Incident::fold(&events).map_err(|bad| StoreError::Corrupt(format!("incident {id}: {bad}")))?;
        let incident = folded.ok_or_else(|| BookError::Unknown(id.clone()))?;
        if incident.state.open() {
            open.incidents.insert(id.clone(), incident.clone());
        }
        Ok(incident)
    }

    async fn write(
        &self,
        open: &mut MutexGuard<'_, Open>,
        arrival: Option<(&str, OffsetDateTime)>,
        news: Vec<(Recorded, Incident)>,
    ) -> Result<(), BookError> {
        let outcome = self.store.write_incidents(arrival, &news).await;
        let about: BTreeSet<IncidentId> = news.iter().map(|(recorded, _)| recorded.incident.clone()).collect();
        for (recorded, after) in news {
            // What failed may have been written: it is read again before anything else is decided.
            if outcome.is_ok() && after.state.open() {
                open.incidents.insert(recorded.incident, after);
            } else {
                open.incidents.remove(&recorded.incident);
            }
        }
        outcome?;
        self.news.lock().unwrap_or_else(PoisonError::into_inner).extend(about);
        self.changed.send_modify(|count| *count += 1);
        Ok(())
    }
}

/// What is about to be written together.
#[derive(Default)]
struct News {
    written: Vec<(Recorded, Incident)>,
    after: BTreeMap<IncidentId, Incident>,
}

impl News {
    fn raise(&mut self, event: Event, now: OffsetDateTime) -> Result<Incident, Illegal> {
        let first = Recorded { incident: IncidentId::generate(&mut rand::rng()), seq: 1, at: now, event };
        let illegal = Illegal { state: super::State::Over, event: first.event.kind() };
        let incident = Incident::raised(&first).ok_or(illegal)?;
        self.keep(first, incident.clone());
        Ok(incident)
    }

    fn add(&mut self, mut incident: Incident, now: OffsetDateTime, event: Event) -> Result<(), Illegal> {
        let recorded = next(&incident, now, event);
        incident.apply(&recorded)?;
        self.keep(recorded, incident);
        Ok(())
    }

    fn keep(&mut self, recorded: Recorded, incident: Incident) {
        self.after.insert(incident.id.clone(), incident.clone());
        self.written.push((recorded, incident));
    }
}

/// The event in its place: dated now, and never before the one that it follows.
fn next(incident: &Incident, now: OffsetDateTime, event: Event) -> Recorded {
    Recorded { incident: incident.id.clone(), seq: incident.seq + 1, at: now.max(incident.changed), event }
}
