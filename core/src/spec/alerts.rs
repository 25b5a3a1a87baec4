//! `commands/alerts.toml`: what an alert proposes, and who hears of one that lasts (RB-001 section 6).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::check::{Page, seconds};
use super::{Command, Does, SpecError};
use crate::alert::{About, Alert, Text};
use crate::plan::Purpose;
use crate::tenant::{Environment, hidden};

/// The name of the file.
pub(super) const FILE: &str = "alerts.toml";
/// The key of a pattern that is held against what the alert is called.
const NAME: &str = "name";
/// The options that say what a proposal is about; the alert gives them.
const ABOUT: [&str; 2] = ["tenant", "environment"];

/// What alerts propose and who hears of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertPolicy {
    /// The rules, the first that fits counts.
    pub rules: Vec<AlertRule>,
    /// Who else hears of an incident, and when.
    pub escalations: Vec<Escalation>,
}

/// What some alerts propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRule {
    /// What these alerts are, for people.
    pub title: String,
    /// Patterns by label; all must fit.
    pub when: BTreeMap<String, Pattern>,
    /// Only in these environments; in any, where it is empty.
    pub places: Vec<Environment>,
    /// What they are about, for escalations.
    pub topic: Option<Topic>,
    /// The command that is proposed.
    pub proposes: Option<String>,
    /// Its arguments besides tenant and environment.
    pub with: BTreeMap<String, String>,
    /// Whether the bot itself does it.
    pub automatic: bool,
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Money.
    Payment,
    /// An attack, or a leak.
    Security,
}

/// A text that may begin and end with `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Whether the text fits, to the letter but for the `*`.
    pub fn fits(&self, text: &str) -> bool {
        let Self(pattern) = self;
        match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
            (Some(end), None) => text.ends_with(end),
            (None, Some(beginning)) => text.starts_with(beginning),
            (None, None) => text == pattern,
        }
    }
}

/// Who hears of an incident besides the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Who, for people: `Engineering Lead`.
    pub to: String,
    /// How.
    pub by: Way,
    /// When.
    pub when: When,
}

/// A way out of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The Slack channel of alerts.
    Slack,
    /// The address of the topic: finance for payment, security for security.
    Email,
    /// A page.
    PagerDuty,
}

/// When somebody hears of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It fired more often than this.
    Failures(u32),
    /// It is about this.
    Topic(Topic),
    /// It was not over after so many seconds.
    Unresolved(u64),
}

impl AlertPolicy {
    /// The rule for an alert; none where none fits.
    pub fn rule(&self, alert: &Alert, about: &About) -> Option<&AlertRule> {
        self.rules.iter().find(|rule| rule.fits(alert, about))
    }
}

impl AlertRule {
    fn fits(&self, alert: &Alert, about: &About) -> bool {
        let here = |at: &Environment| about.environment == Some(*at);
        let fits = |(label, pattern): (&String, &Pattern)| {
            let text = if label == NAME { Some(&alert.name) } else { alert.labels.get(label) };
            text.map(Text::raw).is_some_and(|text| pattern.fits(text))
        };
        (self.places.is_empty() || self.places.iter().any(here)) && self.when.iter().all(fits)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    alert: Vec<Spanned<RawRule>>,
    #[serde(default)]
    escalation: Vec<Spanned<RawEscalation>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    title: Spanned<String>,
    when: Spanned<BTreeMap<String, String>>,
    #[serde(default)]
    r#in: Vec<Environment>,
    topic: Option<Topic>,
    proposes: Option<Spanned<String>>,
    #[serde(default)]
    with: BTreeMap<String, Spanned<String>>,
    automatic: Option<Spanned<bool>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEscalation {
    to: Spanned<String>,
    by: Way,
    failures: Option<u32>,
    topic: Option<Topic>,
    unresolved: Option<Spanned<String>>,
}

/// Reads and validates the file, by the commands that there are.
pub(super) fn policy(file: &str, text: &str, commands: &[Command]) -> Result<AlertPolicy, Vec<SpecError>> {
    let mut page = Page::new(file, text);
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            page.wrong(error.span().unwrap_or(0..0), error.message());
            return Err(page.errors());
        }
    };
    let rules = raw.alert.into_iter().map(|raw| rule(&mut page, raw.into_inner(), commands)).collect();
    let escalations = raw.escalation.into_iter().filter_map(|raw| escalation(&mut page, &raw)).collect();
    let errors = page.errors();
    if errors.is_empty() { Ok(AlertPolicy { rules, escalations }) } else { Err(errors) }
}

fn rule(page: &mut Page<'_>, raw: RawRule, commands: &[Command]) -> AlertRule {
    said(page, &raw.title);
    if raw.when.get_ref().is_empty() {
        page.wrong(raw.when.span(), "every alert would fit; name a label and what it says");
    }
    for (label, pattern) in raw.when.get_ref() {
        let bare = pattern.strip_prefix('*').unwrap_or(pattern);
        let bare = bare.strip_suffix('*').unwrap_or(bare);
        if bare.is_empty() || bare.contains('*') {
            page.wrong(raw.when.span(), format!("`{label}`: a pattern is a text that may begin and end with one *"));
        }
    }
    proposal(page, &raw, commands);
    AlertRule {
        title: raw.title.into_inner(),
        when: raw.when.into_inner().into_iter().map(|(label, pattern)| (label, Pattern(pattern))).collect(),
        places: raw.r#in,
        topic: raw.topic,
        proposes: raw.proposes.map(Spanned::into_inner),
        with: raw.with.into_iter().map(|(name, value)| (name, value.into_inner())).collect(),
        automatic: raw.automatic.is_some_and(Spanned::into_inner),
    }
}

/// What is proposed must be a command that takes a tenant and an environment, and these arguments.
fn proposal(page: &mut Page<'_>, raw: &RawRule, commands: &[Command]) {
    let automatic = raw.automatic.as_ref().filter(|automatic| *automatic.get_ref());
    let Some(proposes) = &raw.proposes else {
        if let Some(given) = raw.with.values().next() {
            page.wrong(given.span(), "arguments of nothing; name the command in `proposes`");
        }
        if let Some(automatic) = automatic {
            page.wrong(automatic.span(), "nothing is proposed that could be done; name the command in `proposes`");
        }
        return;
    };
    let Some(command) = commands.iter().find(|command| command.name == *proposes.get_ref()) else {
        page.wrong(proposes.span(), format!("there is no command `{}`", proposes.get_ref()));
        return;
    };
    let takes = |name: &str| command.options.iter().any(|option| option.name == name);
    if !ABOUT.iter().all(|name| takes(name)) {
        page.wrong(proposes.span(), "only a command with the options `tenant` and `environment` can be proposed");
    }
    for (name, value) in &raw.with {
        if ABOUT.contains(&name.as_str()) {
            page.wrong(value.span(), format!("`{name}` is the alert's to say"));
        } else if !takes(name) {
            page.wrong(value.span(), format!("`{}` has no option `{name}`", command.name));
        }
        said(page, value);
    }
    let Some(automatic) = automatic else { return };
    let shuts = matches!(&command.does, Does::Operation(spec) if spec.purpose == Purpose::Shutdown);
    if !shuts {
        page.wrong(
            automatic.span(),
            "only a shutdown may be automatic; let a person press the button for anything else",
        );
    }
    if raw.r#in.is_empty() || raw.r#in.contains(&Environment::Prod) {
        page.wrong(automatic.span(), "nothing is automatic in PROD; say `in = [\"dev\", \"sit\"]` or less");
    }
    let missing = |name: &&str| !ABOUT.contains(name) && !raw.with.contains_key(*name);
    let required = command.options.iter().filter(|option| option.required).map(|option| option.name.as_str());
    for name in required.filter(missing).collect::<Vec<_>>() {
        page.wrong(automatic.span(), format!("nobody is there to give `{name}`; give it in `with`"));
    }
}

fn escalation(page: &mut Page<'_>, spanned: &Spanned<RawEscalation>) -> Option<Escalation> {
    let raw = spanned.get_ref();
    said(page, &raw.to);
    let unresolved = raw.unresolved.as_ref().map(|text| {
        seconds(text.get_ref()).unwrap_or_else(|| {
            page.wrong(text.span(), "a duration is a whole number with s, m, h or d, such as \"1h\"");
            0
        })
    });
    let given = [raw.failures.map(When::Failures), raw.topic.map(When::Topic), unresolved.map(When::Unresolved)];
    let [Some(when)] = given.into_iter().flatten().map(Some).collect::<Vec<_>>()[..] else {
        page.wrong(spanned.span(), "say when: exactly one of `failures`, `topic` and `unresolved`");
        return None;
    };
    if raw.by == Way::Email && !matches!(when, When::Topic(_)) {
        page.wrong(spanned.span(), "an e-mail goes to the address of a topic; say which in `topic`");
    }
    Some(Escalation { to: raw.to.get_ref().clone(), by: raw.by, when })
}

/// One line that people can read.
fn said(page: &mut Page<'_>, text: &Spanned<String>) {
    let length = text.get_ref().chars().count();
    if !(1..=100).contains(&length) || text.get_ref().chars().any(hidden) {
        page.wrong(text.span(), "it must be one line of 1 to 100 characters");
    }
}
