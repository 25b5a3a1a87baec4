//! Every operation of the catalogue wherever it can be asked for, under every mishap: a crash at every point of every course
//! that it can take, and two crashes in one life; a failure at each step, and at each step of a roll back.
//!
//! Nothing here is written for one command: what the catalogue says is what is tried, and the numbers of combinations are
//! checked against it, so that no harness can be empty unnoticed.
//!
//! `LANDLORD_CHAOS=all` tries every crash and not a share of them, `LANDLORD_CHAOS_SEED` draws another share,
//! `LANDLORD_CHAOS_REPORT` names a file for the numbers, and `LANDLORD_CUT` is the crash that the test `replay` repeats.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod aftermath;
mod courses;
mod crashes;
mod ending;
mod failures;
mod mishap;
mod people;
mod replay;
mod rollbacks;
mod share;
mod stage;
mod trial;

use landlord_core::plan::{Purpose, Scope};
use landlord_core::spec::{Catalogue, Command, Does, OperationSpec};
use landlord_core::tenant::Environment;

/// One operation where it can be asked for.
#[derive(Clone)]
pub(crate) struct Combination {
    pub(crate) command: Command,
    pub(crate) spec: OperationSpec,
    /// One environment, or, of a deletion, all that it may be asked for at once.
    pub(crate) scope: Scope,
}

impl Combination {
    /// Whether it takes away what cannot be brought back, so that nothing is rolled back.
    pub(crate) fn deletes(&self) -> bool {
        self.spec.purpose.deletes()
    }

    /// Whether what its run made can be taken back.
    pub(crate) fn unwinds(&self) -> bool {
        self.spec.purpose.unwinds()
    }

    /// Whether it takes itself back where what it makes does not come up.
    pub(crate) fn turns_back(&self) -> bool {
        turns_back(&self.spec)
    }
}

/// Whether a step of it takes back by itself what the run has made.
pub(crate) fn turns_back(spec: &OperationSpec) -> bool {
    spec.steps.iter().any(|step| step.ends_with("or turn back"))
}

/// The operations of the catalogue.
fn operations() -> Vec<(Command, OperationSpec)> {
    let catalogue = Catalogue::built_in().unwrap();
    let operations = catalogue.commands().iter().filter_map(|command| match &command.does {
        Does::Operation(spec) => Some((command.clone(), spec.clone())),
        Does::Answer(_) => None,
    });
    operations.collect()
}

/// Where an operation can be asked for: wherever it has a policy, and everywhere at once if it deletes.
fn scopes(spec: &OperationSpec) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = spec.policy.keys().copied().map(Scope::One).collect();
    match spec.purpose {
        Purpose::Delete => scopes.push(Scope::EVERYWHERE),
        Purpose::BulkDelete => scopes.push(Scope::NOT_PROD),
        _ => {}
    }
    scopes
}

/// Whether it can be asked for in several environments at once.
pub(crate) fn at_once(spec: &OperationSpec) -> bool {
    matches!(spec.purpose, Purpose::Delete | Purpose::BulkDelete)
}

/// All operations that can be asked for in an environment; in several at once where none is given.
pub(crate) fn combinations(environment: Option<Environment>) -> Vec<Combination> {
    let meant = |scope: &Scope| match (scope, environment) {
        (Scope::One(one), Some(environment)) => *one == environment,
        (Scope::One(_), None) | (Scope::Several(_), Some(_)) => false,
        (Scope::Several(_), None) => true,
    };
    let all: Vec<_> = operations()
        .into_iter()
        .flat_map(|(command, spec)| {
            let scopes = scopes(&spec).into_iter().filter(meant);
            let combination = |scope| Combination { command: command.clone(), spec: spec.clone(), scope };
            scopes.map(combination).collect::<Vec<_>>()
        })
        .collect();
    assert!(!all.is_empty(), "the catalogue has no operation");
    all
}

/// Those that can be rolled back.
pub(crate) fn revocable(environment: Option<Environment>) -> Vec<Combination> {
    let all: Vec<_> = combinations(environment).into_iter().filter(Combination::unwinds).collect();
    assert!(!all.is_empty(), "the catalogue has no operation that can be rolled back");
    all
}

#[test]
fn no_operation_of_the_catalogue_is_left_out() {
    let environments = Environment::ALL.into_iter().map(Some).chain([None]);
    let mut tried: Vec<String> = environments
        .flat_map(combinations)
        .map(|combination| format!("{} {}", combination.command.name, combination.scope.as_str()))
        .collect();
    let implied: usize = operations().iter().map(|(_, spec)| spec.policy.len() + usize::from(at_once(spec))).sum();
    assert_eq!(tried.len(), implied, "{tried:?}");
    tried.sort();
    tried.dedup();
    assert_eq!(tried.len(), implied, "none twice");
    assert!(implied >= 10, "three environments, and everywhere at once: {tried:?}");
}

/// Makes the harness a test for each environment, so that they run side by side.
#[macro_export]
macro_rules! in_every_environment {
    ($harness:ident) => {
        mod $harness {
            use landlord_core::tenant::Environment;

            #[tokio::test]
            async fn dev() {
                super::$harness(Some(Environment::Dev)).await;
            }
            #[tokio::test]
            async fn sit() {
                super::$harness(Some(Environment::Sit)).await;
            }
            #[tokio::test]
            async fn prod() {
                super::$harness(Some(Environment::Prod)).await;
            }
        }
    };
    ($harness:ident, and at once) => {
        $crate::in_every_environment!($harness);

        #[tokio::test]
        async fn everywhere_at_once() {
            $harness(None).await;
        }
    };
}
