//! Tenants that stand before a story begins: asked for, approved and validated by other clients, without the page.

use serde_json::{Value, json};

use super::sandbox::Sandbox;
use super::until::until;

/// Where tenants go one after another, and who approves it there.
const WAY: [(&str, &[&str]); 3] = [("dev", &[]), ("sit", &["team-lead"]), ("prod", &["devops-lead", "product-owner"])];

impl Sandbox {
    /// An operator asks for a tenant.
    pub(crate) async fn provisions(&self, options: &[(&str, &str)]) {
        self.uses("operator", "provision", options).await;
    }

    /// Brings a tenant with the subdomain `golden` as far as an environment.
    pub(crate) async fn brings(&self, tenant: &str, as_far_as: &str) {
        let options = [
            ("environment", "dev"),
            ("company", "Golden Crust"),
            ("subdomain", "golden"),
            ("email", "owner@golden.example"),
            ("tenant", tenant),
        ];
        self.provisions(&options).await;
        for (environment, approvers) in WAY {
            if environment != "dev" {
                self.uses("operator", "promote", &[("tenant", tenant)]).await;
            }
            let is_there = |operation: &Value| operation["environment"] == environment;
            let card =
                self.operation("with a card", |one| is_there(one) && one["card"].is_object()).await["card"].take();
            for approver in approvers {
                self.reacts(approver, &card, "✅").await;
            }
            self.operation("done", |one| is_there(one) && one["state"] == "succeeded").await;
            if environment == as_far_as {
                return;
            }
            self.reacts("operator", &card, "✅").await;
            self.operation("validated", |one| is_there(one) && one["validated_by"] == "operator").await;
        }
    }

    /// Waits until so many operations are filed, and all of them are in that state.
    pub(crate) async fn all_are(&self, state: &str, count: usize) {
        until(format!("{count} operations to be {state}"), async || {
            let operations = self.operations().await;
            let states: Vec<&Value> = operations.iter().map(|operation| &operation["state"]).collect();
            if states.len() == count && states.iter().all(|one| *one == state) { Ok(()) } else { Err(json!(states)) }
        })
        .await;
    }

    /// The newest operation, as soon as it is like that.
    pub(crate) async fn operation(&self, how: &str, like: impl Fn(&Value) -> bool) -> Value {
        until(format!("the newest operation to be {how}"), async || match self.operations().await.into_iter().next() {
            Some(newest) if like(&newest) => Ok(newest),
            instead => Err(json!(instead)),
        })
        .await
    }
}
