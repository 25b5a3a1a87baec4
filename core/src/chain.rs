//! The chain of hashes that runs through the whole log: what makes a changed, removed, moved or added event show.
//!
//! Pure: rows come from a store or from an exported file. The chain proves that a log is the one that its last hash stands
//! for; against the owner of the database it is proven by hashes that are kept somewhere else: by [`Witness`]es.

mod verifier;
mod witness;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::event::{Event, Recorded};
use crate::plan::OperationId;

pub use verifier::{Broken, Verifier, verify};
pub use witness::{Witness, WitnessError};

/// What the first event of a log has for the hash before it.
pub const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An event as the log keeps it, and as one JSON line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainedEvent {
    /// Its place in the whole log, from 1. Not exported: there the order of the lines says it.
    #[serde(skip)]
    pub position: u64,
    /// Whose event.
    pub operation: OperationId,
    /// Its place among the operation's events, from 1.
    pub seq: u64,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Who did it: a person's name, or the bot's.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// What belongs to the kind; null where nothing does.
    pub payload: Value,
    /// The hash of the event before it in the whole log, of whichever operation; [`ORIGIN`] for the first.
    pub previous: String,
    /// `sha256(previous ‖ canonical JSON of {actor, at, kind, operation, payload, seq})`, in lower-case hex.
    pub hash: String,
}

/// Where a log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last event's place in the whole log; 0 for an empty one.
    pub position: u64,
    /// The last event's operation; empty for an empty log.
    pub operation: OperationId,
    /// The last event's place in its operation; 0 for an empty log.
    pub seq: u64,
    /// The last event's hash; [`ORIGIN`] for an empty log.
    pub hash: String,
}

/// What is known of a log outside it: at the end of that day it had this event in this place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The day, UTC.
    pub day: Date,
    /// The place of the day's last event in the whole log.
    pub position: u64,
    /// That event's hash, which stands for the event and the whole log before it.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { position: 0, operation: OperationId(String::new()), seq: 0, hash: ORIGIN.into() }
    }
}

/// An event that cannot be turned into its stored form, or back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} of operation {operation}: {why}")]
pub struct Unreadable {
    /// Whose event.
    pub operation: OperationId,
    /// Its place among the operation's events.
    pub seq: u64,
    /// What is wrong with it.
    pub why: String,
}

/// The event that comes after `head`, linked to it.
///
/// # Errors
/// [`Unreadable`] where the event has no JSON or its time no RFC 3339: a year past 9999.
pub fn link(head: &Head, recorded: &Recorded) -> Result<ChainedEvent, Unreadable> {
    let bad = |why: &dyn fmt::Display| Unreadable {
        operation: recorded.operation.clone(),
        seq: recorded.seq,
        why: why.to_string(),
    };
    let json = serde_json::to_value(&recorded.event).map_err(|error| bad(&error))?;
    let at = stamp(recorded.at).map_err(|error| bad(&error))?;
    let mut event = ChainedEvent {
        position: head.position + 1,
        operation: recorded.operation.clone(),
        seq: recorded.seq,
        at,
        actor: recorded.event.actor(),
        kind: recorded.event.kind().into(),
        payload: json.get("payload").cloned().unwrap_or(Value::Null),
        previous: head.hash.clone(),
        hash: String::new(),
    };
    event.hash = event.computed_hash();
    Ok(event)
}

/// A time as the log keeps it: RFC 3339, UTC, to the nanosecond.
pub fn stamp(at: OffsetDateTime) -> Result<String, time::error::Format> {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339)
}

/// JSON with sorted keys and no blanks: the form that is hashed and stored.
pub fn canonical(value: &Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    sorted.to_string()
}

impl ChainedEvent {
    /// The head of a log that ends with this event.
    pub fn head(&self) -> Head {
        Head { position: self.position, operation: self.operation.clone(), seq: self.seq, hash: self.hash.clone() }
    }

    /// The hash that the event's fields come to.
    pub fn computed_hash(&self) -> String {
        let body = serde_json::json!({
            "operation": self.operation,
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "kind": self.kind,
            "payload": self.payload,
        });
        hex::encode(Sha256::new().chain_update(&self.previous).chain_update(canonical(&body)).finalize())
    }

    /// The event itself.
    ///
    /// # Errors
    /// [`Unreadable`] where time, kind or payload are none that the bot writes.
    pub fn recorded(&self) -> Result<Recorded, Unreadable> {
        let bad = |why: &dyn fmt::Display| Unreadable {
            operation: self.operation.clone(),
            seq: self.seq,
            why: why.to_string(),
        };
        let mut json = serde_json::json!({ "kind": self.kind });
        if !self.payload.is_null() {
            json["payload"] = self.payload.clone();
        }
        let event: Event = serde_json::from_value(json).map_err(|error| bad(&error))?;
        let at = OffsetDateTime::parse(&self.at, &Rfc3339).map_err(|error| bad(&error))?;
        Ok(Recorded { operation: self.operation.clone(), seq: self.seq, at, event })
    }
}

#[cfg(test)]
mod tests;
