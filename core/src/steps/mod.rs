//! The steps that operations are made of, by name. A new effect is a new file here; a new command is not.
//!
//! Architecture invariant: a step knows its plan and the ports, never the operation, the log or the chat. It may run twice,
//! and its effect happens once.

mod ensure;
mod notify;
mod verify;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::Plan;
use crate::ports::{Check, Clock, Cloud, CloudError, Notifier};

pub use ensure::Ensure;
pub use notify::NotifyOwner;
pub use verify::Verify;

/// What a step may use.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The frozen plan that it belongs to.
    pub plan: &'a Plan,
    /// The cloud.
    pub cloud: &'a dyn Cloud,
    /// The way to the tenant's owner.
    pub notifier: &'a dyn Notifier,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether there is something to undo.
    pub effect: Effect,
    /// What was made or seen, for people. Never a secret.
    pub note: String,
}

impl Outcome {
    /// An outcome that leaves nothing to undo.
    pub fn done(note: impl Into<String>) -> Self {
        Self { effect: Effect::Done, note: note.into() }
    }
}

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The same step may succeed later: the engine tries again.
    #[error("{0}")]
    Transient(String),
    /// It will not: the engine holds. Says what to do.
    #[error("{0}")]
    Permanent(String),
}

impl From<CloudError> for StepError {
    fn from(error: CloudError) -> Self {
        match error {
            CloudError::Transient(why) => Self::Transient(why),
            CloudError::Permanent(_) | CloudError::Foreign { .. } | CloudError::Credentials(_) => {
                Self::Permanent(error.to_string())
            }
        }
    }
}

/// One step: what it does, how it is undone, and what it touches.
#[async_trait]
pub trait Step: Send + Sync + fmt::Debug {
    /// Its name in `commands/`.
    fn name(&self) -> String;

    /// What it touches, by its real name.
    fn resource(&self, plan: &Plan) -> String;

    /// The steps that come before it wherever they are listed.
    fn after(&self) -> Vec<String>;

    /// How long one attempt may take. Past it the operation holds.
    fn deadline(&self) -> Duration;

    /// Whether an operation may go on without it.
    fn harmless(&self) -> bool {
        false
    }

    /// Whether what it makes stands already. Asked once, before the first attempt.
    async fn look(&self, _cx: Context<'_>) -> Result<bool, StepError> {
        Ok(false)
    }

    /// Does it. May run again after a crash.
    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError>;

    /// Undoes what [`Step::run`] made, and answers what was removed. May run again after a crash.
    async fn undo(&self, _cx: Context<'_>) -> Result<String, StepError> {
        Ok("nothing to remove".into())
    }

    /// What is known about why it fails, from the provider and the playbook's troubleshooting section: a line each.
    async fn diagnose(&self, cx: Context<'_>) -> Vec<String>;
}

/// The step of that name; none where there is none.
pub fn named(name: &str) -> Option<Box<dyn Step>> {
    all().find(|step| step.name() == name)
}

/// The names of all steps.
pub fn names() -> Vec<String> {
    all().map(|step| step.name()).collect()
}

fn all() -> impl Iterator<Item = Box<dyn Step>> {
    let ensures = Kind::provisioning_order().map(|kind| Box::new(Ensure(kind)) as Box<dyn Step>);
    let verifies = Check::ALL.into_iter().map(|check| Box::new(Verify(check)) as Box<dyn Step>);
    ensures.chain(verifies).chain([Box::new(NotifyOwner) as Box<dyn Step>])
}

/// What the provider says about a kind, with a playbook's hint after it.
async fn evidence(cx: Context<'_>, kind: Kind, hint: &str) -> Vec<String> {
    let mut lines = match cx.cloud.evidence(kind, &cx.plan.subject()).await {
        Ok(lines) => lines,
        Err(error) => vec![format!("what AWS says about it could not be read: {error}")],
    };
    lines.push(hint.to_owned());
    lines
}
