//! Every operation of the catalogue in every environment, under every mishap: each step run twice, a crash at every point,
//! a failure at each step, a roll back interrupted at every point.
//!
//! Nothing here is written for one command: what the catalogue says is what is tried, and the numbers of combinations are
//! checked against it, so that no harness can be empty unnoticed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crashes;
mod failures;
mod mishap;
mod rollbacks;
mod stage;

use landlord_core::plan::Purpose;
use landlord_core::spec::{Catalogue, Command, Does, OperationSpec};
use landlord_core::tenant::Environment;

/// One operation in one environment.
pub(crate) struct Combination {
    pub(crate) command: Command,
    pub(crate) spec: OperationSpec,
    pub(crate) environment: Environment,
}

/// All operations of the catalogue in an environment.
pub(crate) fn combinations(environment: Environment) -> Vec<Combination> {
    let catalogue = Catalogue::built_in().unwrap();
    let operations = catalogue.commands().iter().filter_map(|command| match &command.does {
        // A new purpose needs a stage of its own.
        Does::Operation(spec) if spec.purpose != Purpose::Provision => None,
        Does::Operation(spec) => Some(Combination { command: command.clone(), spec: spec.clone(), environment }),
        Does::Answer(_) => None,
    });
    let all: Vec<_> = operations.collect();
    assert!(!all.is_empty(), "the catalogue has no operation");
    all
}

/// Makes the harness a test for each environment, so that they run side by side.
#[macro_export]
macro_rules! in_every_environment {
    ($harness:ident) => {
        mod $harness {
            use landlord_core::tenant::Environment;

            #[tokio::test]
            async fn dev() {
                super::$harness(Environment::Dev).await;
            }
            #[tokio::test]
            async fn sit() {
                super::$harness(Environment::Sit).await;
            }
            #[tokio::test]
            async fn prod() {
                super::$harness(Environment::Prod).await;
            }
        }
    };
}
