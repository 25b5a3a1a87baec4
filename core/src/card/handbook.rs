//! The handbook of the commands: `docs/commands.md`, written out of the catalogue alone.

use std::fmt::Write as _;

use super::manual;
use crate::plan::When;
use crate::spec::{Catalogue, Command, OperationSpec};

/// How the handbook begins.
const HEAD: &str = "# Commands

Written from `commands/` by `landlord commands docs`: a change is made there. `/help` says the same in the chat. What one sees when a
command is typed is told in [the guide](guide.md).
";

/// All commands as a page in Markdown.
pub fn handbook(catalogue: &Catalogue) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| command | what it does | who may use it | who must approve |\n|---|---|---|---|\n");
    for command in catalogue.commands() {
        let approvers = manual::operation(command).map(manual::approvers).unwrap_or_default();
        let anchor = command.name.replace(' ', "-");
        let (summary, approvers) = (cell(&command.summary), approvers.join("<br>"));
        let _ = writeln!(page, "| [`/{}`](#{anchor}) | {summary} | {} | {approvers} |", command.name, command.who);
    }
    for command in catalogue.commands() {
        let _ = write!(page, "\n{}", section(command));
    }
    page
}

/// One command in Markdown.
pub(super) fn section(command: &Command) -> String {
    let mut page = format!(
        "## /{}\n\n    {}\n\n{}. For {}.\n",
        command.name,
        manual::usage(command),
        command.summary,
        command.who
    );
    if !command.options.is_empty() {
        page.push_str("\n| option | needed | what may stand there | what for |\n|---|---|---|---|\n");
        for option in &command.options {
            let needed = if option.required { "yes" } else { "" };
            let (kind, summary) = (manual::kind(option), cell(&option.summary));
            let _ = writeln!(page, "| `{}` | {needed} | {kind} | {summary} |", option.name);
        }
    }
    if let Some(spec) = manual::operation(command) {
        work(&mut page, spec);
    }
    page
}

/// What an operation takes, does, and answers for.
fn work(page: &mut String, spec: &OperationSpec) {
    page.push_str("\n| where | what it takes |\n|---|---|\n");
    for (environment, demands) in &spec.policy {
        let _ = writeln!(page, "| {} | {} |", environment.title(), manual::demands(spec, demands).join(" "));
    }
    if let Some(deletion) = &spec.deletion {
        let (notice, days) = (manual::notice(deletion), deletion.keep_logs);
        let _ = writeln!(page, "\nThe owner's notice, by reason: {notice}. Logs that are kept are kept {days} days.");
    }
    let steps: Vec<String> = spec.steps.iter().map(|step| format!("*{step}*")).collect();
    let _ = writeln!(page, "\nSteps: {}.", steps.join(", "));
    for (when, title) in [(When::Before, "Before it runs"), (When::After, "Afterwards")] {
        let lines = manual::checklist(spec, when);
        if !lines.is_empty() {
            let _ = writeln!(page, "\n{title}:\n");
        }
        for (mark, item, by) in lines {
            let _ = writeln!(page, "- {mark} {item} · {by}");
        }
    }
}

/// A text as it stands in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
