//! The contract notices an implementation that drifts: each way of being wrong breaks the case that is about it.

use async_trait::async_trait;
use landlord_core::contract::{self, Cannot, Trap, World};
use landlord_core::fakes::BackupFault;
use landlord_core::kind::Kind;
use landlord_core::ports::{
    Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Owner, Room, Subject, Verdict, Workload,
};
use landlord_core::tenant::{Environment, Tenancy};

use crate::worlds::Simulated;

/// A way of being wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drift {
    SaysWrongAccount,
    FindsByPrefix,
    RemovesByPrefix,
    CreatesTwice,
    TellsNothingOfRemovals,
    AdoptsStrangers,
    RemovesStrangers,
    KeepsGroupsInUse,
    CreatesWithoutNeeds,
    NeverEndsPages,
    LosesASecondPage,
    PassesEverything,
    PassesNothing,
    CallsEveryHostFree,
    NeverRunsOutOfRoom,
}

#[derive(Debug)]
struct Drifted<'w> {
    right: &'w dyn Cloud,
    drift: Drift,
}

/// The tenant whose name begins with the subject's.
fn neighbour(subject: &Subject) -> Option<Subject> {
    let label = format!("{}-2", subject.tenancy.tenant);
    let tenancy = Tenancy::new(label.parse().ok()?, subject.tenancy.environment);
    Some(Subject { tenancy, subdomain: label.parse().ok()? })
}

#[async_trait]
impl Cloud for Drifted<'_> {
    async fn account(&self, environment: Environment) -> Result<String, CloudError> {
        match self.drift {
            Drift::SaysWrongAccount => Ok("None".into()),
            _ => self.right.account(environment).await,
        }
    }

    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let mut found = self.right.find(kind, subject).await?;
        if let (Drift::FindsByPrefix, Some(neighbour)) = (self.drift, neighbour(subject)) {
            found.extend(self.right.find(kind, &neighbour).await?);
        }
        Ok(found)
    }

    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let found = || Found { id: "by another name".into(), owner: Owner::Own };
        match (self.right.ensure(kind, blueprint).await, self.drift) {
            (Err(CloudError::Foreign { .. }), Drift::AdoptsStrangers) => Ok(Ensured::Existed(found())),
            (Ok(Ensured::Existed(_)), Drift::CreatesTwice)
            | (Err(CloudError::Permanent(_)), Drift::CreatesWithoutNeeds) => Ok(Ensured::Created(found())),
            (ensured, _) => ensured,
        }
    }

    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        if let (Drift::RemovesByPrefix, Some(neighbour)) = (self.drift, neighbour(subject)) {
            self.right.remove(kind, &neighbour).await?;
        }
        if self.drift == Drift::KeepsGroupsInUse && kind == Kind::TargetGroup {
            let rules = self.right.find(Kind::ListenerRule, subject).await?;
            if !rules.is_empty() {
                return Err(CloudError::Permanent("Target group is in use by a listener rule".into()));
            }
        }
        match (self.right.remove(kind, subject).await, self.drift) {
            (Ok(_), Drift::TellsNothingOfRemovals) | (Err(CloudError::Foreign { .. }), Drift::RemovesStrangers) => {
                Ok(vec![])
            }
            (removed, _) => removed,
        }
    }

    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        self.right.retain_logs(subject, days).await
    }

    fn lists(&self, kind: Kind, environment: Environment) -> bool {
        self.right.lists(kind, environment)
    }

    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError> {
        let page = self.right.inventory(kind, environment, page).await?;
        Ok(match self.drift {
            Drift::NeverEndsPages => InventoryPage { next: Some("again".into()), ..page },
            Drift::LosesASecondPage => InventoryPage { next: None, ..page },
            _ => page,
        })
    }

    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError> {
        match self.drift {
            Drift::PassesEverything => Ok(Verdict::Passed("surely".into())),
            Drift::PassesNothing => Ok(Verdict::NotYet("never".into())),
            _ => self.right.check(check, blueprint).await,
        }
    }

    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        match self.drift {
            Drift::CallsEveryHostFree => Ok(None),
            _ => self.right.host_taken(subject).await,
        }
    }

    async fn placed(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        self.right.placed(subject).await
    }

    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError> {
        let mut rooms = self.right.room(environment).await?;
        if self.drift == Drift::NeverRunsOutOfRoom {
            for room in &mut rooms {
                room.free = 100;
            }
        }
        Ok(rooms)
    }

    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        self.right.evidence(kind, subject).await
    }
}

/// The simulated world with a drifted cloud before it.
struct DriftedWorld<'w> {
    right: &'w Simulated,
    drifted: Drifted<'w>,
}

#[async_trait]
impl World for DriftedWorld<'_> {
    fn cloud(&self) -> &dyn Cloud {
        &self.drifted
    }

    fn workload(&self) -> &dyn Workload {
        &self.right.cloud
    }

    fn environments(&self) -> Vec<Environment> {
        vec![Environment::Dev]
    }

    fn load_balancer(&self, environment: Environment) -> String {
        self.right.load_balancer(environment)
    }

    fn listed_as(&self, kind: Kind, subject: &Subject, found: &Found) -> String {
        self.right.listed_as(kind, subject, found)
    }

    async fn plant_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), Cannot> {
        self.right.plant_foreign(kind, subject).await
    }

    async fn clear_foreign(&self, kind: Kind, subject: &Subject) {
        self.right.clear_foreign(kind, subject).await;
    }

    async fn set(&self, trap: Trap, subject: &Subject) -> Result<(), Cannot> {
        self.right.set(trap, subject).await
    }

    async fn clear(&self, trap: Trap, subject: &Subject) {
        self.right.clear(trap, subject).await;
    }

    async fn spoil_backups(&self, subject: &Subject, fault: Option<BackupFault>) -> Result<(), Cannot> {
        self.right.spoil_backups(subject, fault).await
    }

    async fn let_tasks_fail(&self, subject: &Subject, reason: Option<&str>) -> Result<(), Cannot> {
        self.right.let_tasks_fail(subject, reason).await
    }

    async fn settle(&self) {}
}

#[tokio::test]
async fn each_way_of_being_wrong_breaks_the_case_that_is_about_it() {
    let prefixes = "dev: what goes leaves tenants whose names begin alike as they were";
    let similar = "dev: tenants with similar names are neither found nor touched";
    let once = "dev: each kind is created once, found, and removed once";
    let strangers = "dev: somebody else's is neither adopted nor removed";
    let inventory = "dev: the inventory lists what stands, once, and its pages end";
    for (drift, case) in [
        (Drift::SaysWrongAccount, "dev: an account is twelve digits"),
        (Drift::FindsByPrefix, similar),
        (Drift::RemovesByPrefix, similar),
        (Drift::CreatesTwice, once),
        (Drift::CreatesTwice, "dev: a half-built tenant is completed"),
        (Drift::TellsNothingOfRemovals, once),
        (Drift::AdoptsStrangers, strangers),
        (Drift::AdoptsStrangers, "dev: a database user made with another secret is not taken over"),
        (Drift::RemovesStrangers, strangers),
        (Drift::KeepsGroupsInUse, "dev: a target group takes the tenant's own rules with it"),
        (Drift::RemovesStrangers, "dev: a target group that somebody else's rule leads to stays with all its rules"),
        (Drift::RemovesStrangers, "dev: all rules of a target group go, and none that it shares"),
        (Drift::RemovesStrangers, "dev: an access point that may be another tenant's stays"),
        (Drift::RemovesByPrefix, prefixes),
        (Drift::CreatesWithoutNeeds, "dev: what needs another kind is refused before that stands"),
        (Drift::CreatesWithoutNeeds, "dev: a rule on an unknown load balancer is refused"),
        (Drift::NeverEndsPages, inventory),
        (Drift::LosesASecondPage, inventory),
        (Drift::PassesEverything, "dev: no check passes before anything stands"),
        (Drift::PassesEverything, "dev: without the service, exactly the checks of its tasks fail"),
        (Drift::PassesNothing, "dev: every check passes once all ten kinds stand"),
        (Drift::CallsEveryHostFree, "dev: a host name is free, then the tenant's own, and taken for others"),
        (Drift::NeverRunsOutOfRoom, "dev: room falls by one with a tenant and comes back"),
    ] {
        let right = Simulated::default();
        let world = DriftedWorld { right: &right, drifted: Drifted { right: &right.cloud, drift } };
        let report = contract::run(&world).await;
        assert!(report.broken().contains(&case), "{drift:?} went unnoticed:\n{report}");
    }
}

/// A world that has no hands to plant with and plays no checks.
struct Handless(Simulated);

#[async_trait]
impl World for Handless {
    fn cloud(&self) -> &dyn Cloud {
        &self.0.cloud
    }

    fn workload(&self) -> &dyn Workload {
        &self.0.cloud
    }

    fn environments(&self) -> Vec<Environment> {
        vec![Environment::Sit]
    }

    fn load_balancer(&self, environment: Environment) -> String {
        self.0.load_balancer(environment)
    }

    fn listed_as(&self, kind: Kind, subject: &Subject, found: &Found) -> String {
        self.0.listed_as(kind, subject, found)
    }

    async fn plant_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), Cannot> {
        match kind {
            Kind::Database => Err(Cannot("a database carries no owner".into())),
            _ => self.0.plant_foreign(kind, subject).await,
        }
    }

    async fn clear_foreign(&self, kind: Kind, subject: &Subject) {
        self.0.clear_foreign(kind, subject).await;
    }

    async fn set(&self, trap: Trap, subject: &Subject) -> Result<(), Cannot> {
        self.0.set(trap, subject).await
    }

    async fn clear(&self, trap: Trap, subject: &Subject) {
        self.0.clear(trap, subject).await;
    }

    async fn spoil_backups(&self, subject: &Subject, fault: Option<BackupFault>) -> Result<(), Cannot> {
        self.0.spoil_backups(subject, fault).await
    }

    async fn let_tasks_fail(&self, subject: &Subject, reason: Option<&str>) -> Result<(), Cannot> {
        self.0.let_tasks_fail(subject, reason).await
    }

    async fn settle(&self) {}

    fn cannot(&self, case: &str) -> Option<Cannot> {
        (case == "every check passes once all ten kinds stand").then(|| Cannot("nothing runs tasks here".into()))
    }
}

#[tokio::test]
async fn what_a_world_cannot_play_is_told_by_name_and_reason() {
    let report = contract::run(&Handless(Simulated::default())).await;
    assert!(report.held(), "{report}");
    assert_eq!(
        report.skipped(),
        ["sit: somebody else's is neither adopted nor removed", "sit: every check passes once all ten kinds stand"]
    );
    let told = report.to_string();
    assert!(told.contains("database: a database carries no owner"), "{told}");
    assert!(told.contains("nothing runs tasks here"), "{told}");
}
