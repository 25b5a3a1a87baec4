//! Whether a tenant works, as seen from outside.

use super::trial::{Broken, Trial, hold, passes};
use crate::kind::Kind;
use crate::ports::Check;

/// The checks that look at what a service's tasks do now. Log lines outlive their tasks.
const OF_TASKS: [Check; 3] = [Check::ServiceRunning, Check::TargetHealthy, Check::SiteAnswers];

pub(super) async fn none_passes_on_nothing(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let verdicts = trial.checks(&tenant).await?;
    let passed: Vec<_> = verdicts.iter().filter(|(_, verdict)| passes(verdict)).collect();
    hold!(passed.is_empty(), "passed although nothing stands: {passed:?}");
    Ok(())
}

pub(super) async fn all_pass_on_a_whole_tenant(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    trial.all_pass_but(&[], &tenant).await
}

pub(super) async fn exactly_the_service_is_missed(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    trial.build(&tenant).await?;
    trial.all_pass_but(&[], &tenant).await?;
    trial.remove(Kind::Service, &tenant.subject).await?;
    trial.all_pass_but(&OF_TASKS, &tenant).await
}

pub(super) async fn evidence_always_answers(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    for built in [false, true] {
        if built {
            trial.build(&tenant).await?;
        }
        for kind in Kind::DELETION_ORDER {
            let evidence = trial.cloud().evidence(kind, &tenant.subject).await;
            hold!(evidence.is_ok(), "evidence on the {kind}, built {built}: {evidence:?}");
        }
    }
    Ok(())
}
