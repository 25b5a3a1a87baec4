//! Incidents in a story: their cards in the channel `incidents`, their threads, and what the bot's log has of them.

use std::collections::BTreeSet;

use landlord::store::SqlStore;
use landlord_core::incident::{self, IncidentId};
use landlord_core::ports::{IncidentFilter, Incidents as _};
use serde_json::Value;

use super::{Shown, World, text};

/// How the last line of an incident's card begins.
const FOOTER: &str = "incident ";

/// One incident, by its card.
pub(crate) struct Incident<'w> {
    world: &'w World,
    /// Its id.
    pub(crate) id: String,
    /// Where its card stands: channel and message.
    pub(crate) place: (String, String),
}

impl World {
    /// The cards of incidents in their channel, oldest first.
    pub(crate) async fn incident_cards(&self) -> Vec<Shown> {
        let messages = self.messages(&self.channel_named("incidents")).await;
        let own =
            |message: &Value| message["embeds"][0]["footer"]["text"].as_str().is_some_and(|it| it.starts_with(FOOTER));
        messages.into_iter().filter(own).map(Shown::new).collect()
    }

    /// The incident whose card's title says this, as soon as it is posted.
    pub(crate) async fn incident(&self, title: &str) -> Incident<'_> {
        let card = self
            .until(&format!("an incident of {title:?}"), async || {
                let cards = self.incident_cards().await;
                let found = cards.iter().find(|card| card.message["embeds"][0]["title"].to_string().contains(title));
                found.cloned().ok_or_else(|| format!("{cards:?}"))
            })
            .await;
        let footer = text(&card.message["embeds"][0]["footer"]["text"]);
        let id = footer[FOOTER.len()..].split(' ').next().unwrap_or_default().to_owned();
        Incident { world: self, id, place: (text(&card.message["channel_id"]), text(&card.message["id"])) }
    }

    /// Every incident that there ever was, as the bot's log has it.
    pub(crate) async fn incidents(&self) -> Vec<incident::Incident> {
        let store = SqlStore::open_to_read(self.log_url()).await.expect("the log");
        let mut all = Vec::new();
        for id in store.incidents(&IncidentFilter::default(), 0, 500).await.expect("the incidents").rows {
            all.push(folded(&store, &id).await);
        }
        store.close().await;
        all
    }
}

impl Incident<'_> {
    /// Its card as Discord shows it now.
    pub(crate) async fn card(&self) -> Shown {
        self.world.message(&self.place.0, &self.place.1).await
    }

    /// Its card comes to say this.
    pub(crate) async fn comes_to_show(&self, words: &str) -> Shown {
        let look = async || {
            let card = self.card().await;
            if card.to_string().contains(words) { Ok(card) } else { Err(card.to_string()) }
        };
        self.world.until(&format!("{words:?} on the card of incident {}", self.id), look).await
    }

    /// The messages of its thread, which has its card's id.
    pub(crate) async fn messages(&self) -> Vec<Shown> {
        self.world.messages(&self.place.1).await.into_iter().map(Shown::new).collect()
    }

    /// What its thread says.
    pub(crate) async fn thread(&self) -> String {
        self.messages().await.iter().map(ToString::to_string).collect()
    }

    /// Its thread comes to say this.
    pub(crate) async fn thread_comes_to_say(&self, words: &str) -> String {
        let look = async || {
            let (status, _) =
                self.world.call("operator", reqwest::Method::GET, &format!("/channels/{}", self.place.1), None).await;
            let thread = if status == 200 { self.thread().await } else { "it has no thread".to_owned() };
            if thread.contains(words) { Ok(thread) } else { Err(thread) }
        };
        self.world.until(&format!("{words:?} in the thread of incident {}", self.id), look).await
    }

    /// Somebody writes into its thread.
    pub(crate) async fn hears(&self, member: &str, words: &str) {
        let (path, body) = (format!("/channels/{}/messages", self.place.1), serde_json::json!({ "content": words }));
        let (status, answer) = self.world.call(member, reqwest::Method::POST, &path, Some(&body)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// The incident as the bot's log has it.
    pub(crate) async fn kept(&self) -> incident::Incident {
        let store = SqlStore::open_to_read(self.world.log_url()).await.expect("the log");
        let incident = folded(&store, &IncidentId(self.id.clone())).await;
        store.close().await;
        incident
    }

    /// The file of its record, as soon as it is in its thread.
    pub(crate) async fn record(&self) -> String {
        self.thread_comes_to_say("closed it").await;
        let name = format!("incident-{}.md", self.id);
        let messages = self.messages().await;
        let with: Vec<&Shown> = messages.iter().filter(|message| message.to_string().contains(&name)).collect();
        assert_eq!(with.len(), 1, "one record: {messages:?}");
        String::from_utf8(self.world.file(with[0], &name).await).expect("text")
    }

    /// Asserts that the chat has one card and one thread for it, and that the thread says nothing twice.
    pub(crate) async fn stands_once(&self) {
        let cards = self.world.incident_cards().await;
        let own = cards.iter().filter(|card| card.to_string().contains(&self.id)).count();
        assert_eq!(own, 1, "one card of incident {}: {cards:?}", self.id);
        let thread = self.thread().await;
        // That it fires still may be said often.
        let lines: Vec<&str> = thread.lines().filter(|line| line.starts_with("<t:") && !line.contains("🔁")).collect();
        assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "something is said twice:\n{thread}");
    }
}

async fn folded(store: &SqlStore, id: &IncidentId) -> incident::Incident {
    let events = store.incident_events(id, 0).await.expect("its events");
    incident::Incident::fold(&events).expect("a sound log").expect("an incident")
}
