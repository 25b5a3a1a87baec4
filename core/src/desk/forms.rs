//! What handing in a form means. What people wrote arrives as they wrote it.

use std::collections::BTreeMap;

use super::{Desk, Refusal, Reply};
use crate::role::Member;

impl Desk {
    /// A person handed in a form: its id, and what was written by the inputs' ids, as it was written. `channel` is where the
    /// form was asked for.
    #[allow(clippy::unused_async, reason = "handing in a form may plan, which asks the cloud")]
    pub async fn submitted(
        &self,
        form: &str,
        inputs: &BTreeMap<String, String>,
        member: &Member,
        channel: &str,
    ) -> Reply {
        let refusal = Refusal::new("This form is of an older version. Use the command again.");
        tracing::info!(form, inputs = inputs.len(), member = member.person.id, channel, %refusal, "refused");
        Reply::Private(refusal.card())
    }
}
