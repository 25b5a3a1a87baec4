//! What is written while the chat is being told: it is shown next, and not taken to be shown.

use std::sync::Arc;

use async_trait::async_trait;
use landlord_core::card::Card;
use landlord_core::display::Display;
use landlord_core::event::{Event, MessageRef};
use landlord_core::fakes::{Content, FakeChat, Posted, World};
use landlord_core::ledger::Ledger;
use landlord_core::operation::{Operation, State};
use landlord_core::plan::OperationId;
use landlord_core::ports::{Chat, ChatError, CloudError, Message, Vote, Written};
use landlord_core::role::{Member, Person};
use landlord_core::tenant::Environment;
use landlord_core::votes::Votes;

use crate::deletion::{FROM_DEV, acme_in, poc, runs};
use crate::waits_in_sit;

/// A deletion from everywhere, without notice.
const AT_ONCE: &str = "/tenant delete tenant:acme environment:all reason:poc backup:yes logs:delete";

/// A chat beside which something happens to the request while its card is edited or its thread told.
#[derive(Debug)]
struct Busy {
    chat: FakeChat,
    ledger: Arc<Ledger>,
    request: OperationId,
    while_edited: Option<Event>,
    while_told: Option<Event>,
}

impl Busy {
    /// A display in this chat.
    fn display(self) -> Display {
        let ledger = Arc::clone(&self.ledger);
        let chat: Arc<dyn Chat> = Arc::new(self);
        let votes = Arc::new(Votes { ledger: Arc::clone(&ledger), chat: Arc::clone(&chat) });
        Display { ledger, chat, votes }
    }

    async fn happens(&self, event: Option<&Event>) {
        if let Some(event) = event {
            self.ledger.record(&self.request, |op| op.state.open().then(|| event.clone())).await.unwrap();
        }
    }
}

#[async_trait]
impl Chat for Busy {
    async fn say(&self, channel: &str, message: &Message, nonce: &str) -> Result<(), ChatError> {
        self.happens(self.while_told.as_ref()).await;
        self.chat.say(channel, message, nonce).await
    }

    async fn post_card(&self, channel: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError> {
        self.chat.post_card(channel, card, nonce).await
    }

    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.happens(self.while_edited.as_ref()).await;
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

    async fn written(&self, thread: &str) -> Result<Vec<Written>, ChatError> {
        self.chat.written(thread).await
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
    let rejected = Some(Event::Rejected { person });
    let (chat, request_id) = (world.chat.clone(), request.id().clone());
    let display = Busy { chat, ledger, request: request_id, while_edited: None, while_told: rejected }.display();
    let mut shown = None;
    let first = display.refresh(request.id(), &mut shown).await.unwrap();
    assert_eq!(first.state, State::AwaitingApproval, "what is answered is what is shown");
    assert!(!request.thread().contains("rejected it"), "{}", request.thread());

    let second = display.refresh(request.id(), &mut shown).await.unwrap();
    assert_eq!(second.state, State::Refused);
    assert!(request.thread().contains("rejected it"), "{}", request.thread());
    request.card().shows("Rejected**");
}

#[tokio::test]
async fn a_certificate_goes_with_the_news_that_all_is_done_and_not_before() {
    let world = acme_in(&[Environment::Dev]).await;
    world.notifier.spare(1);
    world.notifier.fail_next(1, &CloudError::Permanent("the address is not verified".into()));
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Holding).await;
    let house = world.house();
    let ledger = Arc::clone(&house.engine.ledger);
    let skipped = |op: &Operation| {
        let step = op.held_step?;
        Some(Event::Skipped { step, person: op.requester.clone() })
    };
    ledger.record(request.id(), skipped).await.unwrap();

    let (chat, request_id) = (world.chat.clone(), request.id().clone());
    let done = Some(Event::Succeeded);
    let display = Busy { chat, ledger, request: request_id, while_edited: done, while_told: None }.display();
    let mut shown = None;
    let first = display.refresh(request.id(), &mut shown).await.unwrap();
    assert_eq!((first.state, request.files().len()), (State::Running, 0));
    display.refresh(request.id(), &mut shown).await.unwrap();
    assert!(request.thread().contains("This is the certificate"), "{}", request.thread());
    assert_eq!(request.files().len(), 1);
}

#[tokio::test]
async fn what_has_gathered_while_the_chat_was_away_is_told_in_messages_that_can_be_read() {
    let calm = World::start();
    calm.stands(&poc("acme"), &Environment::ALL).await;
    let told = runs(&calm, AT_ONCE).await;

    let world = World::start();
    world.stands(&poc("acme"), &Environment::ALL).await;
    let away = ChatError::Transient("Discord answers 503".into());
    world.chat.break_call("say", Some(away));
    let request = runs(&world, AT_ONCE).await;
    request.is(State::Succeeded);
    assert_eq!(request.thread(), "");
    world.chat.break_call("say", None);
    world.passes(time::Duration::MINUTE).await;
    let neutral = |text: &str, id: &OperationId| text.replace(&id.0, "OPERATION");
    let lines =
        |text: String| text.lines().filter(|line| line.starts_with('✅')).map(str::to_owned).collect::<Vec<_>>();
    let expected = lines(neutral(&told.thread(), told.id()));
    assert_eq!(lines(neutral(&request.thread(), request.id())), expected, "every line, once, in order");
    let thread = request.operation().thread.unwrap();
    let said = |posted: Posted| match posted.content {
        Content::Message(message) => Some(message.text),
        Content::Card(_) => None,
    };
    let texts: Vec<String> = world.chat.messages(&thread).into_iter().filter_map(said).collect();
    assert!(texts.len() > 2, "{} messages", texts.len());
    let long: Vec<&String> = texts.iter().filter(|text| text.chars().count() > Message::LEGIBLE).collect();
    assert!(long.iter().all(|text| text.lines().next().is_some_and(|line| line.contains("**Deleted**"))), "{long:?}");
    assert_eq!(request.files().len(), 1, "the certificate goes with the end");
}
