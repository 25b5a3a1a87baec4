//! One round: one operation, whose process is killed at instants that the seed names.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::timeout;

use super::shape::Shape;
use super::tally::Tally;
use super::work::Work;
use crate::world::{Life, Request, Setting, Tenant, World};

/// How long a process may live before it is killed, in milliseconds: up to what an operation takes undisturbed.
const LIVES: std::ops::Range<u64> = 0..4_000;

/// How long a person may have waited for the answer when the process is killed, in milliseconds.
const ANSWER: std::ops::Range<u64> = 0..300;

/// How often a held operation is tried again before it counts as lost.
const RETRIES: usize = 5;

/// What a seed means.
#[derive(Debug)]
struct Plan {
    work: Work,
    postgres: bool,
    /// Whether the approver votes while there is no process.
    away: bool,
    /// How long after the command was sent the process is killed, where it is killed so early.
    asked: Option<Duration>,
    /// The lengths of the process's lives before each kill after that, the last first.
    cuts: Vec<Duration>,
}

impl Plan {
    fn of(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let work = Work::ALL[usize::try_from(seed % 5).expect("small")];
        let count = rng.random_range(1..=5);
        let cuts = std::iter::repeat_with(|| Duration::from_millis(rng.random_range(LIVES))).take(count).collect();
        let asked = rng.random_bool(0.3).then(|| Duration::from_millis(rng.random_range(ANSWER)));
        Self { work, postgres: rng.random_bool(0.25), away: rng.random_bool(0.5), asked, cuts }
    }
}

/// One operation and all that happens to it.
struct Round<'w> {
    world: &'w World,
    plan: Plan,
    tally: Tally,
}

/// Plays the round of a seed. `standard` answers what an uninterrupted provisioning leaves in DEV and in SIT.
pub(super) async fn play(seed: u64, standard: impl AsyncFn(Work) -> &'static Shape) -> Tally {
    let plan = Plan::of(seed);
    eprintln!("LANDLORD_SEED={seed} {plan:?}");
    let setting = Setting { life: Life::Process, postgres: plan.postgres, ..Setting::default() };
    let world = World::with(setting).await;
    let tenants = plan.work.tenants(&world).await;
    let mut round = Round { world: &world, plan, tally: Tally::default() };
    let request = round.asks(&tenants).await;
    round.runs(&request).await;
    round.stands(&request, &tenants, standard).await;
    let tally = round.tally;
    world.end().await;
    tally
}

impl<'w> Round<'w> {
    /// Asks until the operation is filed: who is not answered looks, and asks again where nothing was filed.
    async fn asks(&mut self, tenants: &[Tenant]) -> Request<'w> {
        let (world, work) = (self.world, self.plan.work);
        let patience = self.plan.asked.take();
        let Some(patience) = patience else { return work.asked(world, tenants).await };
        if let Ok(request) = timeout(patience, work.asked(world, tenants)).await {
            return request;
        }
        self.kills().await;
        world.bot_works().await;
        let rows = world.operations().await;
        // Those who stood before have an operation each, which was cancelled.
        match rows.iter().find(|row| row["state"] != "cancelled") {
            Some(row) => Request::unanswered(world, row["id"].as_str().expect("an id")),
            None => work.asked(world, tenants).await,
        }
    }

    /// Kills the process and starts another, which is not waited for.
    async fn kills(&mut self) {
        self.world.bot_dies().await;
        self.tally.cuts += 1;
        self.world.bot_is_spawned().await;
    }

    /// From the card to the end, with all kills; what holds is tried again by its button.
    async fn runs(&mut self, request: &Request<'_>) {
        if let Some(approver) = self.plan.work.approver() {
            // A card comes much sooner than the end.
            let place = self.interrupted(8, async || request.place().await).await;
            if self.plan.away {
                self.world.bot_dies().await;
                self.tally.cuts += 1;
                self.world.member(approver).reacts_at(&place, "✅").await;
                self.world.bot_is_spawned().await;
            } else {
                self.world.member(approver).reacts_at(&place, "✅").await;
            }
        }
        self.tally.operations += 1;
        for _ in 0..=RETRIES {
            if self.interrupted(1, async || succeeds_or_holds(self.world, request).await).await {
                return;
            }
            self.tally.held += 1;
            eprintln!("{} held: {}", request.id(), request.operation().await["diagnosis"]);
            request.holds().await;
            self.world.bot_works().await;
            self.world.member("operator").presses(request, "Retry").await;
        }
        self.tally.lost += 1;
    }

    /// What comes of something that the process is killed in the middle of, at each instant that is left; it is begun anew with
    /// each life. Lives are so many times shorter than planned.
    async fn interrupted<T>(&mut self, shorter: u32, what: impl AsyncFn() -> T) -> T {
        while let Some(life) = self.plan.cuts.pop() {
            if let Ok(done) = timeout(life / shorter, what()).await {
                return done;
            }
            self.kills().await;
        }
        what().await
    }

    /// Compares what is left with what an uninterrupted operation leaves.
    async fn stands(
        &mut self,
        request: &Request<'_>,
        tenants: &[Tenant],
        standard: impl AsyncFn(Work) -> &'static Shape,
    ) {
        let work = self.plan.work;
        request.succeeds().await;
        request.stands_once().await;
        let filed_before = if work == Work::Provision { 0 } else { tenants.len() };
        self.tally.doubled += self.world.operations().await.len() - filed_before - 1;
        for tenant in tenants {
            let dump = self.world.services.dump_of(tenant).await;
            let shape = Shape::of(&dump, tenant, work.environment().as_str());
            self.tally.doubled += shape.doubled();
            if work.makes() {
                let difference = shape.difference(standard(work).await);
                assert!(difference.is_empty(), "what stands is not what stands undisturbed:\n{difference}");
            } else {
                let kept = usize::from(work == Work::Delete);
                assert_eq!(shape.kinds(), kept, "nothing is left but a backup where one was asked for: {shape:?}");
                let backups = self.world.services.tasks_about(&tenant.id).await.len();
                assert!(backups >= kept, "there is no backup");
                self.tally.doubled += backups - kept;
            }
            match self.world.services.mails(&tenant.email()).await.len() {
                0 => self.tally.lost += 1,
                mails => self.tally.mails_twice += mails - 1,
            }
        }
        let verdict = self.world.audits("verify").await;
        assert!(verdict.starts_with("intact"), "{verdict}");
    }
}

/// Waits until the operation has succeeded, or holds; answers whether it has succeeded.
async fn succeeds_or_holds(world: &World, request: &Request<'_>) -> bool {
    let look = async || {
        let operation = request.operation().await;
        match operation["state"].as_str() {
            Some("succeeded") => Ok(true),
            Some("holding") => Ok(false),
            _ => Err(operation["state"].to_string()),
        }
    };
    world.until(&format!("{} to succeed or to hold", request.id()), look).await
}
