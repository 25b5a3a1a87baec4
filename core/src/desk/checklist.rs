//! What is known of each line of the checklists when the plan is made (playbook 5).

use crate::card::text;
use crate::plan::{Answer, ChecklistItem, Deletion, Plan};
use crate::spec::{By, ChecklistSpec, Look};

/// The plan's checklists, filled in.
pub(super) fn filled(lines: &[ChecklistSpec], plan: &Plan) -> Vec<ChecklistItem> {
    lines
        .iter()
        .map(|line| ChecklistItem {
            item: line.item.clone(),
            when: line.when,
            answer: match &line.by {
                By::Look(look) => Answer::Verified(seen(*look, plan)),
                By::Step(step) => Answer::Step(step.clone()),
                By::Attested => Answer::Attested,
                By::Unverifiable(why) => Answer::Unverifiable(why.clone()),
            },
        })
        .collect()
}

fn seen(look: Look, plan: &Plan) -> String {
    let details = plan.details();
    match look {
        Look::TenantUnique => format!("{} is no other tenant's", details.tenant),
        Look::SubdomainFree => format!("{} is free in registry, listener rules and zone", plan.site().host),
        Look::SizeKnown => details.size.to_string(),
        Look::Approvals => approvals(plan),
        Look::AccountSeal => format!("account {} answers", plan.site().account),
        Look::OwnerNotice | Look::Backup | Look::GracePeriod => {
            plan.deletion.as_ref().map_or_else(String::new, |deletion| of_deletion(look, deletion, plan))
        }
        Look::Environments => environments(plan),
    }
}

fn of_deletion(look: Look, deletion: &Deletion, plan: &Plan) -> String {
    let notice = text::duration(deletion.notice);
    let to = match plan.tenants.as_slice() {
        [one] => one.owner().to_owned(),
        several => format!("{} owners", several.len()),
    };
    let by_hand = plan.tenants.iter().filter(|details| details.email.is_none()).count();
    match (look, deletion.notice, deletion.backup) {
        (Look::Backup, _, true) => "made before anything goes; without it nothing is deleted".into(),
        (Look::Backup, _, false) => "not asked for".into(),
        (Look::GracePeriod, 0, _) => format!("none for reason {}", deletion.reason),
        (Look::GracePeriod, ..) => format!("nothing is touched until {notice} after the e-mail"),
        (_, 0, _) if by_hand > 0 => format!("{to}: of {by_hand} no address is known, to be told by hand"),
        (_, _, _) if by_hand > 0 => {
            format!(
                "{to}: of {by_hand} no address is known; it holds until they are told by hand, {notice} before anything goes"
            )
        }
        (_, 0, _) => format!("{to} will be told when all is gone"),
        _ => format!("{to} will be told by e-mail when it is approved, {notice} before anything goes"),
    }
}

fn approvals(plan: &Plan) -> String {
    let typed = plan.deletion.as_ref().and_then(|deletion| deletion.typed.as_ref());
    let typed = typed.map_or_else(String::new, |typed| format!("{} typed {}; ", typed.person, typed.name));
    if plan.policy.approve.is_empty() {
        format!("{typed}none needed here")
    } else {
        let approve = if plan.policy.approve.len() == 1 { "approves" } else { "approve" };
        format!("{typed}it does not run before {} {approve}", text::roles(&plan.policy.approve))
    }
}

fn environments(plan: &Plan) -> String {
    let absent = plan.deletion.as_ref().map(|deletion| deletion.absent.as_slice()).unwrap_or_default();
    let found = format!("found in {}", plan.places());
    if absent.is_empty() {
        return found;
    }
    format!("{found}; nothing in {}", text::places(absent.iter().copied()))
}
