//! From events to an incident. Total: whatever may not happen is an error.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decision, Event, Folded, Incident, Recorded, State};
use crate::alert::{Alert, Status};

/// An event that may not happen to an incident that stands so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an incident that is {} cannot be {event}", .state.as_str())]
pub struct Illegal {
    /// How it stands.
    pub state: State,
    /// The event's kind.
    pub event: &'static str,
}

impl Incident {
    /// The incident that begins with this event; none where it is no beginning.
    pub fn raised(first: &Recorded) -> Option<Self> {
        let Event::Raised { alert, about, proposal, channel } = &first.event else { return None };
        Some(Self {
            id: first.incident.clone(),
            seq: first.seq,
            state: State::Firing,
            alert: (**alert).clone(),
            about: about.clone(),
            proposal: proposal.clone(),
            channel: channel.clone(),
            opened: first.at,
            changed: first.at,
            recovered: None,
            fired: 1,
            storm: BTreeMap::new(),
            topics: proposal.iter().filter_map(|proposal| proposal.topic).collect(),
            card: None,
            pictured: false,
            thread: None,
            told: 0,
            acknowledged: None,
            silenced: None,
            decisions: Vec::new(),
            tried: BTreeSet::new(),
            escalated: BTreeSet::new(),
            unheard: BTreeSet::new(),
            kept: None,
            closed: None,
        })
    }

    /// All of an incident's events together; none where there are none.
    ///
    /// # Errors
    /// [`Illegal`] where one could not happen.
    pub fn fold(events: &[Recorded]) -> Result<Option<Self>, Illegal> {
        let Some((first, rest)) = events.split_first() else { return Ok(None) };
        let Some(mut incident) = Self::raised(first) else {
            return Err(Illegal { state: State::Over, event: first.event.kind() });
        };
        for recorded in rest {
            incident.apply(recorded)?;
        }
        Ok(Some(incident))
    }

    /// The incident after one more event.
    ///
    /// # Errors
    /// [`Illegal`] where it may not happen; then nothing has changed.
    pub fn apply(&mut self, next: &Recorded) -> Result<(), Illegal> {
        let illegal = Illegal { state: self.state, event: next.event.kind() };
        let open = self.state.open();
        match &next.event {
            Event::Fired { .. } | Event::Recovered { .. } | Event::Folded { .. } | Event::Silenced { .. } if !open => {
                return Err(illegal);
            }
            Event::Acknowledged { .. } | Event::Refused { .. } if !open => return Err(illegal),
            Event::Fired { alert } => {
                // Some say when they were told last, not since when it fires.
                let since = if self.state == State::Firing { self.alert.since.min(alert.since) } else { alert.since };
                (self.state, self.recovered) = (State::Firing, None);
                self.alert = Alert { since, ..(**alert).clone() };
                self.fired += 1;
            }
            Event::Recovered { alert } => {
                (self.state, self.recovered) = (State::Recovered, Some(next.at));
                // What fired, since when and at which value is still to be seen when it does no longer.
                (self.alert.status, self.alert.until) = (alert.status, alert.until);
            }
            Event::Folded { alert, about, topic } => {
                self.topics.extend(topic);
                let fires = alert.status == Status::Firing;
                self.fired += u32::from(fires);
                let fired = self.storm.get(&alert.key).map_or(0, |folded| folded.fired) + u32::from(fires);
                let folded = Folded { alert: (**alert).clone(), about: about.clone(), fired };
                self.storm.insert(alert.key.clone(), folded);
                (self.state, self.recovered) =
                    if self.firing() == 0 { (State::Recovered, Some(next.at)) } else { (State::Firing, None) };
            }
            Event::CardPosted { card, pictured } => (self.card, self.pictured) = (Some(card.clone()), *pictured),
            Event::ThreadOpened { thread } => self.thread = Some(thread.clone()),
            Event::Told { through } => self.told = self.told.max(*through),
            Event::Acknowledged { by } => self.acknowledged = Some(by.clone()),
            Event::Silenced { until, .. } => self.silenced = Some(*until),
            Event::Decided { by, command, operation } => self.decisions.push(Decision {
                by: by.clone(),
                command: command.clone(),
                operation: operation.clone(),
                at: next.at,
            }),
            Event::Refused { command, .. } => {
                self.decisions.push(Decision { by: None, command: command.clone(), operation: None, at: next.at });
            }
            Event::Tried { to } => drop(self.tried.insert(to.clone())),
            Event::Escalated { to } => drop(self.escalated.insert(to.clone())),
            Event::Unheard { to, .. } => drop(self.unheard.insert(to.clone())),
            Event::LogsKept { what } => self.kept = Some(what.clone()),
            Event::Over if self.state == State::Recovered => self.state = State::Over,
            Event::Closed { .. } if self.state == State::Closed => return Err(illegal),
            Event::Closed { by, summary } => {
                self.state = State::Closed;
                self.closed = Some((by.clone(), summary.clone()));
            }
            Event::Raised { .. } | Event::Over => return Err(illegal),
        }
        (self.seq, self.changed) = (next.seq, next.at);
        Ok(())
    }
}
