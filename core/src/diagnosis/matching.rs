//! How what was seen is matched with the table.

use super::{Cause, Clue, Reach, When, causes};
use crate::ports::{Place, Sign, Standing, Symptom};

/// What the registry says of the tenant in the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is there, and stands so.
    Here(Standing),
    /// The tenant is known, and not there.
    Elsewhere,
    /// The tenant is deleted for ever.
    Deleted,
    /// There is no such tenant.
    Nowhere,
}

/// All that was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// What the registry says.
    pub known: Known,
    /// What is wrong with the session with the account, and what to do about it; none where it is sound.
    pub session: Option<String>,
    /// What was seen, in the order in which people look.
    pub seen: Vec<Symptom>,
}

/// A cause that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likely {
    /// The cause.
    pub cause: &'static Cause,
    /// What speaks for it, in the provider's own words, with the place before them. Not made harmless yet.
    pub evidence: Vec<String>,
}

/// What the matching came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// The causes that fit, the likeliest first.
    pub likely: Vec<Likely>,
    /// What was seen besides, and explains nothing by itself.
    pub besides: Vec<Symptom>,
    /// Where nothing is wrong.
    pub sound: Vec<Place>,
    /// What could not be looked at, and why.
    pub unseen: Vec<Symptom>,
    /// Whether all that was seen of now is as it should be. What is told of before is not held against it.
    pub well: bool,
}

/// Matches the findings with the table. What tells of the past is no evidence where the service and its targets are sound now.
pub fn diagnose(findings: &Findings) -> Diagnosis {
    if let Some(trouble) = &findings.session {
        let fits = causes().filter(|cause| cause.when == When::NoSession);
        let likely = fits.map(|cause| Likely { cause, evidence: vec![trouble.clone()] }).collect();
        let unseen = findings.seen.iter().filter(|symptom| symptom.sign == Sign::Unseen).cloned().collect();
        return Diagnosis { likely, unseen, ..Diagnosis::default() };
    }
    let mut claimed = vec![false; findings.seen.len()];
    let mut likely: Vec<Likely> = Vec::new();
    for reach in [Reach::Exact, Reach::Broad, Reach::Last] {
        if reach == Reach::Last && !likely.is_empty() {
            break;
        }
        for cause in causes().filter(|cause| cause.reach == reach && cause.when.holds(findings.known)) {
            let open = |at: usize| reach == Reach::Exact || !claimed[at];
            let evidence: Vec<usize> = (0..findings.seen.len())
                .filter(|at| open(*at) && findings.counts(&findings.seen[*at]))
                .filter(|at| cause.clues.iter().any(|clue| clue.fits(&findings.seen[*at])))
                .collect();
            if !evidence.is_empty() {
                let words = evidence.iter().map(|at| in_words(&findings.seen[*at])).collect();
                likely.push(Likely { cause, evidence: words });
                for at in evidence {
                    claimed[at] = true;
                }
            }
        }
    }
    let rest: Vec<&Symptom> = findings.seen.iter().zip(claimed).filter(|(_, c)| !c).map(|(seen, _)| seen).collect();
    let fine = |symptom: &&Symptom| matches!(symptom.sign, Sign::Sound | Sign::Unseen | Sign::Noted);
    let well = likely.is_empty() && rest.iter().filter(|symptom| findings.counts(symptom)).all(fine);
    let of = |wanted: &dyn Fn(Sign) -> bool| {
        rest.iter().filter(|symptom| wanted(symptom.sign)).map(|symptom| (*symptom).clone()).collect::<Vec<_>>()
    };
    let mut sound: Vec<Place> = of(&|sign| sign == Sign::Sound).iter().map(|symptom| symptom.place).collect();
    sound.dedup();
    Diagnosis {
        likely,
        besides: of(&|sign| !matches!(sign, Sign::Sound | Sign::Unseen)),
        sound,
        unseen: of(&|sign| sign == Sign::Unseen),
        well,
    }
}

/// A symptom with its place before it.
pub(crate) fn in_words(symptom: &Symptom) -> String {
    format!("{}: {}", symptom.place.words(), symptom.said)
}

impl Findings {
    /// Whether a symptom tells of now. What tasks, events and logs told before the service was well, or before it was scaled to
    /// zero, does not.
    fn counts(&self, symptom: &Symptom) -> bool {
        let is = |place, sign| self.seen.iter().any(|one| one.place == place && one.sign == sign);
        let past = matches!(symptom.place, Place::StoppedTasks | Place::Events | Place::Logs)
            && !matches!(symptom.sign, Sign::Missing | Sign::Foreign);
        let well = is(Place::Service, Sign::Sound) && is(Place::Targets, Sign::Sound);
        !(past && (well || is(Place::Service, Sign::ScaledToZero)))
    }
}

impl When {
    fn holds(self, known: Known) -> bool {
        let standing = match known {
            Known::Here(standing) => Some(standing),
            Known::Elsewhere | Known::Deleted | Known::Nowhere => None,
        };
        match self {
            Self::Always => true,
            Self::Here => standing.is_some(),
            Self::Open => standing.is_some_and(|standing| standing != Standing::Shut),
            Self::Shut => standing == Some(Standing::Shut),
            Self::Unfinished => standing.is_none_or(|standing| standing == Standing::Incomplete),
            Self::Absent => standing.is_none(),
            Self::NoSession => false,
        }
    }
}

impl Clue {
    fn fits(&self, symptom: &Symptom) -> bool {
        let said = symptom.said.to_lowercase();
        self.places.contains(&symptom.place)
            && self.signs.contains(&symptom.sign)
            && (self.words.is_empty() || self.words.iter().any(|words| follows(&said, words)))
    }
}

/// Whether the parts of the words stand in the text one after the other.
fn follows(text: &str, words: &str) -> bool {
    let mut rest = Some(text);
    for part in words.split('…') {
        rest = rest.and_then(|rest| rest.find(part).map(|at| &rest[at + part.len()..]));
    }
    rest.is_some()
}

#[cfg(test)]
mod tests {
    use super::follows;

    #[test]
    fn words_stand_in_their_order() {
        assert!(follows("unable to pull secrets: can't find it", "pull secrets…find"));
        assert!(!follows("can't find it: unable to pull secrets", "pull secrets…find"));
        assert!(follows("ärger", "är…ger"), "whatever the letters are");
    }
}
