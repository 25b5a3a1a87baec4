//! One active process at a time on PostgreSQL, and what the others may not do.

use std::sync::Arc;

use landlord::cloud::{Fence, Fenced};
use landlord::gate::Gate;
use landlord::store::{Candidate, Lease, SqlStore};
use landlord_core::fakes::{SimulatedCloud, Verb};
use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud, CloudError, Subject};
use landlord_core::tenant::{Environment, Tenancy};
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};
use tokio::runtime::{Builder, Runtime};

use crate::postgres::schema;

/// A process of its own, as far as a lease can tell: it stands still as long as nobody lets it run.
struct Process(Runtime);

impl Process {
    fn new() -> Self {
        Self(Builder::new_current_thread().enable_all().build().unwrap())
    }

    fn elected(&self, url: &str) -> Lease {
        self.0.block_on(async { Candidate::of(url).await.unwrap().elected().await })
    }
}

#[tokio::test]
async fn one_at_a_time_and_the_next_when_the_first_lets_go() {
    let (url, _schema) = schema().await;
    let first = Candidate::of(&url).await.unwrap().elected().await;
    let mut next = Candidate::of(&url).await.unwrap();
    assert!(first.gate().is_open());
    let waiting = tokio::spawn(async move { next.elected().await });
    let (other, _other_schema) = schema().await;
    let elsewhere = Candidate::of(&other).await.unwrap().elected().await;
    assert!(!waiting.is_finished(), "another log has a lease of its own");
    elsewhere.release().await;
    let gate = first.gate();
    first.release().await;
    assert!(!gate.is_open());
    let second = waiting.await.unwrap();
    assert!(second.gate().is_open());
    second.release().await;
}

#[tokio::test]
async fn who_loses_the_connection_knows_and_may_do_nothing() {
    let (url, _schema) = schema().await;
    let mut candidate = Candidate::of(&url).await.unwrap();
    let lease = candidate.elected().await;
    let pool = AnyPool::connect(&url).await.unwrap();
    let holder = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND \
                  (classid::bigint << 32 | objid::bigint) = \
                  hashtextextended('landlord ' || current_schema(), 0)";
    assert_eq!(pool.execute(AssertSqlSafe(holder)).await.unwrap().rows_affected(), 1);
    lease.lost().await;
    assert!(!lease.gate().is_open());
    let again = candidate.elected().await;
    assert!(again.gate().is_open() && !lease.gate().is_open(), "each lease has a gate of its own");
    again.release().await;
    pool.close().await;
}

#[test]
fn who_stands_still_has_lost_it_before_another_has_it() {
    let setting = Runtime::new().unwrap();
    let (url, _schema) = setting.block_on(schema());
    let (stalled, rival) = (Process::new(), Process::new());
    let lease = stalled.elected(&url);
    assert!(lease.gate().is_open());
    // From here on nothing of the first process runs; the server ends its connection.
    let taken = rival.elected(&url);
    assert!(!lease.gate().is_open(), "it is woken now, and its first request would be refused");
    assert!(taken.gate().is_open());
    stalled.0.block_on(lease.lost());
    rival.0.block_on(taken.release());
}

#[tokio::test]
async fn a_file_has_no_rivals() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("landlord.db").display());
    let mut candidate = Candidate::of(&url).await.unwrap();
    assert!(!candidate.has_rivals());
    let lease = candidate.elected().await;
    assert!(lease.gate().is_open());
    lease.release().await;
}

#[tokio::test]
async fn whoever_was_taken_over_looks_and_changes_nothing() {
    let (url, _schema) = schema().await;
    let store = Arc::new(SqlStore::open(&url).await.unwrap());
    store.claim().await.unwrap();
    let simulated = SimulatedCloud::default();
    let fence = Fence { gate: Gate::open(), store };
    let cloud = Fenced { port: Arc::new(simulated.clone()), fence };
    let subject = Subject {
        tenancy: Tenancy::new("golden".parse().unwrap(), Environment::Dev),
        subdomain: "golden".parse().unwrap(),
    };
    cloud.remove(Kind::Secret, &subject).await.unwrap();

    let rival = SqlStore::open(&url).await.unwrap();
    rival.claim().await.unwrap();
    assert_eq!(cloud.find(Kind::Secret, &subject).await.unwrap(), [], "a look is no change");
    let refused = cloud.remove(Kind::Secret, &subject).await;
    assert!(
        matches!(&refused, Err(CloudError::Transient(why)) if why.contains("no longer the active one")),
        "{refused:?}"
    );
    let removals = simulated.journal().into_iter().filter(|call| call.verb == Verb::Remove).count();
    assert_eq!(removals, 1, "the second never reached the cloud");
}
