//! Playbook 3.1, database creation failed: what is wrong between the secret, the user and the database.

use super::{Cause, Clue, Mend, Reach, Section, When};
use crate::ports::{Place, Sign};

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        name: "database or user exists already",
        section: Section::Database,
        when: When::Unfinished,
        clues: &[
            Clue::sign(&[Place::Database, Place::DatabaseUser], &[Sign::Foreign]),
            Clue::sign(&[Place::DatabaseUser], &[Sign::Refused]),
            // MySQL 1007 and 1396.
            Clue::words(
                &[Place::Database, Place::DatabaseUser],
                &[Sign::Failed],
                &["database exists", "already exists", "operation create user failed"],
            ),
        ],
        reach: Reach::Exact,
        advice: "An earlier tenant or run has left a database or a user of this name, which the tenant's secret does not open. If \
                 the tenant does not stand, they are orphans: remove them, then provision again.",
        mend: Some(Mend::Orphans),
    },
    Cause {
        name: "a database is left over",
        section: Section::Database,
        when: When::Absent,
        clues: &[Clue::sign(&[Place::Database, Place::DatabaseUser], &[Sign::Sound, Sign::Incomplete])],
        reach: Reach::Exact,
        advice: "The registry does not have the tenant in this environment, and its database or user stands there: a new tenant of \
                 this name would be refused. Adopt it or remove it as an orphan.",
        mend: Some(Mend::Orphans),
    },
    Cause {
        name: "database is somebody else's",
        section: Section::Database,
        when: When::Here,
        clues: &[Clue::sign(&[Place::Database, Place::DatabaseUser], &[Sign::Foreign])],
        reach: Reach::Broad,
        advice: "It bears the tenant's name and is not the tenant's, so it is never touched. Look at its grants with the owner of \
                 the server.",
        mend: None,
    },
    Cause {
        name: "password refused by the database",
        section: Section::Database,
        when: When::Here,
        clues: &[
            Clue::sign(&[Place::DatabaseUser], &[Sign::Refused]),
            // MySQL 1045.
            Clue::words(&[Place::Logs], &[Sign::Noted], &["access denied for user…using password"]),
        ],
        reach: Reach::Exact,
        advice: "The secret's password does not open the user: one of the two was made anew. Restore the secret's earlier version \
                 in Secrets Manager, or set the user's password to the secret's (`ALTER USER`).",
        mend: None,
    },
    Cause {
        name: "database user without grants",
        section: Section::Database,
        when: When::Here,
        clues: &[
            Clue::sign(&[Place::DatabaseUser], &[Sign::Incomplete]),
            // MySQL 1044.
            Clue::words(&[Place::Logs], &[Sign::Noted], &["access denied for user…to database"]),
        ],
        reach: Reach::Exact,
        advice: "The user logs in and may not use the tenant's database. Grant it all privileges on that database again.",
        mend: None,
    },
];
