//! The contracts of the ports. Here that of the [`Cloud`] port, as cases that every implementation must pass.
//!
//! The simulated cloud and the real adapters run the same cases, so that neither can drift from the other. Cases assert
//! behaviour that a step relies on, never words, timing or ids of one implementation.
//! Architecture invariant: a case that a world cannot play is reported as skipped, with the reason; none is left out
//! silently.

mod checks;
mod environments;
pub mod gauges;
mod kinds;
mod neighbours;
mod removal;
mod report;
mod revisions;
pub mod store;
mod strangers;
mod symptoms;
mod traffic;
mod trial;
mod workload;

use async_trait::async_trait;
use futures::future::BoxFuture;

pub use report::{Report, Result as CaseResult};
pub use trial::{Broken, Trial};

use crate::fakes::BackupFault;
use crate::kind::Kind;
use crate::ports::{Cloud, Found, Subject, Workload};
use crate::tenant::Environment;

/// A place where the contract can be tried: a cloud and the hands that tests need beside it.
///
/// Cases use tenants of their own, with random ids, and take away what they made; a world may hold other things and may be
/// used again.
#[async_trait]
pub trait World: Send + Sync {
    /// The implementation on trial.
    fn cloud(&self) -> &dyn Cloud;

    /// The same, where it works on services.
    fn workload(&self) -> &dyn Workload;

    /// Where to try it.
    fn environments(&self) -> Vec<Environment> {
        Environment::ALL.to_vec()
    }

    /// A load balancer of the environment with room for a handful of tenants.
    fn load_balancer(&self, environment: Environment) -> String;

    /// What the inventory calls a resource that `find` found for the subject.
    fn listed_as(&self, kind: Kind, subject: &Subject, found: &Found) -> String;

    /// Puts somebody else's resource where the subject's would stand.
    async fn plant_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), Cannot>;

    /// Takes away what [`World::plant_foreign`] put there.
    async fn clear_foreign(&self, kind: Kind, subject: &Subject);

    /// Sets a trap. What it needs of the subject's stands.
    async fn set(&self, trap: Trap, subject: &Subject) -> Result<(), Cannot>;

    /// Takes away what is left of a trap and is not the subject's own.
    async fn clear(&self, trap: Trap, subject: &Subject);

    /// Lets the subject's backups go wrong from now on, or go well again.
    async fn spoil_backups(&self, subject: &Subject, fault: Option<BackupFault>) -> Result<(), Cannot>;

    /// Lets the subject's tasks stop with this reason before they run, or start again.
    async fn let_tasks_fail(&self, _subject: &Subject, _reason: Option<&str>) -> Result<(), Cannot> {
        Err(Cannot("tasks cannot be made to fail here".to_owned()))
    }

    /// Lets enough time pass that another look is worth it.
    async fn settle(&self);

    /// How many times to settle before something counts as not coming.
    fn patience(&self) -> u32 {
        50
    }

    /// Why the world cannot play the case of this name at all.
    fn cannot(&self, _case: &str) -> Option<Cannot> {
        None
    }
}

/// What a removal may trip over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    /// The tenant's own rule for another host name, which leads to its target group too.
    SecondRule,
    /// Somebody else's rule that leads to the tenant's target group.
    StrangersRule,
    /// A rule that leads to the tenant's target group and to another one.
    SharedRule,
    /// An access point of another name that bears the tenant's tag.
    TaggedAccessPoint,
    /// One that bears the tenant's tag, and a name that would be another tenant's.
    NeighboursAccessPoint,
    /// The tenant's secret is scheduled for deletion.
    ScheduledSecret,
    /// The tenant's database user from another host, which holds nothing.
    UserWithoutGrants,
}

/// Why a world cannot do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cannot(pub String);

/// One case, played in one environment.
#[derive(Clone, Copy)]
pub struct Case {
    /// What holds, as a sentence.
    pub name: &'static str,
    play: for<'t> fn(&'t Trial<'t>) -> BoxFuture<'t, Result<(), Broken>>,
}

/// Names a case and boxes its future.
macro_rules! case {
    ($name:literal, $play:path) => {
        Case { name: $name, play: |trial| Box::pin($play(trial)) }
    };
}

/// All cases.
pub const CASES: &[Case] = &[
    case!("an account is twelve digits", environments::account_is_twelve_digits),
    case!("of a tenant that has nothing, nothing is found and nothing is removed", kinds::nothing_of_nothing),
    case!("each kind is created once, found, and removed once", kinds::each_is_created_found_and_removed_once),
    case!("two at once make one", kinds::two_at_once_make_one),
    case!("what needs another kind is refused before that stands", kinds::refused_before_what_it_needs),
    case!("a rule on an unknown load balancer is refused", kinds::unknown_load_balancer_is_refused),
    case!("a half-built tenant is completed", kinds::half_built_is_completed),
    case!("somebody else's is neither adopted nor removed", strangers::neither_adopted_nor_removed),
    case!("a database user made with another secret is not taken over", strangers::user_of_another_secret),
    case!("tenants with similar names are neither found nor touched", neighbours::similar_names_are_safe),
    case!("environments do not see each other", neighbours::environments_are_apart),
    case!("the inventory lists what stands, once, and its pages end", environments::inventory_lists_what_stands),
    case!("a host name is free, then the tenant's own, and taken for others", environments::host_is_taken_for_others),
    case!("room falls by one with a tenant and comes back", environments::room_falls_and_comes_back),
    case!("no check passes before anything stands", checks::none_passes_on_nothing),
    case!("every check passes once all ten kinds stand", checks::all_pass_on_a_whole_tenant),
    case!("without the service, exactly the checks of its tasks fail", checks::exactly_the_service_is_missed),
    case!("a target group takes the tenant's own rules with it", removal::target_group_takes_its_rules),
    case!("a target group that somebody else's rule leads to stays with all its rules", removal::strangers_rule_holds),
    case!("all rules of a target group go, and none that it shares", removal::every_rule_goes_and_no_shared_one),
    case!("every access point goes, by name and by tag", removal::every_access_point_goes),
    case!("an access point that may be another tenant's stays", removal::doubtful_access_point_stays),
    case!("a secret that is scheduled for deletion is found and goes", removal::scheduled_secret_goes),
    case!("users without grants and databases without users go", removal::what_is_left_of_a_database_goes),
    case!("what goes leaves tenants whose names begin alike as they were", removal::prefixes_are_untouched),
    case!("a log group is kept with its retention, and goes later", removal::logs_are_kept_or_go),
    case!("without a service there are no tasks, and nothing to scale or force", workload::nothing_of_nothing),
    case!("a service scaled to zero drains, stands, and goes", workload::drains_and_goes),
    case!("a service with tasks goes by force", workload::goes_by_force),
    case!("somebody else's service is neither scaled nor forced", workload::strangers_service_is_left),
    case!("a backup is made once for each run", workload::backed_up_once_a_run),
    case!("a backup that went wrong has failed for good, and another run does well", workload::failed_for_good),
    case!("of a tenant that has nothing there are no rules and no logs", traffic::nothing_of_nothing),
    case!("rules that were removed are put back exactly, once", traffic::put_back_exactly),
    case!("a priority that another rule has taken is not taken from it", traffic::taken_priority),
    case!("cutting a tenant off leaves a neighbour's rules and logs", traffic::neighbours_are_untouched),
    case!("somebody else's rules are not the tenant's", traffic::strangers_rules_are_left_out),
    case!("a rule to a target group that is gone is not put back", traffic::missing_target_group_is_said),
    case!("logs are kept for ever, and exported once for each run", traffic::logs_are_preserved_once),
    case!(
        "without a task definition there are no revisions, and none is made or deployed",
        revisions::nothing_of_nothing
    ),
    case!("what was never measured is an answer without numbers", revisions::never_measured),
    case!("a revision of another size is registered and retired once for each run", revisions::registered_once_a_run),
    case!("what is deployed comes up and is proven, and what was before comes back", revisions::comes_up_and_is_proven),
    case!("a revision that is deregistered is not deployed", revisions::a_retired_one_is_refused),
    case!("somebody else's revisions and service are left alone", revisions::strangers_are_left),
    case!("revisions and runs of tenants whose names begin alike are apart", revisions::neighbours_are_apart),
    case!("every place of a tenant that is well is sound, as far as it is seen", symptoms::sound_where_all_is_well),
    case!("what is not there is seen to be missing", symptoms::missing_where_nothing_is),
    case!("a service that wants no task says so", symptoms::scaled_to_zero),
    case!("what is somebody else's is seen to be", symptoms::foreign_is_told),
    case!("a secret on its way out and a shared rule are seen", symptoms::what_is_wrong_with_rule_and_secret),
    case!("the reason of a task that stopped is told", symptoms::stopped_reason_is_told),
    case!("there is an answer about evidence for every kind", checks::evidence_always_answers),
];

/// Plays all cases in all environments of the world, one after the other.
pub async fn run(world: &dyn World) -> Report {
    let mut report = Report::default();
    for environment in world.environments() {
        for case in CASES {
            let title = format!("{environment}: {}", case.name);
            if let Some(Cannot(why)) = world.cannot(case.name) {
                report.add(title, CaseResult::Skipped(why));
                continue;
            }
            let trial = Trial::new(world, environment);
            let played = (case.play)(&trial).await;
            let tidied = trial.tidy().await;
            for why in trial.skipped() {
                report.add(title.clone(), CaseResult::Skipped(why));
            }
            report.add(title, played.and(tidied).into());
        }
    }
    report
}
