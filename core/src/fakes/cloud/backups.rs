//! Backups of the simulated cloud: tasks that run for a few looks, and the objects that they leave.

use std::collections::BTreeMap;

use crate::ports::{Backup, BackupObject};
use crate::tenant::Tenancy;

/// The size of an object that a backup leaves, in bytes.
const BYTES: u64 = 4_096;

/// How backups of a tenant go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupFault {
    /// The task ends with exit code 1.
    Fails,
    /// The task never ends.
    Hangs,
    /// The task ends well and leaves an object of 0 bytes.
    Empty,
    /// The task ends well and leaves nothing.
    NoObject,
}

/// The backups that were started, and what they left.
#[derive(Debug, Default)]
pub(super) struct Backups {
    runs: BTreeMap<(Tenancy, String), Run>,
    /// How backups that are started from now on go wrong.
    pub(super) faults: BTreeMap<Tenancy, BackupFault>,
}

/// One backup's task.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// How many looks still find it running.
    looks: u32,
    /// How it goes wrong, decided when it is started.
    fault: Option<BackupFault>,
}

impl Backups {
    /// Looks at a backup, and starts it where it has not been; one that is started now goes wrong like `fault`.
    pub(super) fn look(&mut self, tenancy: &Tenancy, run: &str, looks: u32, fault: Option<BackupFault>) -> Backup {
        let key = (tenancy.clone(), run.to_owned());
        let Some(task) = self.runs.get_mut(&key) else {
            self.runs.insert(key, Run { looks, fault });
            return Backup::Running("its task is PROVISIONING".to_owned());
        };
        if task.looks > 0 || task.fault == Some(BackupFault::Hangs) {
            task.looks = task.looks.saturating_sub(1);
            return Backup::Running("its task is RUNNING".to_owned());
        }
        let location = location(tenancy, run);
        let failed = |why: String| Backup::Failed(format!("{why}. Look at the task's log, then back up again."));
        match task.fault {
            Some(BackupFault::Fails) => failed("Essential container in task exited: exit code 1".to_owned()),
            Some(BackupFault::Empty) => failed(format!("The task ended well, but {location} is empty")),
            Some(BackupFault::NoObject) => failed(format!("The task ended well, but {location} is not there")),
            None | Some(BackupFault::Hangs) => Backup::Done(BackupObject { location, bytes: BYTES }),
        }
    }

    /// Where the objects of the backups that ended well are.
    pub(super) fn objects(&self) -> Vec<String> {
        let ended = self.runs.iter().filter(|(_, run)| run.looks == 0 && run.fault.is_none());
        ended.map(|((tenancy, run), _)| location(tenancy, run)).collect()
    }
}

fn location(tenancy: &Tenancy, run: &str) -> String {
    let Tenancy { tenant, environment } = tenancy;
    format!("s3://{environment}-tenant-backups/{tenant}/{run}")
}
