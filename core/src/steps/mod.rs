//! The steps that operations are made of, by name. A new effect is a new file here; a new command is not.
//!
//! Architecture invariant: a step knows its plan and the ports, never the operation, the log or the chat. It may run twice,
//! and its effect happens once.

mod absence;
mod adopt;
mod backup;
mod cut_off;
mod deploy;
mod drain;
mod ensure;
mod evidence;
mod logs;
mod notify;
mod patience;
mod preserve_logs;
mod put_rules_back;
mod register;
mod remove;
mod restore_count;
mod restore_retention;
mod stable;
mod tell_security;
mod verify;
mod verify_down;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::event::{Effect, Proof};
use crate::kind::Kind;
use crate::plan::{Details, Plan, Site};
use crate::ports::{Check, Clock, Cloud, CloudError, Notifier, Workload};

pub use absence::CertifyAbsence;
pub use adopt::Adopt;
pub use backup::BackUp;
pub use cut_off::CutOff;
pub use deploy::DeployRevision;
pub use drain::DrainService;
pub use ensure::Ensure;
use evidence::evidence;
pub use logs::SettleLogGroup;
pub use notify::{NotifyOwner, TellOwner};
pub use preserve_logs::PreserveLogs;
pub use put_rules_back::PutRulesBack;
pub use register::RegisterRevision;
pub use remove::{Remove, unplanned};
pub use restore_count::RestoreCount;
pub use restore_retention::RestoreRetention;
pub use stable::{AwaitStable, STABLE};
pub use tell_security::TellSecurity;
pub use verify::Verify;
pub use verify_down::VerifyDown;

/// What a step may use.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The frozen plan that it belongs to.
    pub plan: &'a Plan,
    /// Where it works.
    pub site: &'a Site,
    /// What is known of the tenant there.
    pub details: &'a Details,
    /// How often a person ordered it to be tried again: a new round is a new attempt at what must not be repeated by itself.
    pub round: u32,
    /// Whether it was tried before, so that what it finds done may be its own work.
    pub again: bool,
    /// Whether a person ordered what it does to be forced, at this site.
    pub forced: bool,
    /// The cloud.
    pub cloud: &'a dyn Cloud,
    /// The tenants' services at work.
    pub workload: &'a dyn Workload,
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
    /// What proves it, piece by piece.
    pub proofs: Vec<Proof>,
}

impl Outcome {
    /// An outcome that leaves nothing to undo.
    pub fn done(note: impl Into<String>) -> Self {
        Self { effect: Effect::Done, note: note.into(), proofs: Vec::new() }
    }

    /// The same with its proofs.
    fn proven(note: impl Into<String>, proofs: Vec<Proof>) -> Self {
        Self { proofs, ..Self::done(note) }
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
    /// There is no session with the account: the engine holds at once, and asks no step why. Says what to do.
    #[error("{0}")]
    NoSession(String),
    /// What this run has made is not good enough to stay: the engine takes it back by itself. Says why.
    #[error("{0}")]
    Revert(String),
}

impl From<CloudError> for StepError {
    fn from(error: CloudError) -> Self {
        match error {
            CloudError::Transient(why) => Self::Transient(why),
            CloudError::Credentials(why) => Self::NoSession(why),
            CloudError::Permanent(_) | CloudError::Foreign { .. } => Self::Permanent(error.to_string()),
        }
    }
}

/// What undoing a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// What was removed.
    pub note: String,
    /// Whether something was left, because it is somebody else's.
    pub left: bool,
}

impl Undone {
    fn removed(note: impl Into<String>) -> Self {
        Self { note: note.into(), left: false }
    }
}

/// When in an operation a step comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// At every site of a tenant, before the first step of any other phase.
    Opening,
    /// At every site of a tenant, site by site.
    Site,
    /// Once for a tenant, after all else.
    Closing,
}

/// One step: what it does, how it is undone, and what it touches.
#[async_trait]
pub trait Step: Send + Sync + fmt::Debug {
    /// Its name in `commands/`.
    fn name(&self) -> String;

    /// What it touches, by its real name.
    fn resource(&self, plan: &Plan, site: &Site) -> String;

    /// When it comes.
    fn phase(&self) -> Phase {
        Phase::Site
    }

    /// Whether the plan wants it at all.
    fn wanted(&self, _plan: &Plan) -> bool {
        true
    }

    /// Whether the operation can no longer be taken back once this has begun.
    fn commits(&self) -> bool {
        true
    }

    /// Whether a person may order it to be done by force where it holds.
    fn forcible(&self) -> bool {
        false
    }

    /// The steps that come before it wherever they are listed.
    fn after(&self) -> Vec<String>;

    /// The lines of a checklist that its proofs show, in the playbook's words; none where its note shows whatever line it is
    /// named for.
    fn proves(&self) -> Vec<&'static str> {
        Vec::new()
    }

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
    async fn undo(&self, _cx: Context<'_>) -> Result<Undone, StepError> {
        Ok(Undone::removed("nothing to remove"))
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
    let before: [Box<dyn Step>; 4] = [Box::new(NotifyOwner), Box::new(Adopt), Box::new(BackUp), Box::new(DrainService)];
    let removes = Remove::KINDS.into_iter().map(|kind| Box::new(Remove(kind)) as Box<dyn Step>);
    let after: [Box<dyn Step>; 3] = [Box::new(SettleLogGroup), Box::new(CertifyAbsence), Box::new(TellOwner)];
    let changes: [Box<dyn Step>; 4] = [
        Box::new(RegisterRevision),
        Box::new(DeployRevision),
        Box::new(AwaitStable::TurningBack),
        Box::new(AwaitStable::Holding),
    ];
    ensures.chain(verifies).chain(before).chain(removes).chain(after).chain(changes).chain(emergency())
}

/// Those by which a tenant is cut off in an emergency, and put back.
fn emergency() -> [Box<dyn Step>; 7] {
    [
        Box::new(CutOff),
        Box::new(PreserveLogs),
        Box::new(TellSecurity),
        Box::new(VerifyDown),
        Box::new(PutRulesBack),
        Box::new(RestoreCount),
        Box::new(RestoreRetention),
    ]
}
