//! The bot's own looks in a world of stories: nothing looks unless a story lets it.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime};

use super::World;
use super::house::INCIDENTS;
use crate::fakes::Content;
use crate::monitor::Watch;
use crate::ports::{Clock, Message};
use crate::tenant::Environment;

/// What is looked at: both in DEV, the queue alone in SIT, and nothing in PROD.
pub(super) fn watch() -> BTreeMap<Environment, Watch> {
    let queue = |at: Environment| Some(format!("provisioning-dlq-{at}"));
    let function = Some("site-builder-dev-provisioning".to_owned());
    BTreeMap::from([
        (Environment::Dev, Watch { provisioning_function: function, dead_letter_queue: queue(Environment::Dev) }),
        (Environment::Sit, Watch { provisioning_function: None, dead_letter_queue: queue(Environment::Sit) }),
    ])
}

impl World {
    /// The monitors do what is due, and the bot all that comes of it. Answers when something is due again; none where the process
    /// stopped in the middle, too.
    pub async fn monitors(&self) -> Option<OffsetDateTime> {
        let house = self.house();
        let due = self.lives(Box::pin(house.monitors.run_due())).await.flatten();
        self.settles().await;
        due
    }

    /// Time passes with the monitors at work: each job runs when it is due.
    pub async fn monitors_for(&self, time: Duration) {
        let until = self.clock.now() + time;
        while let Some(due) = self.monitors().await.filter(|due| *due <= until) {
            self.lives_until(due).await;
        }
        self.lives_until(until).await;
    }

    /// What was said in the channel for incidents, cards left out.
    pub fn said_of_incidents(&self) -> Vec<Message> {
        let all = self.chat.messages(INCIDENTS).into_iter();
        let messages = all.filter_map(|posted| match posted.content {
            Content::Message(message) => Some(message),
            Content::Card(_) => None,
        });
        messages.collect()
    }
}
