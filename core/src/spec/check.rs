//! The validation of `commands/`: what serde cannot see.

use std::collections::BTreeSet;
use std::ops::Range;

use super::raw::{RawCommand, RawOption, RawPolicy};
use super::reads::{self, Read};
use super::{Answers, Command, CommandOption, Does, EnvironmentPolicy, OperationSpec, SpecError, Who};
use super::{change, checklist, deletion};
use crate::card::text;
use crate::plan::Purpose;
use crate::policy::Policy;
use crate::steps;
use crate::tenant::{Environment, hidden};

pub(super) const DAY: u64 = 24 * 60 * 60;

/// Collects what is wrong in one file.
pub(super) struct Page<'a> {
    file: &'a str,
    text: &'a str,
    errors: Vec<SpecError>,
}

impl<'a> Page<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, errors: Vec::new() }
    }

    /// What was found wrong.
    pub(super) fn errors(self) -> Vec<SpecError> {
        self.errors
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text[..at.min(self.text.len())].matches('\n').count()
    }

    pub(super) fn wrong(&mut self, at: Range<usize>, what: impl Into<String>) {
        let line = self.line(at.start);
        // What the file says may be repeated in it.
        let what = text::visible(&what.into()).replace('\n', " ");
        self.errors.push(SpecError { file: self.file.to_owned(), line, what });
    }
}

/// Reads and validates one file.
pub(super) fn command(file: &str, text: &str) -> Result<Command, Vec<SpecError>> {
    let mut page = Page::new(file, text);
    let raw: RawCommand = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            page.wrong(error.span().unwrap_or(0..0), error.message());
            return Err(page.errors);
        }
    };
    name(&mut page, &raw);
    let options = options(&mut page, &raw);
    who(&mut page, &raw);
    let does = does(&mut page, &raw);
    match does {
        Some(does) if page.errors.is_empty() => Ok(Command {
            name: raw.name.into_inner(),
            summary: raw.summary.into_inner(),
            who: raw.who.into_inner(),
            options,
            does,
        }),
        _ => Err(page.errors),
    }
}

/// Discord: command names are 1 to 32 characters of `a-z 0-9 - _`; a command has at most a group and a subcommand.
fn chat_name(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// Discord: descriptions are 1 to 100 characters. People read them, so they are one line that can be seen.
fn chat_summary(text: &str) -> bool {
    (1..=100).contains(&text.chars().count()) && !text.chars().any(hidden)
}

/// What shows or changes anything is for those who hold a role. What the catalogue itself says is no secret.
fn who(page: &mut Page<'_>, raw: &RawCommand) {
    let answers = raw.answers.as_ref().map(|answers| *answers.get_ref());
    match raw.who.get_ref() {
        Who::Roles(roles) if roles.is_empty() => {
            page.wrong(raw.who.span(), "nobody may use the command; name at least one role in `who`");
        }
        Who::Everyone if answers != Some(Answers::Help) => {
            page.wrong(raw.who.span(), "only help is for everyone; name the roles that may use the command in `who`");
        }
        _ => {}
    }
}

/// Two words; one is enough for what only answers, and Discord has no subcommands below it then.
fn name(page: &mut Page<'_>, raw: &RawCommand) {
    let words: Vec<&str> = raw.name.get_ref().split(' ').collect();
    let enough = words.len() == 2 || (words.len() == 1 && raw.answers.is_some());
    if !enough || !words.iter().all(|word| chat_name(word)) {
        page.wrong(
            raw.name.span(),
            "the name must be two words of 1 to 32 lower-case letters, digits, - or _, such as \"tenant provision\" (one is \
             enough for what only answers)",
        );
    }
    if !chat_summary(raw.summary.get_ref()) {
        page.wrong(raw.summary.span(), "the summary must be one line of 1 to 100 characters (a limit of Discord)");
    }
}

fn options(page: &mut Page<'_>, raw: &RawCommand) -> Vec<CommandOption> {
    let mut seen = BTreeSet::new();
    let mut optional = false;
    if let Some(extra) = raw.option.get(25) {
        page.wrong(extra.span(), "a command has at most 25 options (a limit of Discord)");
    }
    for spanned in &raw.option {
        let option: &RawOption = spanned.get_ref();
        if !chat_name(&option.name) {
            page.wrong(spanned.span(), "an option's name has 1 to 32 lower-case letters, digits, - or _");
        }
        if !chat_summary(&option.summary) {
            page.wrong(
                spanned.span(),
                "an option's summary must be one line of 1 to 100 characters (a limit of Discord)",
            );
        }
        if !seen.insert(&option.name) {
            page.wrong(spanned.span(), format!("there are two options `{}`; rename one", option.name));
        }
        if option.required && optional {
            page.wrong(spanned.span(), "required options stand before the others (a rule of Discord); move it up");
        }
        optional |= !option.required;
    }
    raw.option
        .iter()
        .map(|spanned| {
            let RawOption { name, summary, kind, required } = spanned.get_ref();
            CommandOption { name: name.clone(), summary: summary.clone(), kind: *kind, required: *required }
        })
        .collect()
}

fn does(page: &mut Page<'_>, raw: &RawCommand) -> Option<Does> {
    match (&raw.answers, &raw.steps, raw.purpose) {
        (Some(answers), None, None) => {
            if let Some((environment, policy)) = raw.policy.iter().next() {
                page.wrong(policy.span(), format!("a command that only answers has no policy for {environment}"));
            }
            for line in raw.before.iter().chain(&raw.after) {
                page.wrong(line.span(), "a command that only answers has no checklist");
            }
            read(page, raw, reads::by_answer(*answers.get_ref()));
            Some(Does::Answer(*answers.get_ref()))
        }
        (None, Some(steps), Some(purpose)) => {
            read(page, raw, reads::by_operation(purpose));
            order(page, steps.get_ref());
            if steps.get_ref().is_empty() {
                page.wrong(steps.span(), "an operation without steps would succeed by doing nothing; name its steps");
            }
            let policy = policies(page, raw, purpose);
            Some(Does::Operation(OperationSpec {
                purpose,
                steps: steps.get_ref().iter().map(|step| step.get_ref().clone()).collect(),
                deletion: deletion::read(page, raw, purpose, &policy),
                change: change::read(page, raw, purpose),
                policy,
                checklist: checklist::read(page, raw, purpose),
            }))
        }
        _ => {
            page.wrong(raw.name.span(), "the command needs either `answers`, or `purpose` and `steps`");
            None
        }
    }
}

/// Every option is read, as what it is, and none that is read is missing.
fn read(page: &mut Page<'_>, raw: &RawCommand, read: &[Read]) {
    for spanned in &raw.option {
        let RawOption { name, kind, required, .. } = spanned.get_ref();
        match read.iter().find(|(known, ..)| known == name) {
            None => page.wrong(spanned.span(), format!("nothing reads the option `{name}`; remove it")),
            Some((_, known, _)) if known != kind => {
                page.wrong(spanned.span(), format!("the option `{name}` is read as another kind: {known:?}"));
            }
            Some((_, _, true)) if !required => {
                page.wrong(spanned.span(), format!("the option `{name}` must be `required = true`"));
            }
            Some(_) => {}
        }
    }
    for (name, ..) in read.iter().filter(|(_, _, required)| *required) {
        if raw.option.iter().all(|spanned| spanned.get_ref().name != *name) {
            page.wrong(raw.name.span(), format!("the option `{name}` is missing; the command cannot do without"));
        }
    }
}

/// Every step is known, stands once, and comes after the steps whose work it builds on.
fn order(page: &mut Page<'_>, names: &[toml::Spanned<String>]) {
    let mut before: Vec<Box<dyn steps::Step>> = Vec::new();
    let all: Vec<Option<Box<dyn steps::Step>>> = names.iter().map(|name| steps::named(name.get_ref())).collect();
    for (spanned, step) in names.iter().zip(all.iter()) {
        let name = spanned.get_ref();
        let Some(step) = step else {
            page.wrong(
                spanned.span(),
                format!("there is no step \"{name}\"; the steps are: {}", steps::names().join(", ")),
            );
            continue;
        };
        if before.iter().any(|earlier| earlier.name() == *name) {
            page.wrong(spanned.span(), format!("the step \"{name}\" stands twice"));
        }
        for needed in step.after() {
            let listed = names.iter().any(|other| *other.get_ref() == needed);
            if listed && !before.iter().any(|earlier| earlier.name() == needed) {
                page.wrong(spanned.span(), format!("\"{name}\" must come after \"{needed}\" (playbook 6.2)"));
            }
        }
        before.extend(steps::named(name));
    }
}

fn policies(
    page: &mut Page<'_>,
    raw: &RawCommand,
    purpose: Purpose,
) -> std::collections::BTreeMap<Environment, EnvironmentPolicy> {
    let never = |environment| purpose == Purpose::BulkDelete && environment == Environment::Prod;
    if let Some(prod) = raw.policy.get(&Environment::Prod).filter(|_| never(Environment::Prod)) {
        page.wrong(prod.span(), "many tenants are never deleted at once in PROD; remove [policy.prod]");
    }
    for environment in Environment::ALL {
        if !never(environment) && !raw.policy.contains_key(&environment) {
            page.wrong(
                raw.name.span(),
                format!("there is no policy for {environment}; write [policy.{environment}], empty where nobody has to approve"),
            );
        }
    }
    let at_once = raw.at_once.as_ref().is_some_and(|at_once| *at_once.get_ref());
    let mut all = std::collections::BTreeMap::new();
    for (environment, spanned) in &raw.policy {
        if at_once && !spanned.get_ref().approve.is_empty() {
            page.wrong(spanned.span(), "what runs at once waits for nobody; remove `approve`");
        }
        all.insert(*environment, policy(page, *environment, spanned, at_once));
    }
    all
}

fn policy(
    page: &mut Page<'_>,
    environment: Environment,
    spanned: &toml::Spanned<RawPolicy>,
    at_once: bool,
) -> EnvironmentPolicy {
    let raw = spanned.get_ref();
    if raw.validated_in.is_some_and(|earlier| earlier >= environment) {
        page.wrong(spanned.span(), "a tenant is validated in an earlier environment: DEV before SIT before PROD");
    }
    if environment == Environment::Prod && raw.approve.is_empty() && !at_once {
        page.wrong(spanned.span(), "PROD without approval is never right; name the roles in `approve`");
    }
    let mut duration = |given: &Option<toml::Spanned<String>>, default: u64| match given {
        None => default,
        Some(text) => seconds(text.get_ref()).unwrap_or_else(|| {
            page.wrong(text.span(), "a duration is a whole number with s, m, h or d, such as \"24h\"");
            default
        }),
    };
    let expires_after = duration(&raw.expires, DAY);
    let remind_after = duration(&raw.remind, DAY / 6);
    EnvironmentPolicy {
        policy: Policy {
            approve: raw.approve.clone(),
            expires_after,
            remind_after,
            at_once: false,
            barred: Vec::new(),
        },
        validated_in: raw.validated_in,
        typed: raw.r#type,
    }
}

/// Reads `24h`, `7d`, `90s`, `15m`; none where it is anything else, zero, or more than a year.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => DAY,
        _ => return None,
    };
    let count: u64 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(unit).filter(|seconds| (1..=366 * DAY).contains(seconds))
}

/// What can only be wrong between files: two of one name, too many under one word, too long together.
pub(super) fn together(commands: &[(&String, Command)]) -> Vec<SpecError> {
    let mut errors = Vec::new();
    let mut wrong = |file: &str, what: String| errors.push(SpecError { file: file.to_owned(), line: 1, what });
    for (place, (file, command)) in commands.iter().enumerate() {
        let before = &commands[..place];
        if let Some((other, _)) = before.iter().find(|(_, earlier)| earlier.name == command.name) {
            wrong(file, format!("the command \"{}\" stands in {other} already", command.name));
        }
        let word = |command: &Command| command.name.split(' ').next().unwrap_or_default().to_owned();
        let alone = |command: &Command| !command.name.contains(' ');
        let parted = |other: &&(&String, Command)| word(&other.1) == word(command) && alone(&other.1) != alone(command);
        if let Some((other, _)) = before.iter().find(parted) {
            wrong(
                file,
                format!(
                    "/{} is a command by itself, and the first word of others, in this file and in {other} (Discord knows only one of these)",
                    word(command)
                ),
            );
        }
        let siblings = before.iter().filter(|(_, earlier)| word(earlier) == word(command)).count();
        if siblings == 25 {
            wrong(file, format!("/{} has more than 25 subcommands (a limit of Discord)", word(command)));
        }
        let length = |command: &Command| -> usize {
            let options = command.options.iter().map(|o| o.name.chars().count() + o.summary.chars().count());
            command.name.chars().count() + command.summary.chars().count() + options.sum::<usize>()
        };
        let together = |upto: &[(&String, Command)]| -> usize {
            upto.iter().filter(|(_, other)| word(other) == word(command)).map(|(_, other)| length(other)).sum()
        };
        if together(&commands[..=place]) > 8_000 && together(before) <= 8_000 {
            wrong(
                file,
                format!(
                    "the texts of /{} are longer than 8,000 characters together (a limit of Discord)",
                    word(command)
                ),
            );
        }
    }
    errors
}
