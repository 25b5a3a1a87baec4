//! `/help`: all commands by pages, or all about one, out of the catalogue alone.

use super::answers::{PAGE, paged};
use super::operation::field;
use super::text::plain;
use super::{Card, Field, File, Tone, handbook, manual};
use crate::plan::When;
use crate::spec::{Catalogue, Command, OperationSpec};

/// A page of all commands, those of a word together: what each does, who may use it, and who must approve where.
pub fn help(catalogue: &Catalogue, page: u32) -> Card {
    let mut commands: Vec<&Command> = catalogue.commands().iter().collect();
    commands.sort_by_key(|command| manual::word(command));
    let shown = commands.iter().skip(page as usize * PAGE as usize).take(PAGE as usize);
    let (mut lines, mut word) = (Vec::new(), "");
    for command in shown {
        if manual::word(command) != word {
            word = manual::word(command);
            lines.push(format!("**/{word}**"));
        }
        let approvers = manual::operation(command).map(manual::approvers).unwrap_or_default();
        let who: Vec<String> = std::iter::once(command.who.to_string()).chain(approvers).collect();
        lines.push(format!("`/{}` {} ({})", command.name, plain(&command.summary), who.join("; ")));
    }
    if !lines.is_empty() {
        lines.push(
            "\nBehind each: who may use it, and who must approve where. `/help command:` says all about one.".into(),
        );
    }
    paged("What you can type", &lines, commands.len() as u64, page, "There is nothing to type.", "help:")
}

/// All about one command. Where that is more than a card takes, it stands beside it as a file.
pub fn help_of(command: &Command) -> Card {
    let options = command.options.iter().map(|option| {
        let needed = if option.required { "" } else { ", may be left out" };
        format!("`{}` {} · {}{needed}", option.name, plain(&option.summary), manual::kind(option))
    });
    let mut body = vec![plain(&command.summary), format!("`{}`", manual::usage(command))];
    body.extend(options);
    let mut fields = vec![field("Who may use it", command.who.to_string(), false)];
    fields.extend(manual::operation(command).into_iter().flat_map(work));
    let whole = Card {
        title: format!("/{}", command.name),
        tone: Tone::Neutral,
        body: body.join("\n"),
        fields,
        ..Card::default()
    };
    let mut card = whole.clone().fit();
    if card != whole {
        card.files.push(File {
            name: format!("{}.md", command.name.replace(' ', "-")),
            bytes: handbook::section(command).into_bytes(),
            media_type: "text/markdown",
        });
    }
    card
}

/// What an operation takes, does, and answers for.
fn work(spec: &OperationSpec) -> Vec<Field> {
    let of = |(environment, demands): (&crate::tenant::Environment, _)| {
        field(environment.title(), manual::demands(spec, demands).join("\n"), true)
    };
    let mut fields: Vec<Field> = spec.policy.iter().map(of).collect();
    if let Some(deletion) = &spec.deletion {
        fields.push(field("The owner's notice, by reason", manual::notice(deletion), false));
    }
    fields.push(field("Steps", spec.steps.join(" → "), false));
    for (when, title) in [(When::Before, "Before it runs"), (When::After, "Afterwards")] {
        let lines = manual::checklist(spec, when).into_iter();
        let lines: Vec<String> = lines.map(|(mark, item, by)| format!("{mark} {item} · {}", plain(&by))).collect();
        if !lines.is_empty() {
            fields.push(field(title, lines.join("\n"), false));
        }
    }
    fields
}
