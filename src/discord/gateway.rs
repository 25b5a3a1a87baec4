//! The gateway's events, each handed on to the room that knows what it means.

use std::sync::Arc;

use landlord_core::desk::Desk;
use landlord_core::event::MessageRef;
use landlord_core::ports::{Chat as _, Vote};
use landlord_core::role::{Member, Person};
use serenity::all::{
    ConnectionStage, Context, EventHandler, Interaction, Reaction, ReactionType, Ready, ResumedEvent,
    ShardStageUpdateEvent,
};
use serenity::async_trait;

use super::measured::Call;
use super::roles::person;
use super::seen::Seen;
use super::{Place, commands, interactions};
use crate::health::Health;

/// Listens to the gateway.
pub(super) struct Handler {
    pub(super) place: Place,
    pub(super) desk: Arc<Desk>,
    pub(super) health: Arc<Health>,
    pub(super) seen: Seen,
}

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: Ready) {
        tracing::info!(bot = ready.user.name, "connected to Discord");
        self.place.http.set_application_id(ready.application.id);
        match commands::register(&self.place, &self.desk.catalogue).await {
            Ok(()) => self.health.registered(true),
            Err(error) => {
                tracing::error!(%error, "the slash commands could not be registered; is the bot in the server?");
            }
        }
        self.catch_up().await;
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        tracing::info!("the connection to Discord is resumed");
        self.catch_up().await;
    }

    async fn shard_stage_update(&self, _: Context, update: ShardStageUpdateEvent) {
        self.health.connected(update.new == ConnectionStage::Connected);
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        if !self.seen.first(interaction.id()) {
            tracing::info!(interaction = interaction.id().get(), "an interaction came again and is not taken twice");
            return;
        }
        let outcome = match &interaction {
            Interaction::Command(command) => interactions::command(&self.place, Arc::clone(&self.desk), command).await,
            Interaction::Autocomplete(command) => interactions::completion(&self.place, &self.desk, command).await,
            Interaction::Component(component) => {
                interactions::component(&self.place, Arc::clone(&self.desk), component).await
            }
            Interaction::Modal(modal) => interactions::form(&self.place, Arc::clone(&self.desk), modal).await,
            _ => Ok(()),
        };
        match outcome {
            Ok(()) => {}
            Err(error) if interactions::too_late(&error) => tracing::warn!("an interaction was answered too late"),
            Err(error) => tracing::error!(%error, "an interaction could not be answered"),
        }
    }

    async fn reaction_add(&self, _: Context, reaction: Reaction) {
        let Some((vote, message)) = self.vote(&reaction) else { return };
        let Some(member) = self.reactor(&reaction).await else { return };
        self.desk.reacted(&message, vote, &member).await;
    }

    async fn reaction_remove(&self, _: Context, reaction: Reaction) {
        let Some((vote, message)) = self.vote(&reaction) else { return };
        let Some(user) = reaction.user_id else { return };
        // Only the id matters to a withdrawal.
        let person = Person { id: user.to_string(), name: user.to_string() };
        self.desk.unreacted(&message, vote, &person).await;
    }
}

impl Handler {
    async fn catch_up(&self) {
        match self.desk.catch_up().await {
            Ok(open) => tracing::info!(open, "the open cards are read again"),
            Err(error) => tracing::error!(%error, "the open cards could not be read again"),
        }
    }

    /// The vote that a reaction is, and under which message; none where it is no vote, of another server, or the bot's own.
    fn vote(&self, reaction: &Reaction) -> Option<(Vote, MessageRef)> {
        let ReactionType::Unicode(emoji) = &reaction.emoji else { return None };
        let own = reaction.member.as_ref().is_some_and(|member| member.user.bot);
        let here = reaction.guild_id == Some(self.place.guild);
        let vote = Vote::of(emoji).filter(|_| here && !own)?;
        Some((vote, MessageRef { channel: reaction.channel_id.to_string(), message: reaction.message_id.to_string() }))
    }

    /// Who reacted, with the roles of this moment: they come with the event.
    async fn reactor(&self, reaction: &Reaction) -> Option<Member> {
        if let Some(member) = &reaction.member {
            return Some(self.place.roles.member(&member.user, &member.roles));
        }
        let call = reaction.user(&*self.place.http);
        let user = self.place.counted(Call("GET", "users"), call).await.ok().filter(|user| !user.bot)?;
        match self.place.chat().member(&person(&user)).await {
            Ok(member) => Some(member),
            Err(error) => {
                tracing::warn!(%error, "the roles of somebody who reacted could not be read; the card is read again later");
                None
            }
        }
    }
}
