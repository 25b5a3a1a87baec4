//! What the simulated cloud refuses, in the provider's words.

use super::resource::State;
use super::world::World;
use crate::kind::Kind;
use crate::ports::{CloudError, Found, Owner, Subject};

fn refuse_any_foreign(found: &[Found]) -> Result<(), CloudError> {
    match found.iter().find(|found| found.owner != Owner::Own) {
        Some(Found { id, owner: Owner::Foreign(why) }) => {
            Err(CloudError::Foreign { resource: id.clone(), why: why.clone() })
        }
        _ => Ok(()),
    }
}

impl World {
    pub(super) fn refuse_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), CloudError> {
        refuse_any_foreign(&self.find(kind, subject))
    }

    /// Refuses, in the provider's words, what needs something that is not there.
    pub(super) fn require(&self, needed: Kind, subject: &Subject) -> Result<(), CloudError> {
        if self.own(needed, subject).is_some() {
            return Ok(());
        }
        let name = self.settings.name(needed, subject);
        let words = match needed {
            Kind::TaskDefinition => "ClientException: Unable to describe task definition",
            Kind::TargetGroup => "TargetGroupNotFoundException: One or more target groups not found",
            Kind::ListenerRule => {
                "InvalidParameterException: The target group has no associated load balancer; no rule"
            }
            Kind::AccessPoint => "AccessPointNotFound: The access point does not exist",
            Kind::Secret => "ResourceNotFoundException: Secrets Manager can't find the specified secret",
            Kind::LogGroup => "ResourceNotFoundException: The specified log group does not exist",
            Kind::Database => "ERROR 1049 (42000): Unknown database",
            Kind::Service | Kind::DnsRecord | Kind::DatabaseUser => "NotFound",
        };
        Err(CloudError::Permanent(format!("{words}: {name}. Create the {needed} first.")))
    }

    /// A user that was made with another secret than the one that stands is left alone (playbook 3.1).
    pub(super) fn logs_in(&self, subject: &Subject) -> Result<(), CloudError> {
        if self.passwords_agree(subject) {
            return Ok(());
        }
        let user = self.settings.name(Kind::DatabaseUser, subject);
        Err(CloudError::Foreign {
            why: format!(
                "User already exists, and the secret's password does not open it. Drop {user} if it is an orphan"
            ),
            resource: user,
        })
    }

    /// Whether the database user takes the password that the secret holds.
    pub(super) fn passwords_agree(&self, subject: &Subject) -> bool {
        let password = |kind| match self.own(kind, subject).map(|resource| &resource.state) {
            Some(State::With(password)) => Some(password),
            _ => None,
        };
        password(Kind::Secret).is_some_and(|secret| password(Kind::DatabaseUser) == Some(secret))
    }

    /// The tenant's own rules that forward to its target group; refuses where one is somebody else's.
    pub(super) fn own_rules(&self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let group = subject.tenancy.name(Kind::TargetGroup);
        let rules = self.bearing(Kind::ListenerRule, subject);
        let forwarding = rules.filter(|(_, rule)| matches!(&rule.state, State::Rule { to, .. } if to.contains(&group)));
        let found: Vec<Found> = forwarding.map(|(name, rule)| rule.seen_as(name, subject)).collect();
        refuse_any_foreign(&found)?;
        Ok(found)
    }

    /// Scales to zero first; what never ran has nothing to drain.
    pub(super) fn drain(&mut self, subject: &Subject) -> Result<(), CloudError> {
        let looks = self.settings.looks_to_drain;
        let stuck = self.undrained.contains(&subject.tenancy);
        let Some(work) = self.work_mut(subject) else { return Ok(()) };
        work.scale(0, looks);
        if work.running > 0 && !stuck {
            work.pass();
        }
        if work.running == 0 {
            return Ok(());
        }
        let left = work.running;
        let name = subject.tenancy.name(Kind::Service);
        Err(CloudError::Transient(format!("{name}: Service is in DRAINING state, {left} task still drains")))
    }
}
