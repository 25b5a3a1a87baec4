//! What is told of a step that holds: what the provider says, the causes of the table that fit, and else what the playbook says to
//! look at.

use futures::future::{join, join_all};

use super::Context;
use crate::diagnosis::{Findings, Known, Reach, Section, diagnose};
use crate::kind::Kind;
use crate::ports::{Place, Sign, Standing};

/// What the provider says about a kind, with the causes that fit after it; the hint where none does.
pub(super) async fn evidence(cx: Context<'_>, kind: Kind, hint: impl Into<String>) -> Vec<String> {
    let subject = cx.site.subject();
    let (said, causes) = join(cx.cloud.evidence(kind, &subject), causes(cx, kind)).await;
    let said = said.unwrap_or_else(|error| vec![format!("what AWS says about it could not be read: {error}")]);
    let last = match causes.as_slice() {
        [] => hint.into(),
        _ => "Mend it and press Retry. `/tenant diagnose` looks again.".to_owned(),
    };
    said.into_iter().chain(causes).chain([last]).collect()
}

/// The causes of the table that fit a step about the kind: a line each. What cannot be looked at is no line of its own.
pub(super) async fn causes(cx: Context<'_>, kind: Kind) -> Vec<String> {
    let subject = cx.site.subject();
    let looks = places(kind).iter().map(|place| cx.workload.symptoms(&subject, *place));
    let seen = join_all(looks).await.into_iter().flatten().flatten();
    // What is not there may not have been created yet, or have been removed already.
    let seen = seen.filter(|symptom| symptom.sign != Sign::Missing).collect();
    let findings = Findings { known: Known::Here(Standing::Incomplete), session: None, seen };
    let meant: &[Section] = if cx.plan.purpose.deletes() {
        &[Section::TargetGroup, Section::CleanUp]
    } else {
        &[Section::Database, Section::Start, Section::Health, Section::Service]
    };
    let fitting = diagnose(&findings).likely.into_iter().map(|likely| likely.cause);
    fitting
        .filter(|cause| meant.contains(&cause.section) && cause.reach != Reach::Last)
        .map(|cause| format!("Likely: {} ({}). {}", cause.name, cause.section, cause.advice))
        .collect()
}

/// Where the trouble of a kind shows.
fn places(kind: Kind) -> &'static [Place] {
    match kind {
        Kind::Service => &[Place::Service, Place::StoppedTasks, Place::Events, Place::Targets, Place::Secret],
        Kind::TargetGroup => {
            &[Place::Service, Place::StoppedTasks, Place::Events, Place::Targets, Place::Secret, Place::Rules]
        }
        Kind::ListenerRule => &[Place::Rules],
        Kind::DatabaseUser | Kind::Database => &[Place::Database, Place::DatabaseUser],
        Kind::Secret => &[Place::Secret],
        Kind::DnsRecord | Kind::TaskDefinition | Kind::AccessPoint | Kind::LogGroup => &[],
    }
}
