//! Who may use a command: people of some roles, or, where the file says so itself, everyone.

use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::role::{Member, Role};

/// The word that stands for everyone.
const EVERYONE: &str = "everyone";

/// Who may use a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever is in the chat, with or without a role.
    Everyone,
    /// Whoever holds any of these. Nobody, where there is none.
    Roles(Vec<Role>),
}

impl Who {
    /// Whether the member may. Fails closed: somebody without any of the roles may not.
    pub fn includes(&self, member: &Member) -> bool {
        match self {
            Self::Everyone => true,
            Self::Roles(roles) => member.is_any(roles),
        }
    }

    /// The roles that it takes; none where it takes none.
    pub fn roles(&self) -> &[Role] {
        match self {
            Self::Everyone => &[],
            Self::Roles(roles) => roles,
        }
    }
}

impl fmt::Display for Who {
    /// `everyone`, or `Operator, On-call or DevOps Lead`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str(EVERYONE),
            Self::Roles(roles) => {
                let titles: Vec<&str> = roles.iter().map(|role| role.title()).collect();
                match titles.as_slice() {
                    [first @ .., other, last] => {
                        first.iter().try_for_each(|title| write!(f, "{title}, "))?;
                        write!(f, "{other} or {last}")
                    }
                    one => f.write_str(&one.concat()),
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Who {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = Who;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of roles, or \"{EVERYONE}\"")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Who, E> {
                if word == EVERYONE { Ok(Who::Everyone) } else { Err(E::unknown_variant(word, &[EVERYONE])) }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, roles: A) -> Result<Who, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(roles)).map(Who::Roles)
            }
        }

        deserializer.deserialize_any(Words)
    }
}
