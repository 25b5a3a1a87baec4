//! `landlord audit`: is the log what was written? and: the log as JSON lines. Reads beside a running bot, and writes nothing.

use std::io::Write;

use landlord_core::chain::{Head, Witness};
use landlord_core::ports::StoreError;

use crate::store::{Audit, SqlStore};

/// How many events are read at a time.
const PAGE: u32 = 500;

/// Why the log could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lines cannot be written.
    #[error("the events cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Follows the chain through the whole log, and against what is known of it from elsewhere: the anchors that the store keeps, and
/// those that are given. Answers whether it is intact, and a line that says so or names the first event that is not what was
/// written.
pub async fn verify(url: &str, given: &[Witness]) -> Result<(bool, String), AuditError> {
    let store = SqlStore::open_to_read(url).await?;
    let mut witnesses = store.witnesses().await?;
    witnesses.extend_from_slice(given);
    let anchors = witnesses.len();
    Ok(match store.verify_against(witnesses).await? {
        Audit::Intact(Head { position, hash, .. }) => {
            (true, format!("intact: {position} events, head {hash}, anchors: {anchors}"))
        }
        Audit::Broken(broken) => (false, format!("broken: {broken}")),
    })
}

/// Writes each event as one JSON line, in the order of the log; answers how many.
pub async fn export(url: &str, mut to: impl Write) -> Result<u64, AuditError> {
    let store = SqlStore::open_to_read(url).await?;
    let (mut position, mut count) = (0, 0);
    loop {
        let events = store.events_after(position, PAGE).await?;
        let Some(last) = events.last() else { break };
        position = last.position;
        for event in &events {
            serde_json::to_writer(&mut to, event).map_err(std::io::Error::from)?;
            to.write_all(b"\n")?;
            count += 1;
        }
    }
    to.flush()?;
    Ok(count)
}
