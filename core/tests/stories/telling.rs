//! What is written while the chat is being told: it is shown next, and not taken to be shown.

use std::sync::Arc;

use async_trait::async_trait;
use landlord_core::card::Card;
use landlord_core::display::Display;
use landlord_core::event::{Event, MessageRef};
use landlord_core::fakes::{FakeChat, World};
use landlord_core::ledger::Ledger;
use landlord_core::operation::State;
use landlord_core::plan::OperationId;
use landlord_core::ports::{Chat, ChatError, Message, Vote};
use landlord_core::role::{Member, Person};
use landlord_core::votes::Votes;

use crate::waits_in_sit;

/// A chat in which somebody rejects the request while its thread is being told.
#[derive(Debug)]
struct Busy {
    chat: FakeChat,
    ledger: Arc<Ledger>,
    request: OperationId,
    person: Person,
}

#[async_trait]
impl Chat for Busy {
    async fn say(&self, channel: &str, message: &Message, nonce: &str) -> Result<(), ChatError> {
        let rejected = Event::Rejected { person: self.person.clone() };
        self.ledger.record(&self.request, |op| op.state.open().then_some(rejected)).await.unwrap();
        self.chat.say(channel, message, nonce).await
    }

    async fn post_card(&self, channel: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError> {
        self.chat.post_card(channel, card, nonce).await
    }

    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.chat.edit_card(message, card).await
    }

    async fn offer_votes(&self, message: &MessageRef) -> Result<(), ChatError> {
        self.chat.offer_votes(message).await
    }

    async fn open_thread(&self, message: &MessageRef, name: &str) -> Result<String, ChatError> {
        self.chat.open_thread(message, name).await
    }

    async fn votes(&self, message: &MessageRef, vote: Vote) -> Result<Vec<Member>, ChatError> {
        self.chat.votes(message, vote).await
    }

    fn link(&self, message: &MessageRef) -> String {
        self.chat.link(message)
    }

    async fn member(&self, person: &Person) -> Result<Member, ChatError> {
        self.chat.member(person).await
    }
}

#[tokio::test]
async fn what_is_written_while_the_thread_is_told_is_told_next() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let house = world.house();
    let ledger = Arc::clone(&house.engine.ledger);
    let summary = "The bot was away.".to_owned();
    ledger.record(request.id(), |_| Some(Event::CaughtUp { summary })).await.unwrap();

    let person = request.operation().requester;
    let busy = Busy { chat: world.chat.clone(), ledger: Arc::clone(&ledger), request: request.id().clone(), person };
    let chat: Arc<dyn Chat> = Arc::new(busy);
    let votes = Arc::new(Votes { ledger: Arc::clone(&ledger), chat: Arc::clone(&chat) });
    let display = Display { ledger, chat, votes };
    let mut shown = None;
    let first = display.refresh(request.id(), &mut shown).await.unwrap();
    assert_eq!(first.state, State::AwaitingApproval, "what is answered is what is shown");
    assert!(!request.thread().contains("rejected it"), "{}", request.thread());

    let second = display.refresh(request.id(), &mut shown).await.unwrap();
    assert_eq!(second.state, State::Refused);
    assert!(request.thread().contains("rejected it"), "{}", request.thread());
    request.card().shows("Rejected**");
}
