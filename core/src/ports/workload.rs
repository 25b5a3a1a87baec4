//! What only a tenant's service can do: scale, drain, be backed up before it goes, run another revision, be cut off and put
//! back, and say why it does not work.

use std::fmt;

use async_trait::async_trait;

use super::{CloudError, Found, Revisions, Subject, Symptoms, Traffic};

/// The tasks of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tasks {
    /// How many are wanted.
    pub desired: u32,
    /// How many run or are starting, those that are being stopped among them.
    pub running: u32,
}

/// How a backup stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backup {
    /// Its task has not ended yet; the text says how far it is.
    Running(String),
    /// It came to nothing, and will not by waiting: the task failed, or left no object, or an empty or an old one. Says what
    /// to do.
    Failed(String),
    /// Its task ended well, and its object is there.
    Done(BackupObject),
}

/// The object that a backup left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupObject {
    /// Where: `s3://bucket/key`.
    pub location: String,
    /// Its size in bytes, never 0.
    pub bytes: u64,
}

/// The tenants' services at work. Every method is idempotent, for the same reason as the verbs of [`super::Cloud`].
///
/// Errors of every method: [`CloudError`], and an answer that is not certain is an error.
#[async_trait]
pub trait Workload: Revisions + Traffic + Symptoms + Send + Sync + fmt::Debug {
    /// The tasks of the tenant's service; none where there is no service.
    async fn tasks(&self, subject: &Subject) -> Result<Option<Tasks>, CloudError>;

    /// Makes the service want so many tasks; waiting for them is the caller's. Where there is no service, nothing happens.
    async fn scale(&self, subject: &Subject, desired: u32) -> Result<(), CloudError>;

    /// Deletes the service together with the tasks that still run (playbook 3.2); answers what was removed. A service that
    /// is somebody else's is [`CloudError::Foreign`].
    async fn force_remove(&self, subject: &Subject) -> Result<Vec<Found>, CloudError>;

    /// Looks at the backup `run` of the tenant's data, and starts it where it has not been started. The same `run`, at
    /// most 36 letters, digits and hyphens, is the same backup; a failed one is only repeated under another.
    async fn back_up(&self, subject: &Subject, run: &str) -> Result<Backup, CloudError>;
}
