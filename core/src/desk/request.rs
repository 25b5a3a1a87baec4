//! From the options of a slash command to values that can be trusted. All that is wrong is said at once.

use std::str::FromStr;

use super::{Invocation, Refusal};
use crate::card::text;
use crate::operation::State;
use crate::plan::{Engagement, OperationId, Reason, Scope};
use crate::size::Size;
use crate::spec::Command;
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

/// A tenant that is to be deleted.
#[derive(Debug, Clone)]
pub(super) struct DeletionRequest {
    pub(super) tenant: TenantId,
    pub(super) scope: Scope,
    pub(super) reason: Reason,
    pub(super) backup: bool,
    pub(super) keep_logs: bool,
}

impl DeletionRequest {
    /// Where, as people read it.
    pub(super) fn places(&self) -> String {
        text::places(self.scope.environments())
    }
}

/// Many tenants that are to be deleted: all of a kind, or those listed.
#[derive(Debug)]
pub(super) struct BulkRequest {
    pub(super) scope: Scope,
    pub(super) kind: Option<Engagement>,
    pub(super) tenants: Vec<TenantId>,
    pub(super) backup: bool,
    pub(super) keep_logs: bool,
}

/// A site that is to be changed, and to what, as far as it was said.
#[derive(Debug)]
pub(super) struct ChangeRequest {
    pub(super) tenant: TenantId,
    pub(super) environment: Environment,
    pub(super) cpu: Option<u32>,
    pub(super) memory: Option<u32>,
    pub(super) count: Option<u32>,
    pub(super) revision: Option<u32>,
    pub(super) reason: Option<Label>,
}

/// What bears the name of a tenant that there is not, and is to go.
#[derive(Debug, Clone)]
pub(super) struct SweepRequest {
    pub(super) tenant: TenantId,
    pub(super) environment: Environment,
    pub(super) backup: bool,
}

/// Tenants that are to be known: the one that is named, else all that are found.
#[derive(Debug, Default)]
pub(super) struct AdoptionRequest {
    pub(super) tenant: Option<TenantId>,
    pub(super) company: Option<Label>,
    pub(super) subdomain: Option<Subdomain>,
    pub(super) email: Option<Email>,
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

    /// One of two words: whether it is the first.
    fn choice(&mut self, name: &str, yes: &str, no: &str) -> Option<bool> {
        match self.invocation.options.get(name) {
            Some(word) if word == yes => Some(true),
            Some(word) if word == no => Some(false),
            _ => {
                self.wrong.push(format!("`{name}`: give `{yes}` or `{no}`."));
                None
            }
        }
    }

    /// A list of tenants, each once, in its order; empty where none is given.
    fn tenants(&mut self) -> Vec<TenantId> {
        let text = self.invocation.options.get("tenants").map_or("", String::as_str);
        let mut tenants: Vec<TenantId> = Vec::new();
        for word in text.split([',', ' ', '\n', ';']).filter(|word| !word.is_empty()) {
            match word.parse() {
                Ok(tenant) if tenants.contains(&tenant) => {}
                Ok(tenant) => tenants.push(tenant),
                Err(Invalid(why)) => self.wrong.push(format!("`tenants`: `{}`: {why}", text::plain(word))),
            }
        }
        tenants
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

/// The options of a command that changes a site: those that it has.
pub(super) fn change(command: &Command, invocation: &Invocation) -> Result<ChangeRequest, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    // Tenant and environment say so themselves.
    let besides = |name: &str| !["tenant", "environment"].contains(&name);
    for option in command.options.iter().filter(|option| option.required && besides(&option.name)) {
        if !invocation.options.contains_key(&option.name) {
            options.wrong.push(format!("`{}`: it is missing.", option.name));
        }
    }
    let (tenant, environment) = (options.required("tenant"), options.required("environment"));
    let (cpu, memory) = (options.number("cpu"), options.number("memory"));
    let (count, revision) = (options.number("count"), options.number("revision"));
    let reason = options.optional("reason");
    match (tenant, environment) {
        (Some(tenant), Some(environment)) if options.wrong.is_empty() => {
            Ok(ChangeRequest { tenant, environment, cpu, memory, count, revision, reason })
        }
        _ => Err(options.refusal()),
    }
}

/// The options of `/tenant delete`.
pub(super) fn deletion(invocation: &Invocation) -> Result<DeletionRequest, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    let tenant = options.required("tenant");
    let scope = options.required("environment");
    let reason = options.required("reason");
    let (backup, keep_logs) = (options.choice("backup", "yes", "no"), options.choice("logs", "keep", "delete"));
    match (tenant, scope, reason, backup, keep_logs) {
        (Some(tenant), Some(scope), Some(reason), Some(backup), Some(keep_logs)) if options.wrong.is_empty() => {
            Ok(DeletionRequest { tenant, scope, reason, backup, keep_logs })
        }
        _ => Err(options.refusal()),
    }
}

/// The options of `/tenant sweep`.
pub(super) fn sweep(invocation: &Invocation) -> Result<SweepRequest, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    let (tenant, environment) = (options.required("tenant"), options.required("environment"));
    let given = invocation.options.contains_key("backup");
    let backup = given.then(|| options.choice("backup", "yes", "no")).flatten().unwrap_or(false);
    match (tenant, environment) {
        (Some(tenant), Some(environment)) if options.wrong.is_empty() => {
            Ok(SweepRequest { tenant, environment, backup })
        }
        _ => Err(options.refusal()),
    }
}

/// The options of `/tenant adopt`.
pub(super) fn adoption(invocation: &Invocation) -> Result<AdoptionRequest, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    let request = AdoptionRequest {
        tenant: options.optional("tenant"),
        company: options.optional("company"),
        subdomain: options.optional("subdomain"),
        email: options.optional("email"),
    };
    let details = ["company", "subdomain", "email"];
    if !invocation.options.contains_key("tenant") && details.iter().any(|name| invocation.options.contains_key(*name)) {
        options.wrong.push("`company`, `subdomain` and `email` are one tenant's: give `tenant` with them.".into());
    }
    if options.wrong.is_empty() { Ok(request) } else { Err(options.refusal()) }
}

/// The options of `/tenant bulk-delete`. `all` means all but PROD.
pub(super) fn bulk_deletion(invocation: &Invocation) -> Result<BulkRequest, Refusal> {
    let mut options = Options { invocation, wrong: Vec::new() };
    let scope = match invocation.options.get("environment").map(String::as_str) {
        Some("all") => Some(Scope::NOT_PROD),
        _ => options.required("environment").map(Scope::One),
    };
    if scope == Some(Scope::One(Environment::Prod)) {
        options
            .wrong
            .push("`environment`: tenants are never deleted in bulk in PROD. Use `/tenant delete`, one by one.".into());
    }
    let kind = options.optional("kind");
    if kind == Some(Engagement::Client) {
        options.wrong.push("`kind`: only proofs of concept are deleted by kind. List clients with `tenants`.".into());
    }
    let tenants = options.tenants();
    if kind.is_some() != tenants.is_empty() {
        options.wrong.push("Give either `kind` or `tenants`.".into());
    }
    let (backup, keep_logs) = (options.choice("backup", "yes", "no"), options.choice("logs", "keep", "delete"));
    match (scope, backup, keep_logs) {
        (Some(scope), Some(backup), Some(keep_logs)) if options.wrong.is_empty() => {
            Ok(BulkRequest { scope, kind, tenants, backup, keep_logs })
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
