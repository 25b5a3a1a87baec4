//! The real adapters as a world for the contract.

use std::collections::BTreeMap;

use async_trait::async_trait;
use landlord::cloud::RealCloud;
use landlord_core::contract::{Cannot, Trap, World};
use landlord_core::fakes::BackupFault;
use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud, Found, Subject, Workload};
use landlord_core::tenant::Environment;
use serde_json::json;

use crate::services::{Services, fault, no_fault};
use crate::strangers::Strangers;
use crate::until::another_look;

/// AWS and MySQL behind `dev/services`.
pub(crate) struct Real {
    pub(crate) cloud: RealCloud,
    strangers: BTreeMap<Environment, Strangers>,
}

impl Real {
    pub(crate) async fn open(services: &Services) -> Self {
        let mut sections = services.environments.clone();
        // SIT says only what it must; the rest is found from AWS.
        if let Some(sit) = sections.get_mut(&Environment::Sit) {
            (sit.zone, sit.execution_role, sit.task_role) = (None, None, None);
            (sit.subnets, sit.security_groups) = (Vec::new(), Vec::new());
        }
        let (cloud, _) = RealCloud::open(&sections).await.expect("valid sections");
        let mut strangers = BTreeMap::new();
        for (environment, config) in &services.environments {
            strangers.insert(*environment, Strangers::of(*environment, config).await);
        }
        Self { cloud, strangers }
    }
}

#[async_trait]
impl World for Real {
    fn cloud(&self) -> &dyn Cloud {
        &self.cloud
    }

    fn workload(&self) -> &dyn Workload {
        &self.cloud
    }

    fn load_balancer(&self, environment: Environment) -> String {
        format!("{environment}-alb")
    }

    fn listed_as(&self, kind: Kind, subject: &Subject, _found: &Found) -> String {
        subject.tenancy.name(kind)
    }

    async fn plant_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), Cannot> {
        self.strangers[&subject.tenancy.environment].plant(kind, subject).await
    }

    async fn clear_foreign(&self, kind: Kind, subject: &Subject) {
        self.strangers[&subject.tenancy.environment].clear(kind, subject).await;
    }

    async fn set(&self, trap: Trap, subject: &Subject) -> Result<(), Cannot> {
        self.strangers[&subject.tenancy.environment].set(trap, subject).await;
        Ok(())
    }

    async fn clear(&self, trap: Trap, subject: &Subject) {
        self.strangers[&subject.tenancy.environment].unset(trap, subject).await;
    }

    async fn spoil_backups(&self, subject: &Subject, wanted: Option<BackupFault>) -> Result<(), Cannot> {
        let tenant = subject.tenancy.tenant.as_str();
        for (kind, name) in [
            (BackupFault::Fails, "backup-fails"),
            (BackupFault::Hangs, "backup-hangs"),
            (BackupFault::Empty, "backup-empty"),
            (BackupFault::NoObject, "backup-no-object"),
        ] {
            if wanted == Some(kind) {
                fault(name, json!({"tenant": tenant})).await;
            } else {
                no_fault(name, tenant).await;
            }
        }
        Ok(())
    }

    async fn let_tasks_fail(&self, subject: &Subject, reason: Option<&str>) -> Result<(), Cannot> {
        let tenant = subject.tenancy.tenant.as_str();
        match reason {
            Some(reason) => {
                fault("task-trouble", json!({"tenant": tenant, "why": "image-unknown", "reason": reason})).await;
            }
            None => no_fault("task-trouble", tenant).await,
        }
        Ok(())
    }

    /// Nothing tells when a task has come up but another look.
    async fn settle(&self) {
        another_look().await;
    }

    fn patience(&self) -> u32 {
        400
    }
}
