//! The end of every story: what holds for each, and nothing stays behind.

use std::sync::PoisonError;

use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud as _, CloudError};
use landlord_core::tenant::Environment;

use super::{World, unknown};
use crate::until::until;

impl World {
    /// The end of every story: what the bot sent to Discord is as Discord describes it, and it understood all that it heard.
    /// Removes what the story's tenants have.
    pub(crate) async fn end(self) {
        let complaints: Vec<String> = self.witness.complaints().iter().map(ToString::to_string).collect();
        assert!(complaints.is_empty(), "against Discord's description:\n{}", complaints.join("\n"));
        assert_eq!(unknown::events(), Vec::<String>::new(), "serenity does not know these");
        for row in self.operations().await {
            let busy = ["running", "unwinding"].iter().any(|state| row["state"] == *state);
            assert!(!busy, "the story ends and this does not: {row}");
        }
        self.bot_dies().await;
        self.leaves_nothing().await;
        self.log.remove().await;
        self.discord.stop().await;
    }

    async fn leaves_nothing(&self) {
        let cloud = self.cloud().await;
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for tenant in &tenants {
            for environment in Environment::ALL {
                for kind in Kind::DELETION_ORDER {
                    // A service drains before it goes.
                    until(format!("the {kind} of {} to go", tenant.id), async || {
                        match cloud.remove(kind, &tenant.subject(environment)).await {
                            Err(CloudError::Transient(why)) => Err(why),
                            gone => {
                                Ok(gone.unwrap_or_else(|error| panic!("the {kind} of {} stays: {error}", tenant.id)))
                            }
                        }
                    })
                    .await;
                }
            }
        }
    }
}
