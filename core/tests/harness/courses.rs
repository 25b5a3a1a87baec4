//! The courses that operations can take, of which each is cut at its points: through to the end, promoted, rolled back, taken
//! back during the notice. How they are driven is `people`'s.

use landlord_core::operation::State;
use landlord_core::plan::{Purpose, Scope};
use landlord_core::spec::{Answers, Catalogue, Does};
use landlord_core::tenant::Environment;

use crate::{Combination, at_once, combinations, turns_back};

/// How an operation comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It succeeds; what it has provisioned is validated.
    Through,
    /// The same, asked for as the promotion of a tenant that is validated in the environment before.
    Promoted,
    /// Its last step fails for good, and it is rolled back.
    RolledBack,
    /// What it makes does not come up, and it is taken back without anybody's order.
    TurnedBack,
    /// While the notice runs, a vote is taken back and given again, and then the request is cancelled.
    Withdrawn,
}

/// One operation where it can be asked for, and how it comes to its end.
pub(crate) struct Course {
    pub(crate) combination: Combination,
    pub(crate) way: Way,
}

impl Course {
    /// Its name in replay lines: `tenant-delete/all/withdrawn`.
    pub(crate) fn name(&self) -> String {
        let scope = self.combination.scope.as_str();
        let command = self.combination.command.name.replace(' ', "-");
        match self.way {
            Way::Through => format!("{command}/{scope}"),
            Way::Promoted => format!("{command}/{scope}/promoted"),
            Way::RolledBack => format!("{command}/{scope}/rolled-back"),
            Way::TurnedBack => format!("{command}/{scope}/turned-back"),
            Way::Withdrawn => format!("{command}/{scope}/withdrawn"),
        }
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> State {
        match self.way {
            Way::Through | Way::Promoted => State::Succeeded,
            Way::RolledBack | Way::TurnedBack => State::Unwound,
            Way::Withdrawn => State::Cancelled,
        }
    }

    /// Where the part begins that it does not share with another course; none where that is at its filing.
    pub(crate) fn begins_at(&self) -> Option<State> {
        match self.way {
            Way::Through | Way::Promoted | Way::TurnedBack => None,
            Way::RolledBack => Some(State::Holding),
            Way::Withdrawn => Some(State::Waiting),
        }
    }
}

/// All courses in an environment; in several at once where none is given.
pub(crate) fn courses(environment: Option<Environment>) -> Vec<Course> {
    let ways = |combination: Combination| {
        let promoted = match combination.scope {
            Scope::One(at) => combination.spec.policy[&at].validated_in.is_some(),
            Scope::Several(_) => false,
        };
        let other = match combination.spec.purpose {
            // Nobody has notice of it.
            Purpose::Sweep => None,
            _ if combination.deletes() => Some(Way::Withdrawn),
            _ => combination.unwinds().then_some(Way::RolledBack),
        };
        let turns = combination.turns_back().then_some(Way::TurnedBack);
        let ways = [Some(Way::Through), other, promoted.then_some(Way::Promoted), turns];
        ways.into_iter().flatten().map(move |way| Course { combination: combination.clone(), way })
    };
    combinations(environment).into_iter().flat_map(ways).collect()
}

/// Those of all environments.
pub(crate) fn all() -> Vec<Course> {
    Environment::ALL.into_iter().map(Some).chain([None]).flat_map(courses).collect()
}

/// The courses in which a command writes. A command that only reads leaves nothing that a crash could spoil; one of a new sort
/// does not compile before it is said here which it is.
fn in_which(does: &Does, name: &str) -> Option<Vec<String>> {
    let with = |wanted: &dyn Fn(&Course) -> bool| {
        Some(all().iter().filter(|course| wanted(course)).map(Course::name).collect::<Vec<_>>())
    };
    match does {
        Does::Operation(_) => with(&|course| course.combination.command.name == name),
        Does::Answer(Answers::TenantPromote) => with(&|course| course.way == Way::Promoted),
        Does::Answer(Answers::TenantValidate) => {
            with(&|course| course.combination.spec.purpose.is_tried() && course.end() == State::Succeeded)
        }
        Does::Answer(Answers::OperationCancel) => with(&|course| course.way == Way::Withdrawn),
        Does::Answer(
            Answers::Help
            | Answers::TenantDiagnose
            | Answers::TenantShow
            | Answers::TenantList
            | Answers::TenantAudit
            | Answers::TenantOrphans
            | Answers::OperationList
            | Answers::OperationShow
            | Answers::IncidentList
            // Writes of no operation: how its incident survives is told in stories/alerts/trouble.
            | Answers::IncidentClose,
        ) => None,
    }
}

#[test]
fn no_command_of_the_catalogue_is_left_out() {
    for command in Catalogue::built_in().unwrap().commands() {
        let Some(courses) = in_which(&command.does, &command.name) else { continue };
        let implied = match &command.does {
            // Wherever it has a policy, and everywhere at once if it deletes; each to its end, and turned round if it can be.
            Does::Operation(spec) => {
                let promoted = spec.policy.values().filter(|policy| policy.validated_in.is_some()).count();
                let ways = 1 + usize::from(spec.purpose.deletes() || spec.purpose.unwinds());
                let turned = if turns_back(spec) { spec.policy.len() } else { 0 };
                let ways = if spec.purpose == Purpose::Sweep { 1 } else { ways };
                (spec.policy.len() + usize::from(at_once(spec))) * ways + promoted + turned
            }
            Does::Answer(_) => 1,
        };
        assert!(courses.len() >= implied, "{}: {courses:?}, and there should be {implied}", command.name);
    }
    let mut names: Vec<String> = all().iter().map(Course::name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "each has a name of its own: {names:?}");
}
