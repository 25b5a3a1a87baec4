//! What AWS tells about a tenant that does not work (playbook 3.1, 3.2), a file for each place. Looks only, and judges no cause:
//! a sign comes from a code where AWS gives one, and the words are AWS's own.
//!
//! Architecture invariant: never asks EC2, ECR or IAM. What only they know is said to be unseen.

mod database;
mod logs;
mod network;
mod rules;
mod secret;
mod service;
mod targets;
mod tasks;

use landlord_core::ports::{Found, Owner, Place, Sign, Symptom};

pub(crate) use database::cleaning_up;
pub(crate) use logs::lines;
pub(crate) use network::network;
pub(crate) use rules::rules;
pub(crate) use secret::secret;
pub(crate) use service::{events, image, service};
pub(crate) use targets::targets;
pub(crate) use tasks::stopped;

/// How many symptoms there are at most of a place that has many.
const MOST: usize = 10;
/// The longest text that is passed on, in characters: ECS's reasons have 1,024.
const SAID_MAX: usize = 1_024;

/// One line of bearable length without control characters: containers and people write what is told here.
fn plain(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(SAID_MAX).collect()
}

/// What a look for something by its name comes to: there, not there, or somebody else's.
pub(crate) fn standing(place: Place, name: &str, found: &[Found]) -> Vec<Symptom> {
    let foreign = |one: &Found| match &one.owner {
        Owner::Foreign(why) => Some(Symptom::new(place, Sign::Foreign, plain(&format!("{}: {why}", one.id)))),
        Owner::Own => None,
    };
    let strange: Vec<Symptom> = found.iter().filter_map(foreign).take(MOST).collect();
    if !strange.is_empty() {
        return strange;
    }
    let (sign, said) = match found.first() {
        None => (Sign::Missing, format!("{name} is not there")),
        Some(_) => (Sign::Sound, format!("{name} is there")),
    };
    vec![Symptom::new(place, sign, said)]
}

#[cfg(test)]
mod tests {
    use landlord_core::ports::{Found, Owner, Place, Sign};

    use super::{plain, standing};

    #[test]
    fn hostile_text_becomes_one_line() {
        assert_eq!(plain("a\u{1b}[31m\n b\u{0}c"), "a [31m b c");
        assert_eq!(plain(&"x".repeat(5_000)).len(), 1_024);
    }

    #[test]
    fn one_that_is_somebody_elses_is_told_before_those_that_are_own() {
        let found = |owner| Found { id: "fsap-1".to_owned(), owner };
        let sign = |found: &[Found]| standing(Place::Files, "dev-acme-ap", found)[0].sign;
        assert_eq!(sign(&[]), Sign::Missing);
        assert_eq!(sign(&[found(Owner::Own)]), Sign::Sound);
        assert_eq!(sign(&[found(Owner::Own), found(Owner::Foreign("another's".to_owned()))]), Sign::Foreign);
    }
}
