//! Causes that are about the tenant as a whole: the session, what was done to it on purpose, and what stands under its name
//! without being it.

use super::{Cause, Clue, Mend, Reach, Section, When};
use crate::ports::{Place, Sign};

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
];
