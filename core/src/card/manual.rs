//! What help and handbook say alike of a command: in words, out of the catalogue alone.

use super::text::{capitalised, duration, list, roles};
use crate::plan::{Reason, When};
use crate::spec::{By, Command, CommandOption, DeletionSpec, Does, EnvironmentPolicy, OperationSpec, OptionKind};
use crate::tenant::Environment;

/// The word under which commands stand together.
pub(super) fn word(command: &Command) -> &str {
    command.name.split(' ').next().unwrap_or_default()
}

/// The command as it is typed, what may be left out in brackets: `/tenant list [tenant:]`.
pub(super) fn usage(command: &Command) -> String {
    let options = command.options.iter().map(|option| {
        let name = &option.name;
        if option.required { format!(" {name}:") } else { format!(" [{name}:]") }
    });
    format!("/{}{}", command.name, options.collect::<String>())
}

/// What the command files, where it files something.
pub(super) fn operation(command: &Command) -> Option<&OperationSpec> {
    match &command.does {
        Does::Operation(spec) => Some(spec),
        Does::Answer(_) => None,
    }
}

/// Who must approve where, in the fewest words: `SIT: Team Lead`. Where nobody must, nothing.
pub(super) fn approvers(spec: &OperationSpec) -> Vec<String> {
    let asking = spec.policy.iter().filter(|(_, demands)| !demands.policy.approve.is_empty());
    let line = |(environment, demands): (&Environment, &EnvironmentPolicy)| {
        let titles: Vec<String> = demands.policy.approve.iter().map(|role| role.title().to_owned()).collect();
        format!("{}: {}", environment.title(), list(&titles))
    };
    asking.map(line).collect()
}

/// What an environment demands, a sentence each.
pub(super) fn demands(spec: &OperationSpec, demands: &EnvironmentPolicy) -> Vec<String> {
    let policy = &demands.policy;
    let at_once = spec.change.as_ref().is_some_and(|change| change.at_once);
    let mut all = Vec::new();
    if policy.approve.is_empty() {
        all.push(if at_once { "It runs at once." } else { "Nobody has to approve." }.to_owned());
    } else {
        let approve = if policy.approve.len() == 1 { "approves" } else { "approve" };
        all.push(format!("{} {approve}.", capitalised(&roles(&policy.approve))));
        all.push(format!(
            "It expires after {}; who is missing is reminded after {}.",
            duration(policy.expires_after),
            duration(policy.remind_after)
        ));
    }
    if let Some(earlier) = demands.validated_in {
        all.push(format!("The tenant was validated in {} before.", earlier.title()));
    }
    if demands.typed.is_some() {
        all.push("The tenant's name is typed.".to_owned());
    }
    all
}

/// How long the owner has notice, by reason: `cancellation 7 days, poc none, other 24 hours`.
pub(super) fn notice(deletion: &DeletionSpec) -> String {
    if deletion.notice.values().all(|time| *time == 0) {
        return "none".to_owned();
    }
    let by_reason = Reason::ALL.into_iter().filter_map(|reason| {
        let time = *deletion.notice.get(&reason)?;
        Some(format!("{reason} {}", if time == 0 { "none".to_owned() } else { duration(time) }))
    });
    by_reason.collect::<Vec<_>>().join(", ")
}

/// The lines of one checklist: mark, words, and who answers for it.
pub(super) fn checklist(spec: &OperationSpec, when: When) -> Vec<(&'static str, &str, String)> {
    let lines = spec.checklist.iter().filter(|line| line.when == when);
    let answered = |by: &By| match by {
        By::Look(_) => ("☑", "the bot looks when it plans".to_owned()),
        By::Step(step) => ("☑", format!("shown by \"{step}\"")),
        By::Attested if when == When::After => ("☐", "vouched for by whoever validates it".to_owned()),
        By::Attested => ("☐", "vouched for by whoever approves, or asks where nobody has to".to_owned()),
        By::Unverifiable(why) => ("⚠", format!("unverifiable: {why}")),
    };
    lines
        .map(|line| {
            let (mark, by) = answered(&line.by);
            (mark, line.item.as_str(), by)
        })
        .collect()
}

/// What may stand in an option.
pub(super) fn kind(option: &CommandOption) -> &'static str {
    match option.kind {
        OptionKind::Tenant => "a tenant; completes",
        OptionKind::NewTenant => "12 digits, or a name of a-z, 0-9 and -",
        OptionKind::Environment => "`dev`, `sit` or `prod`",
        OptionKind::Label => "a name",
        OptionKind::Subdomain => "a host label",
        OptionKind::Email => "an e-mail address",
        OptionKind::Cpu => "CPU units that Fargate knows; completes",
        OptionKind::Memory => "MiB that Fargate knows; completes",
        OptionKind::Storage => "GiB",
        OptionKind::Engagement => "`client` or `poc`",
        OptionKind::Operation => "an operation's id; completes",
        OptionKind::State => "a state",
        OptionKind::Scope => "`dev`, `sit`, `prod` or `all`",
        OptionKind::BulkScope => "`dev`, `sit` or `all` (both)",
        OptionKind::Reason => "`cancellation`, `poc` or `other`",
        OptionKind::YesNo => "`yes` or `no`",
        OptionKind::Logs => "`keep` or `delete`",
        OptionKind::Tenants => "tenants, with commas between them",
        OptionKind::Count => "a number of tasks",
        OptionKind::Revision => "a revision's number; completes",
        OptionKind::Why => "one line",
        OptionKind::Command => "a command; completes",
        OptionKind::Incident => "an incident; completes",
    }
}
