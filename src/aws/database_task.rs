//! Databases and their users where the bot does not reach the server: looked for and removed by an ECS task in the tenants'
//! network (playbook 3.2).
//!
//! The task answers by its exit code, so each call here waits for its task to end. A task that a restart leaves behind does no
//! harm: it looked, or removed what was to be removed.

use std::time::Duration;

use aws_sdk_ecs::types::{LogConfiguration, Task, TaskDefinition};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Found, Owner};
use landlord_core::tenant::Tenancy;
use tokio::time::Instant;

use super::accounts::Account;
use super::run_task::{self, Job, Outcome};
use crate::config::environment::Access;

/// How long a task may take from its start to its end.
const PATIENCE: Duration = Duration::from_mins(4);
/// How long to wait between two looks at a task: ECS tells of nothing by itself.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// The exit code of a task that found nothing.
pub(super) const NOT_THERE: i32 = 4;

/// What a task is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Say whether it is there.
    Find,
    /// Let it be gone.
    Remove,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Remove => "remove",
        }
    }
}

/// The setting by which a task is told the name.
pub(super) fn setting_of(kind: Kind) -> &'static str {
    if kind == Kind::DatabaseUser { "DB_USER" } else { "DB_NAME" }
}

/// Runs the task and waits for it; answers what it found or removed. MySQL's own marks of ownership are not seen this way, so
/// that a name is all there is.
pub(crate) async fn run(
    account: &Account,
    tenancy: &Tenancy,
    kind: Kind,
    action: Action,
) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(kind);
    let word = if kind == Kind::DatabaseUser { "user" } else { "database" };
    let family = configured(account)?;
    let definition = run_task::definition(account, family, "database.task").await?;
    refuse_tenants_secret(&definition, &tenancy.name(Kind::Secret))?;
    let job = Job {
        definition: &definition,
        container: run_task::container(&definition, None)?,
        started_by: &format!("landlord-{:016x}", rand::random::<u64>()),
        environment: vec![
            ("DB_ACTION", action.as_str().to_owned()),
            ("DB_KIND", word.to_owned()),
            (setting_of(kind), name.clone()),
        ],
    };
    let task = run_task::start(account, job).await?;
    let doing = format!("The task {family}, to {} the {kind} {name},", action.as_str());
    match wait(account, task, &definition, &doing).await? {
        Outcome::Exited(0, _) => Ok(vec![Found { id: name, owner: Owner::Own }]),
        Outcome::Exited(NOT_THERE, _) => Ok(Vec::new()),
        Outcome::Exited(_, why) => Err(failed(&doing, &why, "Look at the task's log, then retry.")),
        Outcome::Stopped(why) if why.contains("ResourceInitializationError") => Err(failed(
            &doing,
            &why,
            "Name a task definition in `database.task` that needs no secret but its own, and see that it is there.",
        )),
        Outcome::Stopped(why) => Err(failed(&doing, &why, "Look at the task in ECS, then retry.")),
        Outcome::Underway(status) => {
            Err(CloudError::Transient(format!("{doing} is still {status} after {} minutes.", PATIENCE.as_secs() / 60)))
        }
    }
}

fn failed(doing: &str, why: &str, remedy: &str) -> CloudError {
    CloudError::Permanent(format!("{doing} did not end well: {why}. {remedy}"))
}

fn configured(account: &Account) -> Result<&str, CloudError> {
    account.config.database.task.as_deref().ok_or_else(|| {
        CloudError::Permanent(format!(
            "No task for databases is configured for {}. Add `database.task` to [environments.{}].",
            account.environment.title(),
            account.environment
        ))
    })
}

/// Looks at the task until it has ended, or for as long as it may take.
async fn wait(
    account: &Account,
    mut task: Task,
    definition: &TaskDefinition,
    doing: &str,
) -> Result<Outcome, CloudError> {
    let essential = run_task::essential(definition);
    let arn = task.task_arn().unwrap_or_default().to_owned();
    let until = Instant::now() + PATIENCE;
    loop {
        let outcome = run_task::outcome(&task, Some(&essential));
        if !matches!(outcome, Outcome::Underway(_)) || Instant::now() > until {
            return Ok(outcome);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        // Just started, it may not be listed yet: then what was seen last still holds.
        if let Some(seen) = run_task::describe(account, vec![arn.clone()], doing).await?.pop() {
            task = seen;
        }
    }
}

/// A task that needs the tenant's secret cannot start once that is gone (`ResourceInitializationError`), and works with the
/// tenant's own rights before.
fn refuse_tenants_secret(definition: &TaskDefinition, secret: &str) -> Result<(), CloudError> {
    let containers = definition.container_definitions().iter();
    let mut named = containers.flat_map(|container| {
        let logs = container.log_configuration().map(LogConfiguration::secret_options).unwrap_or_default();
        container.secrets().iter().chain(logs)
    });
    if named.any(|one| is_of(one.value_from(), secret)) {
        return Err(CloudError::Permanent(format!(
            "The task definition {} needs the secret {secret}, which is the tenant's and goes with it. Name one in \
             `database.task` that does without (playbook 3.2).",
            definition.family().unwrap_or_default()
        )));
    }
    Ok(())
}

/// Whether a reference of a container leads to the secret: `arn:…:secret:NAME-XXXXXX`, also with a key behind it, or its name.
fn is_of(reference: &str, secret: &str) -> bool {
    let name = reference.split_once(":secret:").map_or(reference, |(_, name)| name);
    let name = name.split(':').next().unwrap_or_default();
    let random = |rest: &str| rest.len() == 7 && rest.starts_with('-');
    name.strip_prefix(secret).is_some_and(|rest| rest.is_empty() || random(rest))
}

/// Whether the task can be run, in words; none where the server is reached directly.
pub(crate) async fn ready(account: &Account) -> Result<Option<String>, CloudError> {
    if account.config.database.access == Access::Direct {
        return Ok(None);
    }
    let family = configured(account)?;
    let definition = run_task::definition(account, family, "database.task").await?;
    let container = run_task::container(&definition, None)?;
    Ok(Some(format!("by the task {family} revision {}, container {container}", definition.revision())))
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{ContainerDefinition, Secret, TaskDefinition};

    use super::{is_of, refuse_tenants_secret};

    const ACME: &str = "dev-acme-db-credentials";

    #[test]
    fn a_reference_names_a_secret_exactly() {
        let arn = |name: &str| format!("arn:aws:secretsmanager:eu-west-1:1:secret:{name}");
        for own in
            [ACME.to_owned(), arn(ACME), arn(&format!("{ACME}-AbC123")), arn(&format!("{ACME}-AbC123:password::"))]
        {
            assert!(is_of(&own, ACME), "{own}");
        }
        for other in
            ["dev-acme-2-db-credentials-AbC123", "sit-acme-db-credentials-AbC123", "dev-acme-db-credentials-old"]
        {
            assert!(!is_of(&arn(other), ACME), "{other}");
        }
    }

    #[test]
    fn a_task_that_needs_the_tenants_secret_is_refused() {
        let secret =
            Secret::builder().name("PASSWORD").value_from(format!("{ACME}:password::")).build().expect("secret");
        let container = ContainerDefinition::builder().name("db").secrets(secret).build();
        let definition = TaskDefinition::builder().family("dev-generic-db").container_definitions(container).build();
        let refused = refuse_tenants_secret(&definition, ACME).expect_err("refused").to_string();
        assert!(refused.contains("dev-generic-db needs the secret dev-acme-db-credentials"), "{refused}");
        assert_eq!(refuse_tenants_secret(&definition, "dev-acme-2-db-credentials"), Ok(()));
    }
}
