//! Rules that lead to a tenant and its logs: what is cut off can be put back exactly, and nobody else notices.

use super::Trap;
use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, PutBack, Rule, Subject};

/// All of a rule but what the provider calls it, which is another each time.
fn unnamed(rules: &[Rule]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = rules.iter().map(|rule| Rule { id: String::new(), ..rule.clone() }).collect();
    rules.sort_by(|one, other| (&one.listener, one.priority).cmp(&(&other.listener, other.priority)));
    rules
}

async fn rules(trial: &Trial<'_>, subject: &Subject) -> Result<Vec<Rule>, Broken> {
    trial.insist("rules", || trial.world().workload().rules(subject)).await
}

async fn put_back(trial: &Trial<'_>, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, Broken> {
    trial.insist("put back", || trial.world().workload().put_back(subject, rule, anywhere)).await
}

async fn occupant(trial: &Trial<'_>, subject: &Subject, rule: &Rule) -> Result<Option<String>, Broken> {
    trial.insist("occupant", || trial.world().workload().occupant(subject, rule)).await
}

/// A tenant to which exactly one rule leads.
async fn with_a_rule(trial: &Trial<'_>, tenant: &Blueprint) -> Result<Rule, Broken> {
    trial.build(tenant).await?;
    let mut rules = rules(trial, &tenant.subject).await?;
    hold!(rules.len() == 1, "one rule should lead to {}: {rules:?}", tenant.subject.tenancy);
    Ok(rules.remove(0))
}

pub(super) async fn nothing_of_nothing(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let workload = trial.world().workload();
    let found = rules(trial, &tenant.subject).await?;
    hold!(found.is_empty(), "rules of a tenant that has nothing: {found:?}");
    let kept = workload.preserve_logs(&tenant.subject, "run-1").await;
    hold!(kept == Ok(None), "logs of a tenant that has none: {kept:?}");
    let days = workload.retention(&tenant.subject).await;
    hold!(days == Ok(None), "the retention of no logs: {days:?}");
    Ok(())
}

pub(super) async fn put_back_exactly(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let subject = &tenant.subject;
    trial.build(&tenant).await?;
    trial.set(Trap::SecondRule, subject).await;
    let before = rules(trial, subject).await?;
    let found = trial.find(Kind::ListenerRule, subject).await?;
    let ids = |rules: &[Rule]| -> Vec<String> { rules.iter().map(|rule| rule.id.clone()).collect() };
    let all = found.len() == before.len() && found.iter().all(|one| ids(&before).contains(&one.id));
    hold!(all, "the rules {before:?} are not those that are found: {found:?}");
    trial.remove(Kind::ListenerRule, subject).await?;
    let gone = rules(trial, subject).await?;
    hold!(gone.is_empty(), "after their removal there are rules: {gone:?}");
    for rule in &before {
        let free = occupant(trial, subject, rule).await?;
        hold!(free.is_none(), "the place of a rule that went is free, and not {free:?}");
    }
    for again in 0..2 {
        for rule in &before {
            let put = put_back(trial, subject, rule, again == 1).await?;
            hold!(matches!(put, PutBack::Stands(_)), "{} should stand again: {put:?}", rule.words);
        }
        let after = rules(trial, subject).await?;
        hold!(unnamed(&after) == unnamed(&before), "it was {before:?}, and is {after:?} again");
    }
    for rule in &before {
        let own = occupant(trial, subject, rule).await?;
        hold!(own.is_none(), "a rule is not in its own way: {own:?}");
    }
    trial.stands_but_for_rules(subject).await
}

pub(super) async fn taken_priority(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let id = &tenant.subject.tenancy.tenant;
    let other = trial.tenant_named(&format!("{id}-2"), trial.environment)?;
    let (rule, others) = (with_a_rule(trial, &tenant).await?, with_a_rule(trial, &other).await?);
    for subject in [&tenant.subject, &other.subject] {
        trial.remove(Kind::ListenerRule, subject).await?;
    }
    let intruder = Rule { priority: rule.priority, listener: rule.listener.clone(), ..others };
    let put = put_back(trial, &other.subject, &intruder, false).await?;
    hold!(matches!(put, PutBack::Stands(_)), "a free priority: {put:?}");
    let seen = occupant(trial, &tenant.subject, &rule).await?;
    hold!(seen.is_some(), "somebody has the priority, and nobody is seen there");
    let put = put_back(trial, &tenant.subject, &rule, false).await?;
    hold!(matches!(&put, PutBack::Taken(who) if !who.is_empty()), "a priority that is another rule's: {put:?}");
    let now = rules(trial, &tenant.subject).await?;
    hold!(now.is_empty(), "it was taken, and yet there is {now:?}");
    for _ in 0..2 {
        let put = put_back(trial, &tenant.subject, &rule, true).await?;
        hold!(matches!(put, PutBack::Stands(_)), "anywhere is somewhere: {put:?}");
        let now = rules(trial, &tenant.subject).await?;
        hold!(now.len() == 1 && now[0].priority != rule.priority, "one rule at another priority: {now:?}");
        let moved = Rule { id: String::new(), priority: rule.priority, ..now[0].clone() };
        hold!(moved == Rule { id: String::new(), ..rule.clone() }, "only its priority differs: {now:?}, {rule:?}");
    }
    let left = rules(trial, &other.subject).await?;
    hold!(unnamed(&left) == unnamed(&[intruder]), "the other's rule was touched: {left:?}");
    Ok(())
}

pub(super) async fn neighbours_are_untouched(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let id = &tenant.subject.tenancy.tenant;
    let neighbour = trial.tenant_named(&format!("{id}-2"), trial.environment)?;
    let (rule, theirs) = (with_a_rule(trial, &tenant).await?, with_a_rule(trial, &neighbour).await?);
    let kept = trial.cloud().retain_logs(&neighbour.subject, 30).await;
    hold!(kept.is_ok(), "keeping logs for 30 days: {kept:?}");
    trial.remove(Kind::ListenerRule, &tenant.subject).await?;
    let lifted = trial.world().workload().preserve_logs(&tenant.subject, &run()).await;
    hold!(matches!(lifted, Ok(Some(_))), "keeping the logs for ever: {lifted:?}");
    put_back(trial, &tenant.subject, &rule, false).await?;
    let now = rules(trial, &neighbour.subject).await?;
    hold!(now == [theirs.clone()], "the neighbour's rule was {theirs:?} and is {now:?}");
    let days = trial.world().workload().retention(&neighbour.subject).await;
    hold!(days == Ok(Some(30)), "the neighbour's logs were kept 30 days, and now {days:?}");
    Ok(())
}

pub(super) async fn strangers_rules_are_left_out(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let rule = with_a_rule(trial, &tenant).await?;
    if trial.set(Trap::StrangersRule, &tenant.subject).await {
        let seen = rules(trial, &tenant.subject).await?;
        hold!(seen == [rule], "somebody else's rule is among the tenant's: {seen:?}");
    }
    Ok(())
}

pub(super) async fn missing_target_group_is_said(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let rule = with_a_rule(trial, &tenant).await?;
    trial.demolish(&tenant.subject).await?;
    let put = trial.world().workload().put_back(&tenant.subject, &rule, false).await;
    hold!(matches!(put, Err(CloudError::Permanent(_))), "a rule to a target group that is gone: {put:?}");
    Ok(())
}

fn run() -> String {
    format!("run-{:016x}", rand::random::<u64>())
}

pub(super) async fn logs_are_preserved_once(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let subject = &tenant.subject;
    trial.build(&tenant).await?;
    let workload = trial.world().workload();
    let kept = trial.cloud().retain_logs(subject, 30).await;
    hold!(kept.is_ok(), "keeping logs for 30 days: {kept:?}");
    let days = workload.retention(subject).await;
    hold!(days == Ok(Some(30)), "logs that are kept 30 days are kept {days:?}");
    let run = run();
    let first = trial.insist("preserve", || workload.preserve_logs(subject, &run)).await?;
    let Some(first) = first else { return Err(Broken("there is a log group, and it was not found".into())) };
    hold!(first.kept_before == Some(30), "they were kept 30 days: {first:?}");
    let place = first.export.as_ref().is_none_or(|(place, _)| place.starts_with("s3://") && place.contains(&run));
    hold!(place, "no place for an export: {first:?}");
    let second = trial.insist("preserve", || workload.preserve_logs(subject, &run)).await?;
    let same = second.as_ref().map(|kept| (&kept.group, &kept.export)) == Some((&first.group, &first.export));
    hold!(same, "the same run came to {first:?}, then to {second:?}");
    let days = workload.retention(subject).await;
    hold!(days == Ok(None), "logs that are kept for ever are kept {days:?}");
    for wrong in ["", "a run", &"x".repeat(37)] {
        let refused = workload.preserve_logs(subject, wrong).await;
        hold!(matches!(refused, Err(CloudError::Permanent(_))), "the run `{wrong}` came to {refused:?}");
    }
    Ok(())
}
