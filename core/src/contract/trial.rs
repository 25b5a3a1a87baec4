//! One case on trial: its tenants, its patience, and the tidying up after it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use rand::Rng;

use super::{Cannot, Trap, World};
use crate::kind::Kind;
use crate::ports::{Blueprint, Check, Cloud, CloudError, Ensured, Found, Owner, Subject, Verdict};
use crate::size::Size;
use crate::tenant::{Environment, Tenancy};

/// Where the contract is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

impl Broken {
    pub(super) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// Breaks the case unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($why:tt)+) => {
        if !$condition {
            return Err($crate::contract::Broken(format!($($why)+)));
        }
    };
}
pub(super) use hold;

/// A case while it is being played.
pub struct Trial<'w> {
    world: &'w dyn World,
    /// Where it is played.
    pub environment: Environment,
    made: Mutex<Made>,
}

/// What has to be taken away or told after the case.
#[derive(Default)]
struct Made {
    tenants: Vec<Subject>,
    strangers: Vec<(Kind, Subject)>,
    traps: Vec<(Trap, Subject)>,
    skipped: Vec<String>,
}

impl<'w> Trial<'w> {
    pub(super) fn new(world: &'w dyn World, environment: Environment) -> Self {
        Self { world, environment, made: Mutex::default() }
    }

    pub(super) fn world(&self) -> &'w dyn World {
        self.world
    }

    pub(super) fn cloud(&self) -> &'w dyn Cloud {
        self.world.cloud()
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn skipped(&self) -> Vec<String> {
        self.made().skipped.clone()
    }

    /// A tenant that never was; its host label is its id.
    pub(super) fn tenant(&self) -> Result<Blueprint, Broken> {
        // Short enough that neighbours with longer names are tenants too.
        self.tenant_named(&format!("c{:010x}", rand::rng().random_range(0_u64..1 << 40)), self.environment)
    }

    /// The tenant of this id in an environment.
    pub(super) fn tenant_named(&self, id: &str, environment: Environment) -> Result<Blueprint, Broken> {
        let tenancy = Tenancy::new(id.parse().map_err(Broken::new)?, environment);
        let subject = Subject { tenancy, subdomain: id.parse().map_err(Broken::new)? };
        self.made().tenants.push(subject.clone());
        let load_balancer = self.world.load_balancer(environment);
        Ok(Blueprint { subject, size: Size::DEFAULT, load_balancer })
    }

    /// Puts somebody else's resource there, or notes that the world cannot.
    pub(super) async fn plant_foreign(&self, kind: Kind, subject: &Subject) -> bool {
        let planted = self.world.plant_foreign(kind, subject).await;
        let mut made = self.made();
        match &planted {
            Ok(()) => made.strangers.push((kind, subject.clone())),
            Err(Cannot(why)) => made.skipped.push(format!("{kind}: {why}")),
        }
        planted.is_ok()
    }

    /// Sets a trap, or notes that the world cannot.
    pub(super) async fn set(&self, trap: Trap, subject: &Subject) -> bool {
        let set = self.world.set(trap, subject).await;
        let mut made = self.made();
        made.traps.push((trap, subject.clone()));
        if let Err(Cannot(why)) = &set {
            made.skipped.push(format!("{trap:?}: {why}"));
        }
        set.is_ok()
    }

    /// Notes that a part of the case cannot be played.
    pub(super) fn skip(&self, Cannot(why): Cannot) {
        self.made().skipped.push(why);
    }

    /// Lets time pass until something is so, and breaks the case where it never is.
    pub(super) async fn until<'f>(
        &self,
        about: &str,
        is_so: impl Fn() -> BoxFuture<'f, Result<bool, Broken>> + Send,
    ) -> Result<(), Broken> {
        for _ in 0..=self.world.patience() {
            if is_so().await? {
                return Ok(());
            }
            self.world.settle().await;
        }
        Err(Broken(format!("{about}: never came")))
    }

    /// Asks until the answer is not transient, as the engine does.
    pub(super) async fn insist<'f, T>(
        &self,
        about: impl fmt::Display + Send,
        ask: impl Fn() -> BoxFuture<'f, Result<T, CloudError>> + Send,
    ) -> Result<T, Broken> {
        let mut last = None;
        for _ in 0..=self.world.patience() {
            match ask().await {
                Err(CloudError::Transient(why)) => last = Some(why),
                Err(error) => return Err(Broken(format!("{about}: {error}"))),
                Ok(answer) => return Ok(answer),
            }
            self.world.settle().await;
        }
        Err(Broken(format!("{about}: transient for ever: {}", last.unwrap_or_default())))
    }

    pub(super) async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, Broken> {
        self.insist(format!("find {kind}"), || self.cloud().find(kind, subject)).await
    }

    pub(super) async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, Broken> {
        self.insist(format!("ensure {kind}"), || self.cloud().ensure(kind, blueprint)).await
    }

    pub(super) async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, Broken> {
        self.insist(format!("remove {kind}"), || self.cloud().remove(kind, subject)).await
    }

    /// Creates all ten kinds in the order of provisioning.
    pub(super) async fn build(&self, blueprint: &Blueprint) -> Result<Vec<(Kind, Found)>, Broken> {
        let mut built = Vec::new();
        for kind in Kind::provisioning_order() {
            let (Ensured::Created(found) | Ensured::Existed(found)) = self.ensure(kind, blueprint).await?;
            built.push((kind, found));
        }
        Ok(built)
    }

    /// Removes all ten kinds in the order of deletion.
    pub(super) async fn demolish(&self, subject: &Subject) -> Result<(), Broken> {
        for kind in Kind::DELETION_ORDER {
            self.remove(kind, subject).await?;
        }
        Ok(())
    }

    /// All ten kinds stand, once each, and are the tenant's own.
    pub(super) async fn stands_whole(&self, subject: &Subject) -> Result<(), Broken> {
        for kind in Kind::DELETION_ORDER {
            let found = self.find(kind, subject).await?;
            let whole = found.len() == 1 && found[0].owner == Owner::Own;
            hold!(whole, "{kind} of {} should stand once and be its own: {found:?}", subject.tenancy);
        }
        Ok(())
    }

    /// All kinds but the rules stand, once each, and are the tenant's own.
    pub(super) async fn stands_but_for_rules(&self, subject: &Subject) -> Result<(), Broken> {
        for kind in Kind::DELETION_ORDER.into_iter().filter(|kind| *kind != Kind::ListenerRule) {
            let found = self.find(kind, subject).await?;
            let whole = found.len() == 1 && found[0].owner == Owner::Own;
            hold!(whole, "{kind} of {} should stand once and be its own: {found:?}", subject.tenancy);
        }
        Ok(())
    }

    /// None of the ten kinds stands.
    pub(super) async fn has_nothing(&self, subject: &Subject) -> Result<(), Broken> {
        for kind in Kind::DELETION_ORDER {
            let found = self.find(kind, subject).await?;
            hold!(found.is_empty(), "{kind} of {} should not be there: {found:?}", subject.tenancy);
        }
        Ok(())
    }

    /// Looks once at every check.
    pub(super) async fn checks(&self, blueprint: &Blueprint) -> Result<Vec<(Check, Verdict)>, Broken> {
        let mut verdicts = Vec::new();
        for check in Check::ALL {
            let ask = || self.cloud().check(check, blueprint);
            verdicts.push((check, self.insist(format!("{check:?}"), ask).await?));
        }
        Ok(verdicts)
    }

    /// Looks until exactly the other checks pass.
    pub(super) async fn all_pass_but(&self, failing: &[Check], blueprint: &Blueprint) -> Result<(), Broken> {
        let mut verdicts = Vec::new();
        for _ in 0..=self.world.patience() {
            verdicts = self.checks(blueprint).await?;
            if verdicts.iter().all(|(check, verdict)| passes(verdict) != failing.contains(check)) {
                return Ok(());
            }
            self.world.settle().await;
        }
        Err(Broken(format!("all but {failing:?} should pass: {verdicts:?}")))
    }

    /// Takes away all that the case made. What stays behind breaks the case too.
    pub(super) async fn tidy(&self) -> Result<(), Broken> {
        let (tenants, strangers, traps) = {
            let mut made = self.made();
            let Made { tenants, strangers, traps, .. } = &mut *made;
            (std::mem::take(tenants), std::mem::take(strangers), std::mem::take(traps))
        };
        for (trap, subject) in &traps {
            self.world.clear(*trap, subject).await;
        }
        for (kind, subject) in &strangers {
            self.world.clear_foreign(*kind, subject).await;
        }
        for subject in &tenants {
            self.demolish(subject).await.map_err(|Broken(why)| Broken(format!("tidying up after the case: {why}")))?;
        }
        Ok(())
    }
}

pub(super) fn passes(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Passed(_))
}
