//! Worlds for the contract, and tenants for stories.

use async_trait::async_trait;
use landlord_core::contract::{Cannot, Trap, World};
use landlord_core::fakes::{BackupFault, Presence, Row, SimulatedCloud};
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, Check, Cloud, CloudError, Found, Subject, Verdict, Workload};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};

/// The simulated cloud as a world for the contract.
#[derive(Default)]
pub(crate) struct Simulated {
    pub(crate) cloud: SimulatedCloud,
}

#[async_trait]
impl World for Simulated {
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
        self.cloud.name(kind, subject)
    }

    async fn plant_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), Cannot> {
        let name = self.cloud.name(kind, subject);
        self.cloud.plant_foreign(kind, subject.tenancy.environment, &name, "its tags name another team");
        Ok(())
    }

    async fn clear_foreign(&self, kind: Kind, subject: &Subject) {
        self.cloud.vanish(kind, subject);
    }

    async fn set(&self, trap: Trap, subject: &Subject) -> Result<(), Cannot> {
        let Tenancy { tenant, environment } = &subject.tenancy;
        let host = format!("trap.{}", self.cloud.name(Kind::ListenerRule, subject));
        let other = format!("{tenant}-2").parse().unwrap();
        match trap {
            Trap::SecondRule => self.cloud.plant_rule(*environment, &host, &[tenant], None),
            Trap::StrangersRule => {
                self.cloud.plant_rule(*environment, &host, &[tenant], Some("its tags name another team"));
            }
            Trap::SharedRule => self.cloud.plant_rule(*environment, &host, &[tenant, &other], None),
            Trap::TaggedAccessPoint => self.cloud.plant_access_point(&subject.tenancy, "media"),
            Trap::NeighboursAccessPoint => {
                let name = Tenancy::new(other, *environment).name(Kind::AccessPoint);
                self.cloud.plant_access_point(&subject.tenancy, &name);
            }
            Trap::ScheduledSecret => assert!(self.cloud.schedule_secret(subject)),
            Trap::UserWithoutGrants => self.cloud.plant_user(&subject.tenancy, "10.0.%"),
        }
        Ok(())
    }

    async fn clear(&self, trap: Trap, subject: &Subject) {
        let Tenancy { tenant, environment } = &subject.tenancy;
        let host = format!("trap.{}", self.cloud.name(Kind::ListenerRule, subject));
        match trap {
            Trap::StrangersRule | Trap::SharedRule => drop(self.cloud.clear(Kind::ListenerRule, *environment, &host)),
            Trap::NeighboursAccessPoint => {
                self.cloud.clear(Kind::AccessPoint, *environment, &format!("{environment}-{tenant}-2-ap"));
            }
            Trap::SecondRule | Trap::TaggedAccessPoint | Trap::ScheduledSecret | Trap::UserWithoutGrants => {}
        }
    }

    async fn spoil_backups(&self, subject: &Subject, fault: Option<BackupFault>) -> Result<(), Cannot> {
        self.cloud.spoil_backups(&subject.tenancy, fault);
        Ok(())
    }

    async fn let_tasks_fail(&self, subject: &Subject, reason: Option<&str>) -> Result<(), Cannot> {
        self.cloud.hinder_tasks(&subject.tenancy, reason);
        Ok(())
    }

    /// Nothing to wait for: here time passes by looking.
    async fn settle(&self) {}
}

pub(crate) fn has_something(row: &Row) -> bool {
    row.cells.values().any(|presence| *presence != Presence::Absent)
}

/// A tenant in DEV whose host label is its id.
pub(crate) fn tenant(id: &str) -> Blueprint {
    let tenancy = Tenancy::new(id.parse().unwrap(), Environment::Dev);
    let subject = Subject { tenancy, subdomain: id.parse().unwrap() };
    Blueprint { subject, size: Size::DEFAULT, load_balancer: "dev-alb".into() }
}

pub(crate) async fn build(cloud: &SimulatedCloud, tenant: &Blueprint) {
    for kind in Kind::provisioning_order() {
        cloud.ensure(kind, tenant).await.unwrap();
    }
}

/// Looks until the service runs.
pub(crate) async fn run(cloud: &SimulatedCloud, tenant: &Blueprint) {
    for _ in 0..10 {
        if let Verdict::Passed(_) = cloud.check(Check::ServiceRunning, tenant).await.unwrap() {
            return;
        }
    }
    panic!("the service of {} does not start", tenant.subject.tenancy);
}

/// The checks that do not pass.
pub(crate) async fn failing(cloud: &SimulatedCloud, tenant: &Blueprint) -> Vec<Check> {
    let mut failing = Vec::new();
    for check in Check::ALL {
        if let Verdict::NotYet(_) = cloud.check(check, tenant).await.unwrap() {
            failing.push(check);
        }
    }
    failing
}

/// The text of a permanent error.
pub(crate) fn permanent<T: std::fmt::Debug>(answer: Result<T, CloudError>) -> String {
    match answer {
        Err(CloudError::Permanent(why)) => why,
        other => panic!("should fail for good: {other:?}"),
    }
}

/// The text of a transient error.
pub(crate) fn transient<T: std::fmt::Debug>(answer: Result<T, CloudError>) -> String {
    match answer {
        Err(CloudError::Transient(why)) => why,
        other => panic!("should fail for now: {other:?}"),
    }
}
