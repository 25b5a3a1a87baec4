//! Forms: what a person is asked before a request is filed, and what handing it in means. What people wrote arrives as they
//! wrote it, and is compared as it is: nothing is trimmed, folded or normalised.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;

use super::request::DeletionRequest;
use super::{Desk, Invocation, Refusal, Reply, allowed};
use crate::card::{Card, Form, Input, text};
use crate::role::Member;

/// The command whose form is handed in.
const DELETE: &str = "tenant delete";

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
        let older = || Refusal::new("This form is of an older version. Use the command again.");
        let (command, spec) = self.catalogue.operation(DELETE).ok_or_else(older)?;
        allowed(member, &command.who)?;
        let (request, opened) = read(form).ok_or_else(older)?;
        let age = self.clock.now() - opened;
        if age.is_negative() || age > self.clock.work(GOOD_FOR) {
            return Err(Refusal::new(
                "The form was open for more than 15 minutes, so nothing was filed. Use the command again.",
            ));
        }
        let typed = inputs.get(NAME).map_or("", String::as_str);
        if typed != request.tenant.as_str() {
            return Err(Refusal(format!(
                "What was typed is not the tenant's name, so nothing was filed: `{}` is asked for, to the letter, and {} came. \
                 Use the command again.",
                request.tenant,
                as_written(typed)
            )));
        }
        let invocation = Invocation {
            command: command.name.clone(),
            options: BTreeMap::new(),
            member: member.clone(),
            channel: channel.to_owned(),
        };
        self.file_deletion(command, spec, &invocation, request, true).await
    }

    /// Asks for the tenant's name before the request is filed.
    pub(super) fn ask_for_name(&self, request: &DeletionRequest) -> Reply {
        let opened = self.clock.now().unix_timestamp();
        let form = Form {
            id: format!("{DELETE}:{}:{opened}", write(request)),
            title: format!("Delete {} for good", request.tenant),
            inputs: vec![Input {
                id: NAME.into(),
                label: "Type the tenant's name to go on".into(),
                placeholder: format!("the name of the tenant in {}", request.places()),
                min: 1,
                max: 100,
                multiline: false,
            }],
        };
        Reply::Form(form.fit())
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

fn write(request: &DeletionRequest) -> String {
    let yes_no = |yes| if yes { "yes" } else { "no" };
    format!(
        "{}:{}:{}:{}:{}",
        request.tenant,
        request.scope.as_str(),
        request.reason,
        yes_no(request.backup),
        yes_no(request.keep_logs)
    )
}

fn read(form: &str) -> Option<(DeletionRequest, OffsetDateTime)> {
    let parts: Vec<&str> = form.strip_prefix(DELETE)?.strip_prefix(':')?.split(':').collect();
    let [tenant, scope, reason, backup, keep_logs, opened] = parts.as_slice() else { return None };
    let request = DeletionRequest {
        tenant: tenant.parse().ok()?,
        scope: scope.parse().ok()?,
        reason: reason.parse().ok()?,
        backup: *backup == "yes",
        keep_logs: *keep_logs == "yes",
    };
    Some((request, OffsetDateTime::from_unix_timestamp(opened.parse().ok()?).ok()?))
}
