//! Following a log from its first event to its head, and against what is known of it from outside.

use std::collections::HashMap;
use std::fmt;

use super::{ChainedEvent, Head, Witness};
use crate::plan::OperationId;

/// The first place at which a log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Broken {
    /// The operation of the event at which it shows; empty where nothing is known of that event but its place.
    pub operation: OperationId,
    /// That event's place in its operation.
    pub seq: u64,
    /// That event's place in the whole log.
    pub position: u64,
    /// What shows, as the end of a sentence that begins with the event.
    pub why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, seq, position, why } = self;
        if operation.0.is_empty() {
            write!(f, "the event at position {position} {why}")
        } else {
            write!(f, "event {seq} of operation {operation}, at position {position}, {why}")
        }
    }
}

/// Follows a log from its first event on, however it is paged.
#[derive(Debug, Default)]
pub struct Verifier {
    end: Head,
    seqs: HashMap<OperationId, u64>,
    /// Those that were not heard yet, the first of them last.
    witnesses: Vec<Witness>,
    /// How far witnesses agree with the log.
    agreed: u64,
}

impl Verifier {
    /// Follows a log that must agree with these.
    pub fn against(witnesses: impl IntoIterator<Item = Witness>) -> Self {
        let mut witnesses: Vec<Witness> = witnesses.into_iter().collect();
        witnesses.sort_by_key(|witness| std::cmp::Reverse(witness.position));
        Self { witnesses, ..Self::default() }
    }

    /// Takes the next event of the log. One without a position stands where it comes.
    ///
    /// # Errors
    /// [`Broken`] where it is not the event that was written there.
    pub fn take(&mut self, event: &ChainedEvent) -> Result<(), Broken> {
        let position = self.end.position + 1;
        let broken = |why: String| {
            Err(Broken {
                operation: event.operation.clone(),
                seq: event.seq,
                position: event.position.max(position),
                why,
            })
        };
        let expected = self.seqs.get(&event.operation).map_or(1, |seq| seq + 1);
        if event.seq != expected {
            return broken(format!("stands where event {expected} of that operation should be"));
        }
        if event.previous != self.end.hash {
            return broken(format!(
                "does not follow {}: what stood between was removed, moved or changed, or one of the two was added",
                self.last()
            ));
        }
        if event.hash != event.computed_hash() {
            return broken("was changed after it was written".into());
        }
        if event.position != 0 && event.position != position {
            return broken(format!("was moved: its place is {position}"));
        }
        self.seqs.insert(event.operation.clone(), event.seq);
        self.end = Head { position, ..event.head() };
        self.hear()
    }

    /// Asks whoever knows of the event that was taken last.
    fn hear(&mut self) -> Result<(), Broken> {
        while let Some(witness) = self.witnesses.pop_if(|witness| witness.position <= self.end.position) {
            if witness.hash != self.end.hash {
                let since = match self.agreed {
                    0 => "that event or one before it".into(),
                    agreed => format!("that event or one after position {agreed}"),
                };
                return Err(Self::at(&self.end, format!("has not the hash of {witness}: {since} was written anew")));
            }
            self.agreed = witness.position;
        }
        Ok(())
    }

    /// Compares the end of what was taken with where the log is known to end. Answers how many events there are.
    ///
    /// # Errors
    /// [`Broken`] where events at the end were removed or added.
    pub fn finish(mut self, head: &Head) -> Result<u64, Broken> {
        let last = self.last();
        if self.end.position < head.position {
            let missing = head.position - self.end.position;
            let why = format!("should be the last, but the log ends with {last}: {missing} missing");
            return Err(Self::at(head, why));
        }
        if self.end != *head {
            let why = "is the last, but not the one that was written last: it was added or changed";
            return Err(Self::at(&self.end, why.into()));
        }
        match self.witnesses.pop() {
            None => Ok(self.end.position),
            Some(witness) => {
                let why = format!("is missing: {witness} has it, and the log ends with {last}");
                Err(Self::at(&Head { position: witness.position, ..Head::default() }, why))
            }
        }
    }

    fn at(head: &Head, why: String) -> Broken {
        Broken { operation: head.operation.clone(), seq: head.seq, position: head.position, why }
    }

    /// The last event taken, in words.
    fn last(&self) -> String {
        match self.end.position {
            0 => "the beginning".into(),
            position => format!("event {} of operation {}, at position {position}", self.end.seq, self.end.operation),
        }
    }
}

/// Follows a whole log that ends with `head`; answers how many events it has.
///
/// # Errors
/// [`Broken`] names the first event at which the log is not what was written.
pub fn verify<'a>(events: impl IntoIterator<Item = &'a ChainedEvent>, head: &Head) -> Result<u64, Broken> {
    let mut verifier = Verifier::default();
    events.into_iter().try_for_each(|event| verifier.take(event))?;
    verifier.finish(head)
}
