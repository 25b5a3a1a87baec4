//! A request in a story: what its person was answered, and what became of it.

use time::Duration;

use super::{Shown, World};
use crate::card::File;
use crate::event::{Event, MessageRef};
use crate::fakes::Content;
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::ports::Subject;

/// What came of a command.
#[derive(Debug)]
pub struct Request<'w> {
    world: &'w World,
    id: Option<OperationId>,
    /// None where the bot stopped before it answered.
    answer: Option<Shown>,
}

impl<'w> Request<'w> {
    pub(super) fn new(world: &'w World, id: Option<OperationId>, answer: Option<Shown>) -> Self {
        Self { world, id, answer }
    }

    pub(super) fn of(world: &'w World, id: OperationId) -> Self {
        Self { world, id: Some(id), answer: None }
    }

    /// What the person was answered, for their eyes only.
    pub fn answer(&self) -> &Shown {
        self.answer.as_ref().expect("the bot stopped before it answered")
    }

    /// The answer, where the bot did not stop before it.
    pub fn answered(&self) -> Option<&Shown> {
        self.answer.as_ref()
    }

    /// Whether an operation was filed.
    pub fn is_filed(&self) -> bool {
        self.id.is_some()
    }

    /// The operation's id.
    pub fn id(&self) -> &OperationId {
        self.id.as_ref().unwrap_or_else(|| panic!("nothing was filed; the answer was {:?}", self.answer))
    }

    /// The operation as its log has it.
    pub fn operation(&self) -> Operation {
        self.world.operation(self.id())
    }

    /// The tenant in its environment, as the cloud knows it.
    pub fn subject(&self) -> Subject {
        self.operation().plan.site().subject()
    }

    /// The operation stands so.
    #[track_caller]
    pub fn is(&self, state: State) -> &Self {
        let operation = self.operation();
        assert_eq!(operation.state, state, "{}", self.card());
        self
    }

    /// The operation comes to stand so within a day.
    pub async fn becomes(&self, state: State) -> &Self {
        for _ in 0..24 * 60 {
            if self.operation().state == state {
                return self;
            }
            self.world.passes(Duration::MINUTE).await;
        }
        self.is(state)
    }

    /// Where the card stands in the chat, whether the log has it yet or not.
    pub fn posted(&self) -> Option<MessageRef> {
        let id = &self.id().0;
        let own = |content: &Content| matches!(content, Content::Card(card) if card.footer.contains(id));
        let mut messages = self.world.chat.all_messages().into_iter();
        self.operation().card.or_else(|| messages.find(|posted| own(&posted.content)).map(|posted| posted.place))
    }

    /// Where the card stands.
    pub fn message(&self) -> MessageRef {
        self.posted().unwrap_or_else(|| panic!("{} has no card", self.id()))
    }

    /// The card as the chat shows it.
    pub fn card(&self) -> Shown {
        let place = self.message();
        let messages = self.world.chat.messages(&place.channel);
        let posted = messages.into_iter().find(|posted| posted.place == place);
        match posted.map(|posted| posted.content) {
            Some(Content::Card(card)) => Shown::new(card),
            other => panic!("where the card of {} should stand is {other:?}", self.id()),
        }
    }

    /// The thread's texts, a line each, with whom they call.
    pub fn thread(&self) -> String {
        let Some(thread) = self.operation().thread else { return String::new() };
        self.world.texts(&thread)
    }

    /// The files in the thread.
    pub fn files(&self) -> Vec<File> {
        let Some(thread) = self.operation().thread else { return Vec::new() };
        let files = self.world.chat.messages(&thread).into_iter().map(|posted| match posted.content {
            Content::Message(message) => message.files,
            Content::Card(_) => Vec::new(),
        });
        files.flatten().collect()
    }

    /// The kinds of the operation's events, but for what only the bot's bookkeeping needs.
    pub fn log(&self) -> Vec<&'static str> {
        let log = self.world.store.log_of(self.id());
        let events = log.into_iter().map(|event| event.recorded().unwrap_or_else(|error| panic!("{error}")).event);
        events.filter(|event| !matches!(event, Event::Told { .. })).map(|event| event.kind()).collect()
    }
}
