//! The simulated rules and logs: taken away and put back, and kept whole.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::port::About;
use super::resource::{Holder, Resource, State};
use super::world::World;
use super::{SimulatedCloud, Verb};
use crate::kind::Kind;
use crate::ports::{CloudError, Owner, Preserved, PutBack, Rule, Subject, Traffic};
use crate::tenant::{Environment, Tenancy};

/// What was done to keep logs.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// Where the logs went, by whose they are and the run.
    started: BTreeMap<(Tenancy, String), String>,
    /// Whether no bucket is there to take them.
    nowhere: bool,
}

impl SimulatedCloud {
    /// Where logs were exported to, as `s3://bucket/prefix`.
    pub fn exports(&self) -> Vec<String> {
        self.world().exports.started.values().cloned().collect()
    }

    /// From now on there is a bucket for logs, or there is none.
    pub fn archives_logs(&self, there_is: bool) {
        self.change(|world| world.exports.nowhere = !there_is);
    }

    /// Gives the rules for a host name another priority and one more condition, a path, as a person may at the console.
    pub fn narrow_rule(&self, environment: Environment, host: &str, priority: u32, path: &str) {
        self.restrict_rule(environment, host, Some(priority), &json!({ "field": "path-pattern", "values": [path] }));
    }

    /// Gives the rules for a host name a condition of a sort that came after this program.
    pub fn renew_rule(&self, environment: Environment, host: &str) {
        self.restrict_rule(environment, host, None, &json!({ "field": "visitor-mood", "values": ["calm"] }));
    }

    fn restrict_rule(&self, environment: Environment, host: &str, priority: Option<u32>, condition: &Value) {
        self.change(|world| {
            for rule in world.all_mut(environment, Kind::ListenerRule, host) {
                if let State::Rule { priority: at, conditions: Value::Array(conditions), .. } = &mut rule.state {
                    *at = priority.unwrap_or(*at);
                    conditions.push(condition.clone());
                }
            }
        });
    }
}

impl World {
    /// A rule for a host name at the first free priority of the load balancer.
    pub(super) fn new_rule(&self, environment: Environment, on: String, host: &str, to: Vec<String>) -> State {
        let conditions = json!([{ "field": "host-header", "values": [host] }]);
        State::Rule { priority: self.free_priority(environment, &on), on, to, conditions }
    }

    fn free_priority(&self, environment: Environment, on: &str) -> u32 {
        let rules = self.all(environment, Kind::ListenerRule, None).flat_map(|(_, rules)| rules);
        let priority = |rule: &Resource| match &rule.state {
            State::Rule { on: at, priority, .. } if at == on => Some(*priority),
            _ => None,
        };
        let taken: BTreeSet<u32> = rules.filter_map(priority).collect();
        (1..=u32::MAX).find(|priority| !taken.contains(priority)).unwrap_or(u32::MAX)
    }

    /// The rule that has the priority on the load balancer.
    fn rule_at(&self, environment: Environment, on: &str, priority: u32) -> Option<(&str, &Resource)> {
        let all = self.all(environment, Kind::ListenerRule, None);
        let mut all = all.flat_map(|(name, rules)| rules.iter().map(move |rule| (name, rule)));
        all.find(
            |(_, rule)| matches!(&rule.state, State::Rule { on: at, priority: p, .. } if at == on && *p == priority),
        )
    }

    /// What stands under a name, as the port shows rules.
    fn as_rule(&self, environment: Environment, name: &str, resource: &Resource) -> Option<Rule> {
        let State::Rule { on, to, priority, conditions } = &resource.state else { return None };
        Some(Rule {
            id: resource.id.clone(),
            listener: self.listener(environment, on),
            priority: *priority,
            conditions: conditions.clone(),
            actions: json!([{ "type": "forward", "target_groups": to }]),
            tags: BTreeMap::new(),
            words: format!("{name} → {}", to.join(", ")),
            lost: lost(conditions),
        })
    }

    fn listener(&self, environment: Environment, on: &str) -> String {
        let place = self.settings.place(environment);
        format!("arn:aws:elasticloadbalancing:{}:{}:listener/app/{on}/443", place.region, place.account)
    }

    fn rules(&self, subject: &Subject) -> Vec<Rule> {
        let environment = subject.tenancy.environment;
        let own = self.bearing(Kind::ListenerRule, subject);
        let own = own.filter(|(name, rule)| rule.seen_as(name, subject).owner == Owner::Own);
        let mut rules: Vec<Rule> = own.filter_map(|(name, rule)| self.as_rule(environment, name, rule)).collect();
        rules.sort_by_key(|rule| rule.priority);
        rules
    }

    /// The load balancer of a listener, where it still stands.
    fn balancer(&self, environment: Environment, rule: &Rule) -> Result<String, CloudError> {
        let all = &self.settings.place(environment).load_balancers;
        all.iter().find(|on| self.listener(environment, on) == rule.listener).cloned().ok_or_else(|| {
            CloudError::Permanent(format!("ListenerNotFoundException: {} is not there any more.", rule.listener))
        })
    }

    fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError> {
        let environment = subject.tenancy.environment;
        if self.rules(subject).iter().any(|own| own.is_as(rule)) {
            return Ok(None);
        }
        let on = self.balancer(environment, rule)?;
        let there = self.rule_at(environment, &on, rule.priority);
        Ok(there.and_then(|(name, resource)| self.as_rule(environment, name, resource)).map(|other| other.words))
    }

    fn put_back(&mut self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<(PutBack, bool), CloudError> {
        let environment = subject.tenancy.environment;
        let alike = |own: &&Rule| {
            own.is_as(rule) || (anywhere && Rule { priority: rule.priority, ..(*own).clone() }.is_as(rule))
        };
        if let Some(own) = self.rules(subject).iter().find(alike) {
            return Ok((PutBack::Stands(own.id.clone()), false));
        }
        let on = self.balancer(environment, rule)?;
        let to = groups(rule);
        for group in &to {
            if !self.all(environment, Kind::TargetGroup, None).any(|(name, _)| name == group) {
                return Err(CloudError::Permanent(format!(
                    "TargetGroupNotFoundException: {group} is not there any more, so its rule cannot be put back."
                )));
            }
        }
        let priority = match self.occupant(subject, rule)? {
            Some(other) if !anywhere => return Ok((PutBack::Taken(other), false)),
            Some(_) => self.free_priority(environment, &on),
            None => rule.priority,
        };
        let name = host(rule).unwrap_or_default();
        let holder = Holder::Tenant(subject.tenancy.tenant.clone());
        let state = State::Rule { on, to, priority, conditions: rule.conditions.clone() };
        let resource = self.build(environment, Kind::ListenerRule, &name, holder, state);
        let id = resource.id.clone();
        self.add(environment, Kind::ListenerRule, name, resource);
        Ok((PutBack::Stands(id), true))
    }

    fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError> {
        self.refuse_foreign(Kind::LogGroup, subject)?;
        Ok(match self.own(Kind::LogGroup, subject).map(|group| &group.state) {
            Some(State::Logs(logs)) => logs.days,
            _ => None,
        })
    }

    fn preserve_logs(&mut self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        self.refuse_foreign(Kind::LogGroup, subject)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if run.is_empty() || run.len() > 36 || !run.bytes().all(plain) {
            return Err(CloudError::Permanent(format!("`{run}` is no name for an export.")));
        }
        let Some(State::Logs(logs)) = self.own_mut(Kind::LogGroup, subject).map(|group| &mut group.state) else {
            return Ok(None);
        };
        let kept_before = logs.days.take();
        let Tenancy { tenant, environment } = &subject.tenancy;
        let export = (!self.exports.nowhere).then(|| {
            let place = format!("s3://{environment}-tenant-logs/{tenant}/{run}");
            let key = (subject.tenancy.clone(), run.to_owned());
            (self.exports.started.entry(key).or_insert(place).clone(), format!("export-{run}"))
        });
        let group = subject.tenancy.name(Kind::LogGroup);
        Ok(Some(Preserved { group, kept_before, export }))
    }
}

/// The target groups that a rule leads to.
fn groups(rule: &Rule) -> Vec<String> {
    let groups = rule.actions[0]["target_groups"].as_array().into_iter().flatten();
    groups.filter_map(|group| group.as_str().map(str::to_owned)).collect()
}

/// What about a rule's conditions is not understood.
fn lost(conditions: &Value) -> Option<String> {
    let fields = conditions.as_array().into_iter().flatten().filter_map(|condition| condition["field"].as_str());
    let unknown = fields.into_iter().find(|field| !matches!(*field, "host-header" | "path-pattern"))?;
    Some(format!("its condition `{unknown}` is not known here"))
}

/// The host name that a rule is for.
fn host(rule: &Rule) -> Option<String> {
    let conditions = rule.conditions.as_array()?;
    let host = conditions.iter().find(|condition| condition["field"] == "host-header")?;
    host["values"][0].as_str().map(str::to_owned)
}

#[async_trait]
impl Traffic for SimulatedCloud {
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError> {
        let about = About::subject(Verb::Rules, subject, Some(Kind::ListenerRule));
        self.call(about, |world| Ok(world.rules(subject)), |rules| format!("{} rules", rules.len())).await
    }

    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError> {
        let about = About::subject(Verb::PutBack, subject, Some(Kind::ListenerRule));
        let in_words = |(put, new): &(PutBack, bool)| match put {
            PutBack::Stands(_) if *new => format!("put back {}", rule.words),
            PutBack::Stands(_) => "stands already".to_owned(),
            PutBack::Taken(other) => format!("taken by {other}"),
        };
        Ok(self.call(about, |world| world.put_back(subject, rule, anywhere), in_words).await?.0)
    }

    async fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError> {
        let about = About::subject(Verb::Occupant, subject, Some(Kind::ListenerRule));
        let in_words = |other: &Option<String>| other.clone().unwrap_or_else(|| "free".to_owned());
        self.call(about, |world| world.occupant(subject, rule), in_words).await
    }

    async fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError> {
        let about = About::subject(Verb::Retention, subject, Some(Kind::LogGroup));
        self.call(about, |world| world.retention(subject), |days| format!("{days:?} days")).await
    }

    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        let about = About::subject(Verb::PreserveLogs, subject, Some(Kind::LogGroup));
        let in_words = |kept: &Option<Preserved>| match kept {
            Some(Preserved { kept_before: Some(days), .. }) => format!("lifted {days} days"),
            Some(_) => "kept for ever already".to_owned(),
            None => "no log group".to_owned(),
        };
        self.call(about, |world| world.preserve_logs(subject, run), in_words).await
    }
}
