//! What the memory store holds, and how a write changes it: wholly or not at all.

mod registry;

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, OffsetDateTime};

use super::incidents::Kept;
use crate::chain::{self, Anchor, ChainedEvent, Head};
use crate::event::{MessageRef, Recorded};
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::ports::{Listing, OperationFilter, RegistryChange, StoreError};
use crate::tenant::Tenancy;
use registry::Registry;

#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) log: Vec<ChainedEvent>,
    /// In the order of filing.
    operations: Vec<Row>,
    pub(super) locks: BTreeMap<String, OperationId>,
    pub(super) registry: Registry,
    pub(super) seen: Option<OffsetDateTime>,
    pub(super) anchors: BTreeMap<Date, Anchor>,
    pub(super) kept: Kept,
    pub(super) term: u64,
    /// How many calls still succeed before `failing` strikes.
    pub(super) spared: u32,
    pub(super) failing: u32,
    pub(super) losing: u32,
}

/// What lists need of an operation.
#[derive(Debug)]
struct Row {
    id: OperationId,
    seq: u64,
    sites: BTreeSet<Tenancy>,
    state: State,
    card: Option<MessageRef>,
}

impl World {
    pub(super) fn head(&self) -> Head {
        self.log.last().map(ChainedEvent::head).unwrap_or_default()
    }

    pub(super) fn file(
        &mut self,
        first: &Recorded,
        operation: &Operation,
        locks: &[String],
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        if first.seq != 1 || self.operations.iter().any(|row| row.id == first.operation) {
            return Err(StoreError::Conflict);
        }
        if let Some((key, holder)) = locks.iter().find_map(|key| self.locks.get_key_value(key)) {
            return Err(StoreError::Locked { key: key.clone(), operation: holder.clone() });
        }
        self.commit(first, changes)?;
        self.locks.extend(locks.iter().map(|key| (key.clone(), first.operation.clone())));
        self.operations.push(Row {
            id: first.operation.clone(),
            seq: first.seq,
            sites: operation.plan.tenancies().into_iter().cloned().collect(),
            state: operation.state,
            card: operation.card.clone(),
        });
        Ok(())
    }

    pub(super) fn append(
        &mut self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        let place = self.operations.iter().position(|row| row.id == next.operation && row.seq + 1 == next.seq);
        let place = place.ok_or(StoreError::Conflict)?;
        self.commit(next, changes)?;
        let row = &mut self.operations[place];
        row.seq = next.seq;
        row.state = operation.state;
        row.card.clone_from(&operation.card);
        if !operation.state.open() {
            self.locks.retain(|_, holder| *holder != next.operation);
        }
        Ok(())
    }

    pub(super) fn forget_last(&mut self) -> Option<String> {
        let lost = self.log.pop()?;
        let row = self.operations.iter_mut().find(|row| row.id == lost.operation)?;
        let own = self.log.iter().filter(|event| event.operation == lost.operation);
        let events: Result<Vec<Recorded>, _> = own.map(ChainedEvent::recorded).collect();
        if let Some(before) = events.ok().and_then(|events| Operation::fold(&events).ok()) {
            row.seq = before.seq;
            row.state = before.state;
            row.card = before.card;
            if row.state.open() {
                self.locks.extend(before.plan.locks().into_iter().map(|key| (key, row.id.clone())));
            }
        } else {
            self.operations.retain(|row| row.id != lost.operation);
            self.locks.retain(|_, holder| *holder != lost.operation);
        }
        Some(lost.kind)
    }

    /// The part of a write that can still be refused; nothing is changed before all of it has been accepted.
    fn commit(&mut self, recorded: &Recorded, changes: &[RegistryChange]) -> Result<(), StoreError> {
        let event = chain::link(&self.head(), recorded).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        if !changes.is_empty() {
            let mut registry = self.registry.clone();
            registry.apply(changes, &recorded.operation)?;
            self.registry = registry;
        }
        self.log.push(event);
        Ok(())
    }

    pub(super) fn events(&self, operation: &OperationId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        let own = self.log.iter().filter(|event| event.operation == *operation && event.seq > after);
        own.map(|event| event.recorded().map_err(|error| StoreError::Corrupt(error.to_string()))).collect()
    }

    pub(super) fn hash(&self, operation: &OperationId, seq: u64) -> Option<String> {
        let event = self.log.iter().find(|event| event.operation == *operation && event.seq == seq)?;
        Some(event.hash.clone())
    }

    pub(super) fn head_of(&self, day: Date) -> Option<Head> {
        let day = day.to_string();
        self.log
            .iter()
            .rev()
            .find(|event| event.at.get(..10).is_some_and(|at| at <= day.as_str()))
            .map(ChainedEvent::head)
    }

    pub(super) fn add_anchor(&mut self, anchor: &Anchor) -> Result<(), StoreError> {
        if self.anchors.contains_key(&anchor.day) {
            return Err(StoreError::Conflict);
        }
        self.anchors.insert(anchor.day, anchor.clone());
        Ok(())
    }

    pub(super) fn operations(&self, filter: &OperationFilter, page: u32, size: u32) -> Listing<OperationId> {
        let fits = |site: &Tenancy| {
            filter.tenant.as_ref().is_none_or(|tenant| site.tenant == *tenant)
                && filter.environment.is_none_or(|environment| site.environment == environment)
        };
        let wanted = |row: &&Row| {
            row.sites.iter().any(fits)
                && filter.state.is_none_or(|state| row.state == state)
                && (!filter.open || row.state.open())
        };
        page_of(self.operations.iter().rev().filter(wanted).map(|row| row.id.clone()).collect(), page, size)
    }

    pub(super) fn counts(&self) -> BTreeMap<State, u64> {
        let count = |state| self.operations.iter().filter(|row| row.state == state).count() as u64;
        State::ALL.into_iter().map(|state| (state, count(state))).collect()
    }

    pub(super) fn operation_of_card(&self, card: &MessageRef) -> Option<OperationId> {
        self.operations.iter().find(|row| row.card.as_ref() == Some(card)).map(|row| row.id.clone())
    }
}

/// A page of rows that are all at hand.
fn page_of<T>(rows: Vec<T>, page: u32, size: u32) -> Listing<T> {
    let total = rows.len() as u64;
    let skip = usize::try_from(u64::from(page) * u64::from(size)).unwrap_or(usize::MAX);
    Listing { rows: rows.into_iter().skip(skip).take(size as usize).collect(), total }
}
