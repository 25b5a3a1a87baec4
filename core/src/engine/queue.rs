//! What is due and not begun: how far the engine is behind.

use time::{Duration, OffsetDateTime};

use super::{Next, next};
use crate::ledger::{Ledger, LedgerError};
use crate::operation::{Operation, State, StepState};
use crate::ports::StoreError;

/// Since when the operation has been due for something that nobody has begun. None where it waits for people or for a time, and
/// while a step of it is under way.
pub fn due_since(operation: &Operation, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let begun = |step: usize| operation.steps[step].state == StepState::Running;
    let retried = |step: usize| operation.steps[step].retry_at.unwrap_or(operation.changed_at);
    match next(operation, now) {
        Next::Nothing | Next::At(_) => None,
        Next::Expire => Some(operation.expires_at()),
        Next::Remind => Some(operation.remind_at()),
        Next::Start if operation.state == State::Waiting => operation.notice_until.or(Some(operation.changed_at)),
        Next::Do(_) => operation.due(now).into_iter().filter(|step| !begun(*step)).map(retried).min(),
        Next::Undo(step) => Some(retried(step)),
        Next::Start | Next::Succeed | Next::FinishUnwinding => Some(operation.changed_at),
    }
}

/// How long the oldest of the open operations that are [due](due_since) has been so; none where none is.
///
/// # Errors
/// The store cannot be read. An operation that cannot be read by itself is left out.
pub async fn oldest_due(ledger: &Ledger) -> Result<Option<Duration>, StoreError> {
    let now = ledger.now();
    let mut oldest = None;
    for id in ledger.open().await? {
        match ledger.get(&id).await {
            Ok(operation) => oldest = oldest.max(due_since(&operation, now).map(|since| now - since)),
            Err(LedgerError::Store(error @ StoreError::Unavailable(_))) => return Err(error),
            Err(error) => tracing::debug!(operation = %id, %error, "left out of what is due"),
        }
    }
    // A clock that was set back makes nothing due in the future.
    Ok(oldest.map(|age| age.max(Duration::ZERO)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::store::samples::{Writer, person};
    use crate::event::{Effect, Event};
    use crate::fakes::{MemoryStore, TestClock};
    use crate::ports::{Clock as _, Store};
    use crate::role::{Member, Role};
    use crate::tenant::Environment;

    /// A running operation whose steps have not begun.
    async fn running(store: &Arc<dyn Store>) -> Writer {
        let mut writer = Writer::new(store, "aaaaaaaa", "golden", Environment::Dev);
        writer.file().await.expect("filed");
        writer.post_card("1").await.expect("appended");
        let member = Member { person: person("team-lead"), roles: [Role::TeamLead].into() };
        writer.append(Event::VoteCast { member }).await.expect("appended");
        let started = Event::Started { approvals: Vec::new(), account: "536580886816".into() };
        writer.append(started).await.expect("appended");
        writer
    }

    #[tokio::test]
    async fn a_step_is_due_until_it_begins_and_again_after_it() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let mut writer = running(&store).await;
        let changed = writer.operation.changed_at;
        let later = changed + Duration::MINUTE;
        assert_eq!(due_since(&writer.operation, later), Some(changed));

        writer.append(Event::StepStarted { step: 0, existed: Some(false) }).await.expect("appended");
        assert_eq!(due_since(&writer.operation, later), None, "it is under way");

        let retry_at = changed + Duration::HOUR;
        let failed = Event::StepFailed { step: 0, error: "throttled".into(), retry_at };
        writer.append(failed).await.expect("appended");
        assert_eq!(due_since(&writer.operation, later), None, "it waits for its time");
        assert_eq!(due_since(&writer.operation, retry_at + Duration::MINUTE), Some(retry_at));

        writer.append(Event::StepStarted { step: 0, existed: None }).await.expect("appended");
        let done = Event::StepDone { step: 0, effect: Effect::Created, note: String::new(), proofs: Vec::new() };
        writer.append(done).await.expect("appended");
        assert_eq!(due_since(&writer.operation, later), Some(writer.operation.changed_at));
    }

    #[tokio::test]
    async fn what_waits_for_people_is_due_when_its_time_is_over() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Prod);
        writer.file().await.expect("filed");
        let operation = &writer.operation;
        assert_eq!(due_since(operation, operation.filed_at), None);
        let (until, moment) = (operation.expires_at(), Duration::SECOND);
        assert_eq!(due_since(operation, until + moment), Some(until));
    }

    #[tokio::test]
    async fn the_oldest_counts_and_a_store_that_is_away_is_an_error() {
        let memory = MemoryStore::new();
        let store: Arc<dyn Store> = Arc::new(memory.clone());
        let clock = TestClock::default();
        let ledger = Ledger::new(Arc::clone(&store), Arc::new(clock.clone()));
        assert_eq!(oldest_due(&ledger).await, Ok(None));
        let writer = running(&store).await;
        let expected = (clock.now() - writer.operation.changed_at).max(Duration::ZERO);
        assert_eq!(oldest_due(&ledger).await, Ok(Some(expected)));
        memory.fail_next(1);
        assert!(matches!(oldest_due(&ledger).await, Err(StoreError::Unavailable(_))));
    }
}
