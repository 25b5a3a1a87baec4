//! Forms: what a person is asked before a request is filed, and what handing it in means. What people wrote arrives as they
//! wrote it, and is compared as it is: nothing is trimmed, folded or normalised.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;

use super::request::{DeletionRequest, SweepRequest};
use super::{Desk, Invocation, Refusal, Reply, allowed};
use crate::card::{Card, Form, Input, text};
use crate::role::Member;
use crate::tenant::TenantId;

/// The commands whose forms are handed in.
const DELETE: &str = "tenant delete";
const SWEEP: &str = "tenant sweep";

/// Under which name the form hands in what was typed.
const NAME: &str = "name";

/// A form is good for as long as Discord's token for the command is: 15 minutes.
const GOOD_FOR: Duration = Duration::from_mins(15);

impl Desk {
    /// A person handed in a form: its id, and what was written by the inputs' ids, as it was written. `channel` is where the
    /// form was asked for.
    pub async fn submitted(
        &self,
        form: &str,
        inputs: &BTreeMap<String, String>,
        member: &Member,
        channel: &str,
    ) -> Reply {
        let outcome = self.take_form(form, inputs, member, channel).await;
        Reply::Private(outcome.unwrap_or_else(|refusal| {
            tracing::info!(form, member = member.person.id, %refusal, "refused");
            refusal.card()
        }))
    }

    async fn take_form(
        &self,
        form: &str,
        inputs: &BTreeMap<String, String>,
        member: &Member,
        channel: &str,
    ) -> Result<Card, Refusal> {
        if let Some(rest) = form.strip_prefix("incident:") {
            return self.incident_form(rest, inputs, member, channel).await;
        }
        let older = || Refusal::new("This form is of an older version. Use the command again.");
        let (wanted, opened) = Wanted::read(form).ok_or_else(older)?;
        let (command, spec) = self.catalogue.operation(wanted.command()).ok_or_else(older)?;
        allowed(member, &command.who)?;
        let age = self.clock.now() - opened;
        if age.is_negative() || age > self.clock.work(GOOD_FOR) {
            return Err(Refusal::new(
                "The form was open for more than 15 minutes, so nothing was filed. Use the command again.",
            ));
        }
        let typed = inputs.get(NAME).map_or("", String::as_str);
        if typed != wanted.tenant().as_str() {
            return Err(Refusal(format!(
                "What was typed is not the tenant's name, so nothing was filed: `{}` is asked for, to the letter, and {} came. \
                 Use the command again.",
                wanted.tenant(),
                as_written(typed)
            )));
        }
        let invocation = Invocation {
            command: command.name.clone(),
            options: BTreeMap::new(),
            member: member.clone(),
            channel: channel.to_owned(),
        };
        match wanted {
            Wanted::Deletion(request) => self.file_deletion(command, spec, &invocation, request, true).await,
            Wanted::Sweep(request) => self.file_sweep(command, spec, &invocation, request, true).await,
        }
    }

    /// Asks for the tenant's name before the request is filed.
    pub(super) fn ask_for_name(&self, wanted: &Wanted) -> Reply {
        let opened = self.clock.now().unix_timestamp();
        let form = Form {
            id: format!("{}:{}:{opened}", wanted.command(), wanted.write()),
            title: match wanted {
                Wanted::Deletion(request) => format!("Delete {} for good", request.tenant),
                Wanted::Sweep(request) => format!("Remove orphans of {}", request.tenant),
            },
            inputs: vec![Input {
                id: NAME.into(),
                label: "Type the tenant's name to go on".into(),
                placeholder: format!("the name of the tenant in {}", wanted.places()),
                min: 1,
                max: 100,
                multiline: false,
            }],
        };
        Reply::Form(form.fit())
    }
}

/// What is asked for with a form, as the form's id keeps it.
pub(super) enum Wanted {
    /// A tenant's deletion.
    Deletion(DeletionRequest),
    /// The removal of orphans.
    Sweep(SweepRequest),
}

impl Wanted {
    fn command(&self) -> &'static str {
        match self {
            Self::Deletion(_) => DELETE,
            Self::Sweep(_) => SWEEP,
        }
    }

    fn tenant(&self) -> &TenantId {
        match self {
            Self::Deletion(request) => &request.tenant,
            Self::Sweep(request) => &request.tenant,
        }
    }

    fn places(&self) -> String {
        match self {
            Self::Deletion(request) => request.places(),
            Self::Sweep(request) => request.environment.title().to_owned(),
        }
    }

    fn write(&self) -> String {
        let yes_no = |yes| if yes { "yes" } else { "no" };
        match self {
            Self::Deletion(request) => format!(
                "{}:{}:{}:{}:{}",
                request.tenant,
                request.scope.as_str(),
                request.reason,
                yes_no(request.backup),
                yes_no(request.keep_logs)
            ),
            Self::Sweep(request) => {
                format!("{}:{}:{}", request.tenant, request.environment, yes_no(request.backup))
            }
        }
    }

    fn read(form: &str) -> Option<(Self, OffsetDateTime)> {
        let parts: Vec<&str> = form.split(':').collect();
        let (wanted, opened) = match parts.as_slice() {
            [DELETE, tenant, scope, reason, backup, keep_logs, opened] => {
                let request = DeletionRequest {
                    tenant: tenant.parse().ok()?,
                    scope: scope.parse().ok()?,
                    reason: reason.parse().ok()?,
                    backup: *backup == "yes",
                    keep_logs: *keep_logs == "yes",
                };
                (Self::Deletion(request), opened)
            }
            [SWEEP, tenant, environment, backup, opened] => {
                let request = SweepRequest {
                    tenant: tenant.parse().ok()?,
                    environment: environment.parse().ok()?,
                    backup: *backup == "yes",
                };
                (Self::Sweep(request), opened)
            }
            _ => return None,
        };
        Some((wanted, OffsetDateTime::from_unix_timestamp(opened.parse().ok()?).ok()?))
    }
}

/// What was typed, so that what is hard to see shows: blanks, and letters that look like others.
fn as_written(typed: &str) -> String {
    let shown: String = typed
        .chars()
        .take(60)
        .flat_map(|c| match c {
            ' ' => "⟨space⟩".chars().collect(),
            c if c.is_ascii_graphic() => vec![c],
            c => format!("⟨U+{:04X}⟩", c as u32).chars().collect(),
        })
        .collect();
    if shown.is_empty() { "nothing".to_owned() } else { format!("`{}`", text::plain(&shown).replace('\\', "")) }
}
