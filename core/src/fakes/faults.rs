//! Faults on demand: which of the next calls go wrong, how, and whether their effect happens all the same.

use serde::{Deserialize, Serialize};

use super::{Place, Verb};
use crate::kind::Kind;
use crate::ports::CloudError;
use crate::tenant::{Environment, Invalid, TenantId};

/// An order to fail: the next calls that match it answer an error. Whatever is none matches everything.
///
/// As JSON: `{"environment":"dev"|null,"kind":"listener rule"|null,"verb":"ensure"|…|"any","error":"throttled","times":1}`,
/// `"tenant"` where only one tenant's calls are meant, and `"when"` where it is not the error's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct Fault {
    /// Only calls about this environment.
    pub environment: Option<Environment>,
    /// Only calls about this kind.
    pub kind: Option<Kind>,
    /// Only calls of this verb.
    pub verb: Option<Verb>,
    /// Only calls about this tenant.
    pub tenant: Option<TenantId>,
    /// What the call answers.
    pub error: FaultError,
    /// Whether the effect happens before the answer is lost.
    pub when: When,
    /// How many calls it still strikes.
    pub times: u32,
}

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultError {
    /// Too many requests: transient.
    Throttled,
    /// The service is down: transient.
    Unavailable,
    /// No answer came: transient, and the effect happened unless told otherwise.
    Timeout,
    /// The role may not do this: permanent.
    Denied,
    /// The session's token has expired: nothing may run.
    Credentials,
}

/// On which side of the effect a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Nothing happens.
    Before,
    /// Everything happens, and the answer is lost.
    After,
}

impl Fault {
    /// The most calls that one fault may strike.
    pub const TIMES_MAX: u32 = 1_000;

    /// The next call of any verb about anything fails, once.
    pub fn new(error: FaultError) -> Self {
        Self { environment: None, kind: None, verb: None, tenant: None, error, when: error.usually(), times: 1 }
    }

    /// Strikes only calls about the environment.
    #[must_use]
    pub fn in_environment(self, environment: Environment) -> Self {
        Self { environment: Some(environment), ..self }
    }

    /// Strikes only calls about the kind.
    #[must_use]
    pub fn of_kind(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Strikes only calls of the verb.
    #[must_use]
    pub fn on(self, verb: Verb) -> Self {
        Self { verb: Some(verb), ..self }
    }

    /// Strikes only calls about the tenant.
    #[must_use]
    pub fn about(self, tenant: &TenantId) -> Self {
        Self { tenant: Some(tenant.clone()), ..self }
    }

    /// Strikes before or after the effect.
    #[must_use]
    pub fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    /// Strikes as many calls.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    fn matches(&self, environment: Environment, kind: Option<Kind>, verb: Verb, tenant: &str) -> bool {
        self.environment.is_none_or(|e| e == environment)
            && (self.kind.is_none() || self.kind == kind)
            && self.verb.is_none_or(|v| v == verb)
            && self.tenant.as_ref().is_none_or(|t| t.as_str() == tenant)
    }
}

impl FaultError {
    fn usually(self) -> When {
        if self == Self::Timeout { When::After } else { When::Before }
    }

    /// The error in the provider's words.
    pub(super) fn answer(self, verb: Verb, place: &Place) -> CloudError {
        match self {
            Self::Throttled => CloudError::Transient("ThrottlingException: Rate exceeded".into()),
            Self::Unavailable => CloudError::Transient("503 Service Unavailable".into()),
            Self::Timeout => CloudError::Transient("No answer within 15 s; whether it happened is not known".into()),
            Self::Denied => CloudError::Permanent(format!(
                "AccessDeniedException: landlord's role in account {} may not {verb} here. Allow it in the role's policy.",
                place.account
            )),
            Self::Credentials => CloudError::Credentials(format!(
                "Token has expired. Run `aws sso login --profile {}` and verify with `aws sts get-caller-identity`.",
                place.profile
            )),
        }
    }
}

/// The faults that are still to strike, in the order in which they were ordered.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.0.push(fault);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn list(&self) -> &[Fault] {
        &self.0
    }

    /// The first fault that strikes the call; one of its times is used up.
    pub(super) fn strike(
        &mut self,
        environment: Environment,
        kind: Option<Kind>,
        verb: Verb,
        tenant: &str,
    ) -> Option<(FaultError, When)> {
        let place = self.0.iter().position(|fault| fault.matches(environment, kind, verb, tenant))?;
        let fault = &mut self.0[place];
        fault.times -= 1;
        let strike = (fault.error, fault.when);
        if fault.times == 0 {
            self.0.remove(place);
        }
        Some(strike)
    }
}

/// A fault as JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    environment: Option<Environment>,
    #[serde(default)]
    kind: Option<String>,
    verb: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<TenantId>,
    error: FaultError,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<When>,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

/// The kind that is called so.
pub(super) fn kind_of(words: &str) -> Result<Kind, Invalid> {
    Kind::DELETION_ORDER.into_iter().find(|kind| kind.words() == words).ok_or_else(|| {
        let known: Vec<_> = Kind::DELETION_ORDER.iter().map(|kind| kind.words()).collect();
        Invalid::new(format!("There is no such kind. The kinds are {}.", known.join(", ")))
    })
}

impl TryFrom<Form> for Fault {
    type Error = Invalid;

    fn try_from(form: Form) -> Result<Self, Invalid> {
        let kind = form.kind.as_deref().map(kind_of).transpose()?;
        let verb = match form.verb.as_str() {
            "any" => None,
            word => Some(Verb::ALL.into_iter().find(|verb| verb.as_str() == word).ok_or_else(|| {
                let known: Vec<_> = Verb::ALL.iter().map(|verb| verb.as_str()).collect();
                Invalid::new(format!("There is no such verb. The verbs are {} and any.", known.join(", ")))
            })?),
        };
        if !(1..=Self::TIMES_MAX).contains(&form.times) {
            return Err(Invalid::new(format!("`times` is a number from 1 to {}.", Self::TIMES_MAX)));
        }
        let when = form.when.unwrap_or_else(|| form.error.usually());
        let Form { environment, tenant, error, times, .. } = form;
        Ok(Self { environment, kind, verb, tenant, error, when, times })
    }
}

impl From<Fault> for Form {
    fn from(fault: Fault) -> Self {
        Self {
            environment: fault.environment,
            kind: fault.kind.map(|kind| kind.words().to_owned()),
            verb: fault.verb.map_or("any", Verb::as_str).to_owned(),
            tenant: fault.tenant,
            error: fault.error,
            when: (fault.when != fault.error.usually()).then_some(fault.when),
            times: fault.times,
        }
    }
}
