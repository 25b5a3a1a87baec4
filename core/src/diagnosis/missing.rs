//! Parts of a tenant that are not there (playbook 3.3), by what shows it: the look for them, or a task that asks for them in vain.

use super::{Cause, Clue, Mend, Reach, Section, When};
use crate::ports::{Place, Sign};

/// What a task says that does not start, wherever it is told.
const TASKS: &[Place] = &[Place::StoppedTasks, Place::Events, Place::Service];
const TOLD: &[Sign] = &[Sign::NotStarted, Sign::Failed, Sign::Noted];

const fn missing(name: &'static str, clues: &'static [Clue], advice: &'static str) -> Cause {
    let section = Section::Existence;
    Cause { name, section, when: When::Here, clues, reach: Reach::Exact, advice, mend: Some(Mend::Heal) }
}

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        section: Section::Start,
        ..missing(
            "secret not found",
            &[
                Clue::sign(&[Place::Secret], &[Sign::Missing]),
                // Secrets Manager: ResourceNotFoundException of GetSecretValue, as the ECS agent repeats it.
                Clue::words(
                    TASKS,
                    TOLD,
                    &["secret…can't find the specified secret", "secret…resourcenotfoundexception"],
                ),
            ],
            "Tasks start with the secret, so none starts. Where the database user stands already, a new secret has another \
             password than the user: heal says so before it runs.",
        )
    },
    missing(
        "task definition not there",
        &[
            Clue::sign(&[Place::Image], &[Sign::Missing]),
            Clue::words(TASKS, TOLD, &["unable to describe task definition", "taskdefinition is inactive"]),
        ],
        "The service has nothing to run. Create it again.",
    ),
    missing(
        "access point not there",
        &[
            Clue::sign(&[Place::Files], &[Sign::Missing]),
            Clue::words(TASKS, TOLD, &["access point…does not exist", "accesspointnotfound"]),
        ],
        "The tenant's folder cannot be mounted. A new access point leads to the same folder.",
    ),
    missing(
        "log group not there",
        &[
            Clue::sign(&[Place::Logs], &[Sign::Missing]),
            // ECS: failed to validate logger args.
            Clue::words(TASKS, TOLD, &["log group does not exist", "log group…does not exist"]),
        ],
        "Tasks do not start where they cannot write their log. Create it again.",
    ),
    missing("service not there", &[Clue::sign(&[Place::Service], &[Sign::Missing])], "Nothing runs. Create it again."),
    missing(
        "target group not there",
        &[Clue::sign(&[Place::Targets], &[Sign::Missing])],
        "No rule can lead to the tenant's tasks. Create it again.",
    ),
    Cause {
        section: Section::Health,
        when: When::Open,
        ..missing(
            "listener rule not there",
            &[Clue::sign(&[Place::Rules], &[Sign::Missing]), Clue::sign(&[Place::Targets], &[Sign::Unused])],
            "No rule leads to the tenant, so the load balancer answers 404 or 503 by itself. Create it again.",
        )
    },
    missing(
        "DNS record not there",
        &[Clue::sign(&[Place::Record], &[Sign::Missing])],
        "The host name does not resolve. Create it again.",
    ),
    missing(
        "database not there",
        &[
            Clue::sign(&[Place::Database], &[Sign::Missing]),
            Clue::words(&[Place::Logs], &[Sign::Noted], &["unknown database", "error 1049"]),
        ],
        "WordPress has no database. An empty one is created again; restore the last backup into it.",
    ),
    missing(
        "database user not there",
        &[Clue::sign(&[Place::DatabaseUser], &[Sign::Missing])],
        "WordPress cannot log in. The user is created again with the secret's password.",
    ),
    Cause {
        name: "not provisioned here",
        section: Section::Existence,
        when: When::Absent,
        clues: &[Clue::sign(&Place::ALL, &[Sign::Missing])],
        reach: Reach::Last,
        advice: "The registry does not have the tenant in this environment, and nothing of it stands there. `/tenant promote` or \
                 `/tenant provision` brings it there.",
        mend: None,
    },
];
