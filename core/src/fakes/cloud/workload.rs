//! The simulated services at work: scaled, drained, backed up, and forced to go. Time passes by looking at them.

use async_trait::async_trait;

use super::port::About;
use super::resource::State;
use super::world::World;
use super::{BackupFault, SimulatedCloud, Verb};
use crate::kind::Kind;
use crate::ports::{Backup, CloudError, Found, Subject, Tasks, Workload};
use crate::tenant::Tenancy;

impl SimulatedCloud {
    /// From now on the tenant's tasks never drain, so that only force removes its service (playbook 3.2); or they do again.
    pub fn hold_tasks(&self, tenancy: &Tenancy, held: bool) {
        self.change(|world| {
            if held {
                world.undrained.insert(tenancy.clone());
            } else {
                world.undrained.remove(tenancy);
            }
        });
    }

    /// Backups of the tenant that are started from now on go wrong like this; none lets them end well.
    pub fn spoil_backups(&self, tenancy: &Tenancy, fault: Option<BackupFault>) {
        self.change(|world| match fault {
            Some(fault) => world.backups.faults.insert(tenancy.clone(), fault),
            None => world.backups.faults.remove(tenancy),
        });
    }

    /// Where the objects of the backups that ended well are, as `s3://bucket/key`.
    pub fn backups(&self) -> Vec<String> {
        self.world().backups.objects()
    }

    /// How many days the subject's log group keeps its lines; none where nobody set it, or there is no group.
    pub fn retention(&self, subject: &Subject) -> Option<u32> {
        match self.world().own(Kind::LogGroup, subject)?.state {
            State::Logs(logs) => logs.days,
            _ => None,
        }
    }
}

impl World {
    pub(super) fn retain_logs(&mut self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        self.refuse_foreign(Kind::LogGroup, subject)?;
        if let Some(State::Logs(logs)) = self.own_mut(Kind::LogGroup, subject).map(|group| &mut group.state) {
            logs.days = Some(days);
        }
        Ok(self.find(Kind::LogGroup, subject).into_iter().next())
    }

    /// Looks at the tasks; those that drain come a look nearer to their end.
    fn tasks(&mut self, subject: &Subject) -> Result<Option<Tasks>, CloudError> {
        self.refuse_foreign(Kind::Service, subject)?;
        let stuck = self.is_stuck(&subject.tenancy);
        Ok(self.work_mut(subject).map(|work| {
            if work.drains() && !stuck {
                work.pass();
            }
            Tasks { desired: work.desired, running: work.running }
        }))
    }

    /// Whether that was news.
    fn scale(&mut self, subject: &Subject, desired: u32) -> Result<bool, CloudError> {
        self.refuse_foreign(Kind::Service, subject)?;
        let (start, drain) = (self.settings.looks_to_start, self.settings.looks_to_drain);
        let Some(work) = self.work_mut(subject) else { return Ok(false) };
        let news = work.desired != desired;
        work.scale(desired, if desired > work.running { start } else { drain });
        self.version += u64::from(news);
        Ok(news)
    }

    fn force_remove(&mut self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.refuse_foreign(Kind::Service, subject)?;
        Ok(self.take(Kind::Service, subject))
    }

    fn back_up(&mut self, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if run.is_empty() || run.len() > 36 || !run.bytes().all(plain) {
            return Err(CloudError::Permanent(format!("`{run}` is no name for a backup.")));
        }
        let looks = self.settings.looks_to_back_up;
        let fault = self.backup_fault(&subject.tenancy);
        Ok(self.backups.look(&subject.tenancy, run, looks, fault))
    }
}

#[async_trait]
impl Workload for SimulatedCloud {
    async fn tasks(&self, subject: &Subject) -> Result<Option<Tasks>, CloudError> {
        let about = About::subject(Verb::Tasks, subject, Some(Kind::Service));
        let in_words = |tasks: &Option<Tasks>| match tasks {
            Some(Tasks { desired, running }) => format!("{running} of {desired} run"),
            None => "no service".to_owned(),
        };
        self.call(about, |world| world.tasks(subject), in_words).await
    }

    async fn scale(&self, subject: &Subject, desired: u32) -> Result<(), CloudError> {
        let about = About::subject(Verb::Scale, subject, Some(Kind::Service));
        let in_words = |news: &bool| {
            if *news { format!("scaled to {desired}") } else { format!("wants {desired} already") }
        };
        self.call(about, |world| world.scale(subject, desired), in_words).await.map(drop)
    }

    async fn force_remove(&self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let about = About::subject(Verb::ForceRemove, subject, Some(Kind::Service));
        self.call(about, |world| world.force_remove(subject), |gone| format!("removed {}", gone.len())).await
    }

    async fn back_up(&self, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
        let about = About::subject(Verb::BackUp, subject, None);
        let in_words = |backup: &Backup| match backup {
            Backup::Running(how) => format!("running: {how}"),
            Backup::Failed(why) => format!("failed: {why}"),
            Backup::Done(object) => format!("done: {}", object.location),
        };
        self.call(about, |world| world.back_up(subject, run), in_words).await
    }
}
