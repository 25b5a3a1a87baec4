//! The AWS side of the `Cloud` port: one file per kind or service, each function one call or one paginated walk, with the
//! mapping of AWS's errors beside the call that can raise them.
//!
//! Architecture invariant: no MySQL, no DNS looks, no HTTP looks here, and no file of a kind calls another kind's; what one
//! kind needs of another (an ARN, an id) is handed over by `cloud`. Nothing here retries: that is the engine's.

pub mod accounts;
mod arn;
mod bucket;
mod counted;
mod elb_tags;
mod facts;
mod failure;
mod gated;
mod login;
mod quota;
mod resized;
mod rule_form;
mod rule_form_aws;
#[cfg(test)]
mod rule_form_tests;
mod rule_look;
mod rule_words;
mod run_task;
mod seal;
mod service_tasks;
mod session;
mod tags;

pub(crate) mod access_point;
pub(crate) mod backup;
pub(crate) mod database_task;
pub(crate) mod dns_record;
pub(crate) mod gauge;
pub(crate) mod listener_rule;
pub(crate) mod log_export;
pub(crate) mod log_group;
pub(crate) mod revisions;
pub(crate) mod rollout;
pub(crate) mod rules;
pub(crate) mod secret;
pub(crate) mod service;
pub(crate) mod service_look;
pub(crate) mod service_work;
pub(crate) mod symptoms;
pub(crate) mod target_group;
pub(crate) mod task_definition;
pub(crate) mod usage;

use landlord_core::ports::{CloudError, Ensured, Found, Owner};

/// The one container of a tenant's task.
const CONTAINER: &str = "wordpress";
/// The port that WordPress listens on in its container.
const CONTAINER_PORT: i32 = 80;

/// What `ensure` answers for something that stands already.
fn existing(name: &str, found: Found) -> Result<Ensured, CloudError> {
    match found.owner {
        Owner::Own => Ok(Ensured::Existed(found)),
        Owner::Foreign(why) => Err(CloudError::Foreign { resource: name.to_owned(), why }),
    }
}

/// What may be removed: all of it, or nothing where one is somebody else's.
fn all_own(name: &str, found: Vec<Found>) -> Result<Vec<Found>, CloudError> {
    for one in &found {
        if let Owner::Foreign(why) = &one.owner {
            return Err(CloudError::Foreign { resource: format!("{name} ({})", one.id), why: why.clone() });
        }
    }
    Ok(found)
}

/// The longest name of a run (ECS: `startedBy`).
const RUN_MAX: usize = 36;

/// Error where the name of a run is not one that AWS takes everywhere.
fn run_name(run: &str) -> Result<(), CloudError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if run.is_empty() || run.len() > RUN_MAX || !run.bytes().all(plain) {
        return Err(CloudError::Permanent(format!("`{run}` is no name for a run.")));
    }
    Ok(())
}
