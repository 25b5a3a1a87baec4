//! Playbook 3.1, ECS service won't start: what stopped tasks, the service's events and its deployments tell.
//!
//! The words are those of the pages "`CannotPullContainer` task errors in Amazon ECS" and "Resolve `ResourceInitializationError`" of
//! the Amazon ECS developer guide, and of stopped reasons that people quote in public issues.

use super::{Cause, Clue, Mend, Reach, Section, When};
use crate::ports::{Place, Sign};

/// Where a task's reason is told: by the task, in the service's events, with a deployment that failed.
const TASKS: &[Place] = &[Place::StoppedTasks, Place::Events, Place::Service];
const TOLD: &[Sign] = &[Sign::NotStarted, Sign::Exited, Sign::Failed, Sign::Noted];

const fn start(name: &'static str, clues: &'static [Clue], advice: &'static str) -> Cause {
    Cause { name, section: Section::Start, when: When::Always, clues, reach: Reach::Exact, advice, mend: None }
}

pub(super) const CAUSES: &[Cause] = &[
    start(
        "secret scheduled for deletion",
        &[Clue::sign(&[Place::Secret], &[Sign::Going]), Clue::words(TASKS, TOLD, &["secret…marked for deletion"])],
        "Tasks cannot read it any more, and it goes for good at its time. Restore it (`aws secretsmanager restore-secret`); a new \
         one would have another password.",
    ),
    start(
        "secret without a key",
        &[Clue::sign(&[Place::Secret], &[Sign::Incomplete]), Clue::words(TASKS, TOLD, &["did not contain json key"])],
        "The task definition asks for a key that the secret does not have. Put it back into the secret, from its earlier version \
         where there is one.",
    ),
    start(
        "execution role lacks a permission",
        &[Clue::words(
            &[Place::StoppedTasks, Place::Events, Place::Service, Place::Database, Place::DatabaseUser],
            &[Sign::NotStarted, Sign::Exited, Sign::Failed, Sign::Noted, Sign::Unseen],
            &[
                "resourceinitializationerror…accessdenied",
                "resourceinitializationerror…not authorized to perform",
                "cannotpull…not authorized to perform",
                "cannotpull…accessdenied",
                "cannotpull…403 forbidden",
                "the role has the permissions",
                "unable to assume the role",
            ],
        )],
        "The task execution role may not read the secret, pull the image or write the log. Look at its policy \
         (`aws iam get-role-policy --role-name …-ecs-task-execution-role --policy-name secrets-access`) and at the key that \
         encrypts the secret.",
    ),
    start(
        "no way from the tasks to AWS",
        &[Clue::words(
            TASKS,
            TOLD,
            &[
                "there is a connection issue between the task and",
                "check your task network configuration",
                "check your network configuration",
                "resourceinitializationerror…context deadline exceeded",
                "resourceinitializationerror…i/o timeout",
                "cannotpull…i/o timeout",
                "cannotpull…context deadline exceeded",
                "cannotpull…request canceled while waiting for connection",
                "cannotpull…context canceled",
            ],
        )],
        "The tasks reach neither ECR nor Secrets Manager: their subnets need a NAT gateway or VPC endpoints, their security groups \
         must let out port 443, and in a public subnet they need a public address.",
    ),
    start(
        "file system cannot be mounted",
        &[Clue::words(
            TASKS,
            TOLD,
            &["failed to invoke efs utils commands", "failed to mount the file system…timed out", "mount.nfs4"],
        )],
        "The tasks do not reach the file system: its mount targets must be in the tasks' zones, their security groups must let in \
         port 2049, and the task role may need to be allowed to mount it.",
    ),
    Cause {
        reach: Reach::Broad,
        mend: Some(Mend::RollBack),
        ..start(
            "image cannot be pulled",
            &[Clue::words(TASKS, TOLD, &["cannotpull", "manifest unknown", "pull access denied", "toomanyrequests"])],
            "The registry does not give the image that the task definition names: see that its tag exists in ECR and that the \
             role may pull it. Roll back to a revision that ran, or push the image again.",
        )
    },
    Cause {
        mend: Some(Mend::Enlarge),
        ..start(
            "out of memory",
            &[Clue::words(TASKS, &[Sign::Exited, Sign::Failed, Sign::Noted], &["outofmemory", "exit code 137"])],
            "The container needs more memory than its size gives it and was killed. Scale it up.",
        )
    },
    Cause {
        reach: Reach::Broad,
        mend: Some(Mend::RollBack),
        ..start(
            "container ends by itself",
            &[
                Clue::sign(&[Place::StoppedTasks], &[Sign::Exited]),
                Clue::words(TASKS, TOLD, &["essential container in task exited"]),
            ],
            "WordPress or its image ends with an error: its last log lines say why. Roll back to a revision that ran.",
        )
    },
    start(
        "no capacity",
        // ECS service event messages; the second is the account's quota of Fargate tasks.
        &[Clue::words(
            &[Place::StoppedTasks, Place::Events, Place::Service],
            TOLD,
            &[
                "capacity is unavailable",
                "limit on the number of tasks",
                "limit on the number of vcpus",
                "resource:eni",
            ],
        )],
        "AWS has no room for another task in these zones now, or the account's quota of tasks is used up. ECS tries again by \
         itself; subnets in another zone, or a higher quota, help.",
    ),
    Cause {
        reach: Reach::Broad,
        mend: Some(Mend::RollBack),
        ..start(
            "deployment failed",
            &[Clue::sign(&[Place::Service], &[Sign::Failed])],
            "ECS has given the wanted revision up. Roll back to one that ran.",
        )
    },
    Cause {
        reach: Reach::Last,
        ..start(
            "tasks are still starting",
            &[Clue::sign(&[Place::Service], &[Sign::Starting])],
            "Fewer tasks run than are wanted, and nothing says why yet. Starting takes a few minutes; ask again then.",
        )
    },
];
