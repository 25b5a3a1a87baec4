//! From the options of a slash command to values that can be trusted. All that is wrong is said at once.

use std::str::FromStr;

use super::{Invocation, Refusal};
use crate::operation::State;
use crate::plan::{Engagement, OperationId};
use crate::size::Size;
use crate::tenant::{Email, Environment, Invalid, Label, Subdomain, TenantId};

/// What was asked for, before the registry has a say.
#[derive(Debug)]
pub(super) struct ProvisionRequest {
    pub(super) environment: Environment,
    pub(super) tenant: Option<TenantId>,
    pub(super) company: Label,
    pub(super) subdomain: Subdomain,
    pub(super) email: Email,
    pub(super) organisation: Option<Label>,
    pub(super) size: Size,
    pub(super) engagement: Engagement,
}

/// Reads options and collects what is wrong with them.
struct Options<'a> {
    invocation: &'a Invocation,
    wrong: Vec<String>,
}

impl Options<'_> {
    fn optional<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        let text = self.invocation.options.get(name)?;
        text.parse().map_err(|Invalid(why)| self.wrong.push(format!("`{name}`: {why}"))).ok()
    }

    fn required<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        if !self.invocation.options.contains_key(name) {
            self.wrong.push(format!("`{name}`: it is missing."));
        }
        self.optional(name)
    }

    fn number(&mut self, name: &str) -> Option<u32> {
        let text = self.invocation.options.get(name)?;
        text.parse().map_err(|_| self.wrong.push(format!("`{name}`: it must be a whole number."))).ok()
    }

    fn refusal(self) -> Refusal {
        Refusal(self.wrong.join("\n"))
    }
}

/// The options of `/tenant provision`.
pub(super) fn provision(invocation: &Invocation) -> Result<ProvisionRequest, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    let environment = options.required("environment");
    let tenant = options.optional("tenant");
    let company = options.required("company");
    let subdomain = options.required("subdomain");
    let email = options.required("email");
    let organisation = options.optional("organisation");
    let size = size(&mut options);
    let engagement = options.optional("kind").unwrap_or(Engagement::Client);
    match (environment, company, subdomain, email, size) {
        (Some(environment), Some(company), Some(subdomain), Some(email), Some(size)) if options.wrong.is_empty() => {
            Ok(ProvisionRequest { environment, tenant, company, subdomain, email, organisation, size, engagement })
        }
        _ => Err(options.refusal()),
    }
}

/// What is left out is the smallest that goes with what is given.
fn size(options: &mut Options<'_>) -> Option<Size> {
    let cpu = options.number("cpu");
    let memory = options.number("memory");
    let storage = options.number("storage").unwrap_or(Size::DEFAULT.storage());
    let least_memory = |cpu| Size::memories(cpu).next().unwrap_or(Size::DEFAULT.memory());
    let (cpu, memory) = match (cpu, memory) {
        (Some(cpu), Some(memory)) => (cpu, memory),
        (Some(cpu), None) => (cpu, least_memory(cpu)),
        (None, Some(memory)) => {
            let fits = |cpu: &u32| Size::memories(*cpu).any(|known| known == memory);
            (Size::cpus().find(fits).unwrap_or(Size::DEFAULT.cpu()), memory)
        }
        (None, None) => (Size::DEFAULT.cpu(), Size::DEFAULT.memory()),
    };
    Size::new(cpu, memory, storage)
        .map_err(|Invalid(why)| options.wrong.push(format!("`cpu`, `memory`, `storage`: {why}")))
        .ok()
}

impl FromStr for Engagement {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "client" => Ok(Self::Client),
            "poc" => Ok(Self::Poc),
            _ => Err(Invalid::new("A tenant is a `client` or a `poc`.")),
        }
    }
}

impl FromStr for State {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let all: Vec<&str> = Self::ALL.iter().map(|state| state.as_str()).collect();
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Invalid::new(format!("There is no such state. The states are {}.", all.join(", "))))
    }
}

/// One required option.
pub(super) fn required<T: FromStr<Err = Invalid>>(invocation: &Invocation, name: &str) -> Result<T, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    options.required(name).ok_or_else(|| options.refusal())
}

/// One option that may be left out.
pub(super) fn optional<T: FromStr<Err = Invalid>>(invocation: &Invocation, name: &str) -> Result<Option<T>, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    let value = options.optional(name);
    if options.wrong.is_empty() { Ok(value) } else { Err(options.refusal()) }
}

/// The option `operation`. Completion offers ids with their titles behind; the id is the first word.
pub(super) fn operation(invocation: &Invocation) -> Result<OperationId, Refusal> {
    let text = invocation.options.get("operation").map_or("", String::as_str);
    let id = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    if id.len() == 8 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(OperationId(id))
    } else {
        Err(Refusal::new("An operation's id has eight letters and digits. `/operation list` shows them."))
    }
}
