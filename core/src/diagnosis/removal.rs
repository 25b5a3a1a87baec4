//! Playbook 3.2: why a tenant's resources do not go.

use super::{Cause, Clue, Reach, Section, When};
use crate::ports::{Place, Sign};

const fn stays(name: &'static str, section: Section, clues: &'static [Clue], advice: &'static str) -> Cause {
    Cause { name, section, when: When::Always, clues, reach: Reach::Exact, advice, mend: None }
}

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        when: When::Open,
        ..stays(
            "service still drains",
            Section::Service,
            &[Clue::sign(&[Place::Service], &[Sign::Going])],
            "Its tasks drain for up to 5 minutes, and until then the service neither goes nor comes back. Wait; a deletion that \
             holds here offers Force.",
        )
    },
    stays(
        "target group is used by another rule",
        Section::TargetGroup,
        &[
            Clue::sign(&[Place::Rules], &[Sign::Shared]),
            // Elastic Load Balancing: ResourceInUseException.
            Clue::words(&[Place::Targets, Place::Rules], &[Sign::Failed], &["in use by a listener", "resourceinuse"]),
        ],
        "A rule that is not the tenant's alone leads to its target group, which cannot go before the rule. The rule is never \
         touched: let its owner change where it leads.",
    ),
    stays(
        "database clean-up cannot read its secret",
        Section::CleanUp,
        &[Clue::words(
            &[Place::Database, Place::DatabaseUser],
            &[Sign::Failed, Sign::Unseen],
            &["resourceinitializationerror…secret", "unable to pull secrets"],
        )],
        "The task that looks at the database names a secret that is gone. Give `database.task` a task definition without secrets, \
         such as the environment's `…-generic-db-init`, and look at the permissions of its execution role.",
    ),
];
