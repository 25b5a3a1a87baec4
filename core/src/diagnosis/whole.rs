//! Causes that are about the tenant as a whole: the session, what was done to it on purpose, and parts of it that are not there.

use super::{Cause, Clue, Mend, Reach, Section, When};
use crate::ports::{Place, Sign};

const EVERYWHERE: &[Place] = &Place::ALL;

/// What stands of a tenant, by the places where it is seen.
const OWN: &[Place] = &[
    Place::Service,
    Place::Targets,
    Place::Rules,
    Place::Record,
    Place::Secret,
    Place::Image,
    Place::Files,
    Place::Logs,
];

/// What a task says that does not start, wherever it is told.
const TASKS: &[Place] = &[Place::StoppedTasks, Place::Events, Place::Service];
const TOLD: &[Sign] = &[Sign::NotStarted, Sign::Failed, Sign::Noted];

const fn missing(name: &'static str, clues: &'static [Clue], advice: &'static str) -> Cause {
    let section = Section::Existence;
    Cause { name, section, when: When::Here, clues, reach: Reach::Exact, advice, mend: Some(Mend::Heal) }
}

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        name: "no session with the account",
        section: Section::Session,
        when: When::NoSession,
        clues: &[],
        reach: Reach::Exact,
        advice: "Nothing can be looked at or changed until that is mended. Then ask again.",
        mend: None,
    },
    Cause {
        name: "shut down in an emergency",
        section: Section::Start,
        when: When::Shut,
        clues: &[
            Clue::sign(&[Place::Service], &[Sign::ScaledToZero, Sign::Going]),
            Clue::sign(&[Place::Rules], &[Sign::Missing]),
            Clue::sign(&[Place::Targets], &[Sign::Unregistered, Sign::Unused, Sign::Going]),
            Clue::sign(&[Place::Site], &[Sign::Failed]),
        ],
        reach: Reach::Exact,
        advice: "It was cut off on purpose (playbook 4.1): no task runs and no rule leads to it. A reopening puts back exactly \
                 what was there.",
        mend: Some(Mend::Reopen),
    },
    Cause {
        name: "scaled to zero",
        section: Section::Start,
        when: When::Open,
        clues: &[Clue::sign(&[Place::Service], &[Sign::ScaledToZero])],
        reach: Reach::Exact,
        advice: "The service wants no task, and the registry knows of no shutdown: somebody scaled it by hand. Let a task run \
                 again.",
        mend: Some(Mend::RunOne),
    },
    Cause {
        name: "what is left of it stands",
        section: Section::Orphans,
        when: When::Absent,
        clues: &[Clue::sign(
            OWN,
            &[
                Sign::Sound,
                Sign::Going,
                Sign::Starting,
                Sign::Failed,
                Sign::ScaledToZero,
                Sign::Incomplete,
                Sign::Shared,
                Sign::Unhealthy,
                Sign::Mismatch,
                Sign::Timeout,
                Sign::Refused,
                Sign::Unregistered,
                Sign::Unused,
            ],
        )],
        reach: Reach::Exact,
        advice: "The registry does not have the tenant in this environment, and something that bears its name stands there. It is \
                 adopted or removed as an orphan.",
        mend: Some(Mend::Orphans),
    },
    Cause {
        name: "somebody else's under its name",
        section: Section::Existence,
        when: When::Always,
        clues: &[Clue::sign(OWN, &[Sign::Foreign])],
        reach: Reach::Exact,
        advice: "It bears the tenant's name and another's mark, so it is never touched. Ask its owner to rename or remove it; what \
                 the tenant needs can be created then.",
        mend: None,
    },
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
        clues: &[Clue::sign(EVERYWHERE, &[Sign::Missing])],
        reach: Reach::Last,
        advice: "The registry does not have the tenant in this environment, and nothing of it stands there. `/tenant promote` or \
                 `/tenant provision` brings it there.",
        mend: None,
    },
];
