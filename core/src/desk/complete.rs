//! Completion: what an option could be, from the registry, the log and Fargate's table, while a person types.

use std::collections::BTreeMap;

use super::Desk;
use crate::card;
use crate::operation::State;
use crate::ports::{OperationFilter, StoreError};
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
    /// cannot be said: a person can always type on.
    pub async fn complete(
        &self,
        command: &str,
        name: &str,
        typed: &str,
        options: &BTreeMap<String, String>,
    ) -> Vec<Choice> {
        let kind = self
            .catalogue
            .command(command)
            .and_then(|command| command.options.iter().find(|option| option.name == name))
            .map(|option| option.kind);
        let offered = match kind {
            Some(OptionKind::Tenant) => self.complete_tenant(typed).await,
            Some(OptionKind::Operation) => self.complete_operation(command, typed).await,
            Some(OptionKind::Memory) => Ok(memories(options)),
            _ => Ok(Vec::new()),
        };
        let mut offered = offered.unwrap_or_else(|error| {
            tracing::warn!(%error, command, name, "nothing can be offered");
            Vec::new()
        });
        if matches!(kind, Some(OptionKind::Memory)) {
            offered.retain(|choice| choice.value.starts_with(typed.trim()));
        }
        offered.truncate(MOST);
        offered
    }

    async fn complete_tenant(&self, typed: &str) -> Result<Vec<Choice>, StoreError> {
        let listing = self.ledger.store().tenants(typed.trim(), 0, 25).await?;
        Ok(listing
            .rows
            .into_iter()
            .map(|tenant| Choice {
                label: card::text::shorten(&format!("{} · {}", tenant.details.tenant, tenant.details.company), 100),
                value: tenant.details.tenant.to_string(),
            })
            .collect())
    }

    async fn complete_operation(&self, command: &str, typed: &str) -> Result<Vec<Choice>, StoreError> {
        let state = (command == "operation cancel").then_some(State::AwaitingApproval);
        let filter = OperationFilter { state, ..OperationFilter::default() };
        let listing = self.ledger.store().operations(&filter, 0, 100).await?;
        let typed = typed.trim().to_lowercase();
        let mut choices = Vec::new();
        for id in listing.rows {
            let Ok(operation) = self.ledger.get(&id).await else { continue };
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
fn memories(options: &BTreeMap<String, String>) -> Vec<Choice> {
    if let Some(cpu) = options.get("cpu").and_then(|cpu| cpu.parse().ok()) {
        Size::memories(cpu).map(Choice::plain).collect()
    } else {
        let mut all: Vec<u32> = Size::cpus().flat_map(Size::memories).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(Choice::plain).collect()
    }
}
