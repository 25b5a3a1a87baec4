//! A tenant's listener rules as they are, and put back as they were after an emergency (playbook 4.1).

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{self as elb, Tag};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Owner, PutBack, Rule};
use landlord_core::tenant::Tenancy;
use serde_json::Value;

use super::accounts::Account;
use super::quota::Quota;
use super::rule_form::Form;
use super::rule_look::{self, free, priority};
use super::{arn, elb_tags, rule_words, tags};

/// How often a priority that somebody else took meanwhile is replaced by another.
const TRIES: usize = 5;
/// The prefix of tags that only AWS itself gives.
const AWS_TAGS: &str = "aws:";

/// The tenant's own rules, on every listener.
pub(crate) async fn read(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Vec<Rule>, CloudError> {
    let standing = rule_look::look(account, tenancy, Some(host)).await?;
    Ok(standing.into_iter().filter(|standing| standing.found.owner == Owner::Own).map(kept).collect())
}

/// A rule as it is kept: whole, or with what about it is not understood.
fn kept(standing: rule_look::Standing) -> Rule {
    let read = Form::read(&standing.rule).and_then(|form| Ok((form.conditions_json()?, form.actions_json()?, form)));
    let (conditions, actions, words, lost) = match read {
        Ok((conditions, actions, form)) => (conditions, actions, rule_words::words(&form), None),
        Err(why) => (Value::Null, Value::Null, rule_words::outline(&standing.rule), Some(why)),
    };
    Rule {
        id: standing.found.id,
        listener: standing.listener,
        // Only a listener's default has none, and that is never a tenant's own.
        priority: priority(&standing.rule).unwrap_or_default(),
        conditions,
        actions,
        tags: standing.tags.into_iter().collect(),
        words,
        lost,
    }
}

/// Puts a rule back; see the port. Choosing a place and taking it is done one at a time in an account.
pub(crate) async fn put_back(
    account: &Account,
    tenancy: &Tenancy,
    rule: &Rule,
    anywhere: bool,
) -> Result<PutBack, CloudError> {
    let doing = format!("Putting back the rule {}", rule.words);
    let form = Form::kept(&rule.conditions, &rule.actions)?;
    own(tenancy, rule, &form)?;
    let _one_at_a_time = account.priorities().await;
    for _ in 0..TRIES {
        let there = on_the_listener(account, rule, &doing).await?;
        if let Some(id) = same(account, tenancy, &there, rule, &form, anywhere).await? {
            return Ok(PutBack::Stands(id));
        }
        let priority = match there.iter().find(|one| priority(one) == Some(rule.priority)) {
            None => rule.priority,
            Some(other) if !anywhere => return Ok(PutBack::Taken(named(other))),
            Some(_) => {
                free(&there).ok_or_else(|| CloudError::Permanent(format!("{doing}: every priority is taken.")))?
            }
        };
        if form.has_a_secret() {
            return Err(CloudError::Permanent(format!(
                "{doing}: it makes visitors log in with a client secret (`authenticate-oidc`), which AWS never shows. Make the \
                 rule by hand at priority {priority}, with what was kept of it, then retry."
            )));
        }
        if let Some(id) = create(account, rule, &form, priority, &doing).await? {
            return Ok(PutBack::Stands(id));
        }
    }
    Err(CloudError::Transient(format!("{doing}: others took {TRIES} free priorities meanwhile.")))
}

/// Whose the rule's place is now, in words; none where it is free or the rule's own.
pub(crate) async fn occupant(account: &Account, tenancy: &Tenancy, rule: &Rule) -> Result<Option<String>, CloudError> {
    let doing = format!("Looking at the place of the rule {}", rule.words);
    let form = Form::kept(&rule.conditions, &rule.actions)?;
    let there = on_the_listener(account, rule, &doing).await?;
    if same(account, tenancy, &there, rule, &form, false).await?.is_some() {
        return Ok(None);
    }
    Ok(there.iter().find(|one| priority(one) == Some(rule.priority)).map(named))
}

/// What leads to somebody else's is not the tenant's to be put back.
fn own(tenancy: &Tenancy, rule: &Rule, form: &Form) -> Result<(), CloudError> {
    let group = tenancy.name(Kind::TargetGroup);
    match form.leads_to().find(|to| arn::target_group(to) != Some(&group)) {
        Some(other) => Err(CloudError::Foreign {
            resource: format!("the rule {}", rule.words),
            why: format!("it forwards to {}", arn::target_group(other).unwrap_or(other)),
        }),
        None => Ok(()),
    }
}

async fn on_the_listener(account: &Account, rule: &Rule, doing: &str) -> Result<Vec<elb::Rule>, CloudError> {
    let known = account.load_balancers().await?;
    if !known.iter().any(|lb| lb.listeners.contains(&rule.listener)) {
        return Err(gone(doing, &format!("its listener {}", rule.listener)));
    }
    rule_look::rules(account, doing, &rule.listener).await
}

fn gone(doing: &str, what: &str) -> CloudError {
    CloudError::Permanent(format!(
        "{doing}: {what} is not there any more. Let the tenant be healed, which makes a new rule, or make it by hand."
    ))
}

/// The rule where it stands already: at its priority, or with `anywhere` at any.
async fn same(
    account: &Account,
    tenancy: &Tenancy,
    there: &[elb::Rule],
    rule: &Rule,
    form: &Form,
    anywhere: bool,
) -> Result<Option<String>, CloudError> {
    let form = form.clone().settled();
    let mut alike: Vec<&elb::Rule> = there
        .iter()
        .filter(|one| one.is_default() != Some(true) && (anywhere || priority(one) == Some(rule.priority)))
        // One that is not understood is not this one, which was.
        .filter(|one| Form::read(one).is_ok_and(|read| read.settled() == form))
        .collect();
    alike.sort_by_key(|one| priority(one) != Some(rule.priority));
    for one in alike {
        let id = one.rule_arn().unwrap_or_default().to_owned();
        let tags = elb_tags::tags_of(account, std::slice::from_ref(&id)).await?;
        if tags.get(&id).is_none_or(|tags| tags::owner(tenancy, elb_tags::borrowed(tags)) == Owner::Own) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Whose the rule is that stands in the way, for people.
fn named(rule: &elb::Rule) -> String {
    let id = rule.rule_arn().unwrap_or_default();
    match Form::read(rule) {
        Ok(form) => format!("{} ({id})", rule_words::words(&form)),
        Err(_) => id.to_owned(),
    }
}

/// Creates the rule; none where its priority was taken meanwhile.
async fn create(
    account: &Account,
    rule: &Rule,
    form: &Form,
    priority: u32,
    doing: &str,
) -> Result<Option<String>, CloudError> {
    let (conditions, actions) = form.to_aws();
    let tags = rule.tags.iter().filter(|(key, _)| !key.starts_with(AWS_TAGS));
    let tags: Vec<Tag> = tags.map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let call = account
        .elb(Quota::ElbWrite)
        .await
        .create_rule()
        .listener_arn(&rule.listener)
        .priority(i32::try_from(priority).unwrap_or(i32::MAX))
        .set_conditions(Some(conditions))
        .set_actions(Some(actions))
        .set_tags((!tags.is_empty()).then_some(tags))
        .send()
        .await;
    match call {
        Ok(answer) => {
            let id = answer.rules.into_iter().flatten().next().and_then(|rule| rule.rule_arn);
            id.map(Some).ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no ARN.")))
        }
        Err(error) => match error.code() {
            Some("PriorityInUse") => Ok(None),
            Some("ListenerNotFound") => Err(gone(doing, &format!("its listener {}", rule.listener))),
            Some("TargetGroupNotFound") => {
                let groups: Vec<&str> = form.leads_to().filter_map(arn::target_group).collect();
                Err(gone(doing, &format!("the target group {} that it forwards to", groups.join(", "))))
            }
            Some("TooManyRules" | "TooManyTargetGroups" | "TooManyUniqueTargetGroupsPerLoadBalancer") => {
                Err(CloudError::Permanent(format!(
                    "{doing}: its load balancer is full. Take rules away that nobody needs, then retry."
                )))
            }
            _ => Err(account.failed(doing, &error)),
        },
    }
}
