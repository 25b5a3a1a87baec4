//! What `dev/services dump` says that the emulator and the databases hold, to be compared. Bodies are long, so what differs
//! is told in a few lines, and the whole is left in a file.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write as _;

use serde_json::Value;

/// How many entries of a difference are told.
const TOLD: usize = 8;
/// How much of an entry is told, in characters.
const SHORT: usize = 300;

/// One dump.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Dump {
    text: String,
}

impl Dump {
    /// Of the document as `dev/services dump` prints it.
    pub(crate) fn new(text: String) -> Self {
        Self { text }
    }

    /// Its entries, each with its environment and kind.
    pub(crate) fn entries(&self) -> BTreeSet<(String, String, String)> {
        let document: Value = serde_json::from_str(&self.text).expect("the dump is JSON");
        let mut entries = BTreeSet::new();
        for (environment, kinds) in document.as_object().into_iter().flatten() {
            for (kind, listed) in kinds.as_object().into_iter().flatten() {
                for entry in listed.as_array().into_iter().flatten() {
                    entries.insert((environment.clone(), kind.clone(), entry.to_string()));
                }
            }
        }
        entries
    }

    /// The kinds that an environment has entries of.
    pub(crate) fn kinds(&self, environment: &str) -> BTreeSet<String> {
        let own = self.entries().into_iter().filter(|(at, ..)| at == environment);
        own.map(|(_, kind, _)| kind).collect()
    }

    /// Asserts that it is the other one byte for byte.
    #[track_caller]
    pub(crate) fn is(&self, before: &Self, whose: &str) {
        if self == before {
            return;
        }
        let (was, is) = (before.entries(), self.entries());
        let lines = |sign: char, more: &BTreeSet<_>, less: &BTreeSet<_>| {
            let line = |(environment, kind, entry): &(String, String, String)| {
                format!("{sign} {environment} · {kind} · {}\n", entry.chars().take(SHORT).collect::<String>())
            };
            more.difference(less).take(TOLD).map(line).collect::<String>()
        };
        let (gone, new) = (lines('-', &was, &is), lines('+', &is, &was));
        panic!("{whose} differs ({} and {}):\n{gone}{new}", before.kept("before"), self.kept("after"));
    }

    /// Puts it into a file that stays.
    fn kept(&self, name: &str) -> String {
        let file = tempfile::Builder::new().prefix(&format!("dump-{name}-")).suffix(".json").tempfile();
        let mut file = file.expect("a temporary file");
        file.write_all(self.text.as_bytes()).expect("the dump can be written");
        file.keep().expect("the file stays").1.display().to_string()
    }
}

impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries", self.entries().len())
    }
}
