//! Completion: what an option could be, from the registry, the log and Fargate's table, while a person types.

use std::collections::BTreeMap;

use super::{Desk, Invocation};
use crate::card;
use crate::incident::State;
use crate::ports::{IncidentFilter, OperationFilter, StoreError, TenantFilter};
use crate::size::Size;
use crate::spec::OptionKind;

/// A value that is offered, and how it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What people see, at most 100 characters.
    pub label: String,
    /// What the option becomes.
    pub value: String,
}

impl Choice {
    fn plain(value: u32) -> Self {
        Self { label: value.to_string(), value: value.to_string() }
    }
}

/// Discord shows at most so many.
const MOST: usize = 25;

impl Desk {
    /// What the option `name` of a command could be, given what is typed so far and the other options. Nothing where it
    /// cannot be said, or not to this person: one can always type on.
    pub async fn complete(&self, invocation: &Invocation, name: &str, typed: &str) -> Vec<Choice> {
        let Invocation { command, options, member, .. } = invocation;
        let Some(spec) = self.catalogue.command(command).filter(|spec| spec.who.includes(member)) else {
            return Vec::new();
        };
        let offered = match spec.options.iter().find(|option| option.name == name).map(|option| option.kind) {
            Some(OptionKind::Tenant) => self.complete_tenant(typed).await,
            Some(OptionKind::Operation) => self.complete_operation(command, typed).await,
            Some(OptionKind::Revision) => Ok(self.complete_revision(invocation, typed).await),
            Some(OptionKind::Incident) => self.complete_incident(typed).await,
            Some(OptionKind::Command) => Ok(self.complete_command(typed)),
            Some(OptionKind::Cpu) => Ok(numbers(Size::cpus().collect(), typed)),
            Some(OptionKind::Memory) => Ok(numbers(memories(options), typed)),
            _ => Ok(Vec::new()),
        };
        let mut offered = offered.unwrap_or_else(|error| {
            tracing::warn!(%error, command, name, "nothing can be offered");
            Vec::new()
        });
        offered.truncate(MOST);
        offered
    }

    async fn complete_tenant(&self, typed: &str) -> Result<Vec<Choice>, StoreError> {
        let listing = self.ledger.store().tenants(&TenantFilter::search(typed.trim()), 0, 25).await?;
        Ok(listing
            .rows
            .into_iter()
            .map(|tenant| Choice {
                label: card::text::shorten(&format!("{} · {}", tenant.details.tenant, tenant.details.company), 100),
                value: tenant.details.tenant.to_string(),
            })
            .collect())
    }

    /// The commands with what was typed among their words, or in what they are for.
    fn complete_command(&self, typed: &str) -> Vec<Choice> {
        let typed = typed.trim().trim_start_matches('/').to_lowercase();
        let all = self.catalogue.commands().iter();
        let labelled = all.map(|command| Choice {
            label: card::text::shorten(&format!("/{} · {}", command.name, command.summary), 100),
            value: command.name.clone(),
        });
        labelled.filter(|choice| choice.label.to_lowercase().contains(&typed)).collect()
    }

    /// The newest incidents that nobody has closed.
    async fn complete_incident(&self, typed: &str) -> Result<Vec<Choice>, StoreError> {
        let typed = typed.trim().to_lowercase();
        let mut choices = Vec::new();
        for id in self.ledger.store().incidents(&IncidentFilter::default(), 0, 100).await?.rows {
            let Ok(incident) = self.book.get(&id).await else { continue };
            let label = format!("{id} · {} · {}", card::incident_title(&incident), incident.state.as_str());
            if incident.state != State::Closed && label.to_lowercase().contains(&typed) {
                choices.push(Choice { label: card::text::shorten(&label, 100), value: id.to_string() });
            }
        }
        Ok(choices)
    }

    async fn complete_operation(&self, command: &str, typed: &str) -> Result<Vec<Choice>, StoreError> {
        let cancel = command == "operation cancel";
        let filter = OperationFilter { open: cancel, ..OperationFilter::default() };
        let listing = self.ledger.store().operations(&filter, 0, 100).await?;
        let typed = typed.trim().to_lowercase();
        let mut choices = Vec::new();
        for id in listing.rows {
            let Ok(operation) = self.ledger.get(&id).await else { continue };
            if cancel && !operation.revocable() {
                continue;
            }
            let label = format!("{id} · {} · {}", card::title(&operation), operation.state.words());
            if label.to_lowercase().contains(&typed) {
                choices.push(Choice { label: card::text::shorten(&label, 100), value: id.to_string() });
            }
            if choices.len() == MOST {
                break;
            }
        }
        Ok(choices)
    }
}

/// What goes with the cpu that was chosen; without one, everything that Fargate knows, up to what can be shown.
fn memories(options: &BTreeMap<String, String>) -> Vec<u32> {
    match options.get("cpu").and_then(|cpu| cpu.parse().ok()) {
        Some(cpu) => Size::memories(cpu).collect(),
        None => Size::cpus().flat_map(Size::memories).collect(),
    }
}

/// Those numbers that begin with what is typed, each once, the smallest first.
fn numbers(mut known: Vec<u32>, typed: &str) -> Vec<Choice> {
    known.sort_unstable();
    known.dedup();
    known.into_iter().map(Choice::plain).filter(|choice| choice.value.starts_with(typed.trim())).collect()
}
