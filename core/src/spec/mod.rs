//! The catalogue: `commands/*.toml`, read once and wholly validated at start.
//!
//! A file that is wrong in any way refuses the whole catalogue, with file, line and what to do: a bot that knows half of its
//! commands is not started.

mod alerts;
mod change;
mod check;
mod checklist;
mod deletion;
mod monitors;
mod raw;
mod reads;
mod who;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::monitor::Calendar;
use crate::plan::{Purpose, Reason};
use crate::policy::Policy;
use crate::role::Role;
use crate::tenant::Environment;

pub use alerts::{AlertPolicy, AlertRule, Escalation, Pattern, Topic, Way, When};
pub use checklist::{By, ChecklistSpec};
pub use raw::{Answers, Look, OptionKind, Typed};
pub use who::Who;

/// All commands, what alerts propose, and what is looked at when.
#[derive(Debug, Clone)]
pub struct Catalogue {
    commands: Vec<Command>,
    alerts: AlertPolicy,
    monitors: Calendar,
}

/// One command: a slash command, and what it does.
#[derive(Debug, Clone)]
pub struct Command {
    /// Its one or two words: `tenant provision`.
    pub name: String,
    /// What it is for, at most 100 characters.
    pub summary: String,
    /// Who may use it.
    pub who: Who,
    /// Its options, the required ones first.
    pub options: Vec<CommandOption>,
    /// What it does.
    pub does: Does,
}

/// An option of a slash command.
#[derive(Debug, Clone)]
pub struct CommandOption {
    /// Its name.
    pub name: String,
    /// What it is for, at most 100 characters.
    pub summary: String,
    /// What may stand there.
    pub kind: OptionKind,
    /// Whether it must be given.
    pub required: bool,
}

/// What a command does.
#[derive(Debug, Clone)]
pub enum Does {
    /// Files an operation.
    Operation(OperationSpec),
    /// Answers, or says something about an operation that exists.
    Answer(Answers),
}

/// How an operation is planned and who must approve it.
#[derive(Debug, Clone)]
pub struct OperationSpec {
    /// What it is for.
    pub purpose: Purpose,
    /// Its steps by name, in their order.
    pub steps: Vec<String>,
    /// What each environment demands. An environment that is not here is refused.
    pub policy: BTreeMap<Environment, EnvironmentPolicy>,
    /// The checklists before and after the run.
    pub checklist: Vec<ChecklistSpec>,
    /// What a deletion goes by besides; none for what deletes nothing.
    pub deletion: Option<DeletionSpec>,
    /// What a change of a site that stands goes by besides; none for what is no such change.
    pub change: Option<ChangeSpec>,
}

/// What a change of a site that stands goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSpec {
    /// What it is called in headlines: `Scale`, `Roll back`.
    pub verb: String,
    /// Whether it is an emergency: it runs at once, in the channel for incidents, and takes precedence over what is open.
    pub at_once: bool,
    /// Whom its thread calls when it begins.
    pub calls: Vec<Role>,
}

/// What a deletion goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionSpec {
    /// How long the owner has notice, in seconds, by reason.
    pub notice: BTreeMap<Reason, u64>,
    /// How long kept logs are kept, in days.
    pub keep_logs: u32,
}

/// What an environment demands.
#[derive(Debug, Clone)]
pub struct EnvironmentPolicy {
    /// Who approves, and how long that may take.
    pub policy: Policy,
    /// Where the tenant must have been validated before.
    pub validated_in: Option<Environment>,
    /// What must be typed before the request is filed.
    pub typed: Option<Typed>,
}

/// Something wrong in a file of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Everything that is wrong in a catalogue, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct SpecErrors(pub Vec<SpecError>);

impl Catalogue {
    /// The catalogue that is built into the program: `commands/` of its sources.
    pub fn built_in() -> Result<Self, SpecErrors> {
        let files = BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self::parse(&files.collect::<Vec<_>>())
    }

    /// Reads every `*.toml` of a folder.
    pub fn read(folder: &Path) -> Result<Self, SpecErrors> {
        let broken = |what: String| SpecErrors(vec![SpecError { file: folder.display().to_string(), line: 1, what }]);
        let entries = std::fs::read_dir(folder).map_err(|e| broken(format!("the folder cannot be read: {e}")))?;
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| broken(format!("the folder cannot be read: {e}")))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&path).map_err(|e| broken(format!("{}: {e}", path.display())))?;
                files.push((path.display().to_string(), text));
            }
        }
        files.sort();
        Self::parse(&files)
    }

    /// Validates files, given as name and text, as a whole.
    pub fn parse(files: &[(String, String)]) -> Result<Self, SpecErrors> {
        let mut errors = Vec::new();
        let called = |name: &'static str| {
            move |(file, _): &&(String, String)| Path::new(file).file_name().is_some_and(|file| file == name)
        };
        let (alerts, files): (Vec<_>, Vec<_>) = files.iter().partition(called(alerts::FILE));
        let (monitors, files): (Vec<_>, Vec<_>) = files.into_iter().partition(called(monitors::FILE));
        if files.is_empty() {
            let what = "there is no command file; write one, or name another folder".to_owned();
            errors.push(SpecError { file: "commands".into(), line: 1, what });
        }
        let mut commands = Vec::new();
        for (file, text) in files {
            match check::command(file, text) {
                Ok(command) => commands.push((file, command)),
                Err(found) => errors.extend(found),
            }
        }
        errors.extend(check::together(&commands));
        if !errors.is_empty() {
            return Err(SpecErrors(errors));
        }
        let commands: Vec<Command> = commands.into_iter().map(|(_, command)| command).collect();
        // Where no file says anything, no alert proposes anything.
        let policy = alerts.first().map_or_else(
            || Ok(AlertPolicy::default()),
            |(file, text)| alerts::policy(file, text, &commands).map_err(SpecErrors),
        )?;
        // Where no file says anything, nothing is looked at.
        let monitors = monitors.first().map_or_else(
            || Ok(Calendar::default()),
            |(file, text)| monitors::calendar(file, text).map_err(SpecErrors),
        )?;
        Ok(Self { commands, alerts: policy, monitors })
    }

    /// What is looked at, and when.
    pub fn monitors(&self) -> &Calendar {
        &self.monitors
    }

    /// What alerts propose, and who hears of them.
    pub fn alerts(&self) -> &AlertPolicy {
        &self.alerts
    }

    /// All commands, in the order of their files.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// The command of that name.
    pub fn command(&self, name: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.name == name)
    }

    /// The operation that the command of that name files.
    pub fn operation(&self, name: &str) -> Option<(&Command, &OperationSpec)> {
        self.command(name).and_then(|command| match &command.does {
            Does::Operation(spec) => Some((command, spec)),
            Does::Answer(_) => None,
        })
    }
}

macro_rules! built_in {
    ($($file:literal),* $(,)?) => {
        /// The files of `commands/`, by name and text.
        const BUILT_IN: &[(&str, &str)] = &[$((
            concat!("commands/", $file, ".toml"),
            include_str!(concat!("../../../commands/", $file, ".toml")),
        )),*];
    };
}

built_in!(
    "alerts",
    "help",
    "incident-close",
    "incident-list",
    "monitors",
    "operation-cancel",
    "operation-list",
    "operation-show",
    "tenant-adopt",
    "tenant-audit",
    "tenant-bulk-delete",
    "tenant-delete",
    "tenant-diagnose",
    "tenant-heal",
    "tenant-list",
    "tenant-orphans",
    "tenant-promote",
    "tenant-provision",
    "tenant-reopen",
    "tenant-rollback",
    "tenant-scale",
    "tenant-show",
    "tenant-shutdown",
    "tenant-sweep",
    "tenant-validate",
);
