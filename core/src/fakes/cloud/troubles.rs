//! What is wrong with everybody in an environment until it is taken back, for whoever tries how deletions go wrong.

use serde::{Deserialize, Serialize};

use super::world::World;
use super::{BackupFault, SimulatedCloud};
use crate::tenant::{Environment, Tenancy};

/// A trouble of all tenants of an environment. As JSON: `{"environment":"dev","trouble":"stuck-tasks"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// Where.
    pub environment: Environment,
    /// What.
    pub trouble: Ailment,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ailment {
    /// Tasks never drain, so that only force removes a service (playbook 3.2).
    StuckTasks,
    /// The task of a backup ends with exit code 1.
    FailingBackup,
    /// A backup leaves an object of 0 bytes.
    EmptyBackup,
}

impl SimulatedCloud {
    /// From now on there is this trouble.
    pub fn trouble(&self, trouble: Trouble) {
        self.change(|world| world.troubles.insert(trouble));
    }

    /// Takes all troubles back.
    pub fn clear_troubles(&self) {
        self.change(|world| world.troubles.clear());
    }

    /// The troubles that there are.
    pub fn troubles(&self) -> Vec<Trouble> {
        self.world().troubles.iter().copied().collect()
    }
}

impl World {
    fn ails(&self, environment: Environment, trouble: Ailment) -> bool {
        self.troubles.contains(&Trouble { environment, trouble })
    }

    /// Whether the tenant's tasks never drain.
    pub(super) fn is_stuck(&self, tenancy: &Tenancy) -> bool {
        self.undrained.contains(tenancy) || self.ails(tenancy.environment, Ailment::StuckTasks)
    }

    /// How a backup goes wrong that is started now.
    pub(super) fn backup_fault(&self, tenancy: &Tenancy) -> Option<BackupFault> {
        let everybodys = [(Ailment::FailingBackup, BackupFault::Fails), (Ailment::EmptyBackup, BackupFault::Empty)];
        let own = self.backups.faults.get(tenancy).copied();
        own.or_else(|| {
            everybodys.into_iter().find(|(ailment, _)| self.ails(tenancy.environment, *ailment)).map(|(_, fault)| fault)
        })
    }
}
