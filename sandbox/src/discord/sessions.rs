//! Gateway sessions: who listens, from which event on, and what each has yet to hear again after a lost connection.
//! Numbers and queues events; the sockets are in `gateway`.

use super::dispatch::{Audience, Dispatch};
use super::snowflake::Id;
use super::world::World;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tokio::sync::mpsc;

/// Events that a session keeps for a resume.
const REPLAY: usize = 2_000;
/// Events that may wait for a client that reads slowly; then its connection is cut.
pub(crate) const QUEUE: usize = 4_000;
/// How long a session without a connection can be resumed.
const RESUMABLE: Duration = Duration::minutes(5);

/// The writing end of a connection.
pub(crate) type Line = mpsc::Sender<Arc<str>>;

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) user: Id,
    /// A bot's intents; people hear everything.
    pub(crate) intents: Option<u64>,
    seq: u64,
    replay: VecDeque<(u64, Arc<str>)>,
    line: Option<Line>,
    left: Option<OffsetDateTime>,
}

/// What a resume finds.
pub(crate) enum Resume {
    /// The events that were missed are on the line again.
    Replayed,
    /// No such session, or too much was missed.
    Gone,
    /// A sequence number that was never given out.
    BadSequence,
}

/// Whose sessions are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listeners {
    /// Everybody's.
    All,
    /// Everybody's but the bot's.
    People,
    /// The bot's.
    Bot,
}

impl Listeners {
    fn includes(self, bot: bool) -> bool {
        self == Self::All || bot == (self == Self::Bot)
    }
}

/// All sessions, by id.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: HashMap<String, Session>,
}

impl Session {
    fn send(&mut self, name: &str, data: &str) {
        self.seq += 1;
        let text: Arc<str> = format!(r#"{{"op":0,"s":{},"t":"{name}","d":{data}}}"#, self.seq).into();
        if self.line.as_ref().is_some_and(|line| line.try_send(text.clone()).is_err()) {
            self.line = None;
        }
        self.replay.push_back((self.seq, text));
        if self.replay.len() > REPLAY {
            self.replay.pop_front();
        }
    }
}

impl Sessions {
    /// Begins a session and lets those go that nobody came back for.
    pub(crate) fn open(&mut self, id: &str, user: Id, intents: Option<u64>, line: Line, now: OffsetDateTime) {
        self.all.retain(|_, session| session.left.is_none_or(|left| now - left < RESUMABLE));
        let session = Session { user, intents, seq: 0, replay: VecDeque::new(), line: Some(line), left: None };
        self.all.insert(id.to_owned(), session);
    }

    /// Tells one session something.
    pub(crate) fn send(&mut self, id: &str, name: &str, data: &Value) {
        if let Some(session) = self.all.get_mut(id) {
            session.send(name, &data.to_string());
        }
    }

    /// Puts a session on a new line and repeats what came after `seq`.
    pub(crate) fn resume(&mut self, id: &str, user: Id, seq: u64, line: Line) -> Resume {
        let Some(session) = self.all.get_mut(id).filter(|session| session.user == user) else { return Resume::Gone };
        if seq > session.seq {
            return Resume::BadSequence;
        }
        let oldest = session.replay.front().map_or(session.seq + 1, |(seq, _)| *seq);
        if seq + 1 < oldest {
            self.all.remove(id);
            return Resume::Gone;
        }
        for (_, text) in session.replay.iter().filter(|(number, _)| *number > seq) {
            if line.try_send(text.clone()).is_err() {
                return Resume::Gone;
            }
        }
        session.line = Some(line);
        session.left = None;
        session.send("RESUMED", "{}");
        Resume::Replayed
    }

    /// The connection is lost; the session waits to be resumed, unless another connection has taken it over.
    pub(crate) fn detach(&mut self, id: &str, line: Option<&Line>, now: OffsetDateTime) {
        if let Some(session) = self.all.get_mut(id)
            && session.line.as_ref().is_none_or(|own| line.is_some_and(|line| own.same_channel(line)))
        {
            session.line = None;
            session.left = Some(now);
        }
    }

    /// The session is over.
    pub(crate) fn end(&mut self, id: &str) {
        self.all.remove(id);
    }

    /// Whether somebody with this id listens right now.
    pub(crate) fn listens(&self, user: Id) -> bool {
        self.all.values().any(|session| session.user == user && session.line.is_some())
    }

    /// Hands an event to every session that is to hear it, of those who `listen`.
    pub(crate) fn deliver(&mut self, world: &World, dispatch: &Dispatch, listen: Listeners) {
        let bot = world.bot();
        let plain = dispatch.data.to_string();
        let only = match &dispatch.audience {
            Audience::Member(user, Some(id)) if self.all.get(id).is_some_and(|it| it.user == *user) => Some(id.clone()),
            _ => None,
        };
        for (id, session) in &mut self.all {
            let meant = only.as_ref().is_none_or(|only| only == id) && listen.includes(session.user == bot);
            if !meant || !dispatch.reaches(world, session.user, session.intents) {
                continue;
            }
            match dispatch.seen_by(session.user, session.intents) {
                Some(blank) => session.send(dispatch.name, &blank.to_string()),
                None => session.send(dispatch.name, &plain),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BOT: Id = Id(1);

    fn sessions(line: Line) -> Sessions {
        let mut sessions = Sessions::default();
        sessions.open("s", BOT, Some(0), line, OffsetDateTime::UNIX_EPOCH);
        sessions
    }

    #[test]
    fn too_much_missed_cannot_be_resumed() {
        let (line, events) = mpsc::channel(QUEUE);
        let mut sessions = sessions(line);
        drop(events);
        for _ in 0..=REPLAY {
            sessions.send("s", "EVENT", &json!({}));
        }
        assert!(!sessions.listens(BOT), "a line that nobody reads is let go");
        let (line, _events) = mpsc::channel(QUEUE);
        assert!(matches!(sessions.resume("s", BOT, 0, line.clone()), Resume::Gone));
        assert!(matches!(sessions.resume("s", BOT, 0, line), Resume::Gone), "and the session is forgotten");
    }

    #[test]
    fn a_sequence_from_the_future_is_refused_and_an_older_one_repeated() {
        let (line, _lost) = mpsc::channel(QUEUE);
        let mut sessions = sessions(line);
        sessions.send("s", "ONE", &json!({}));
        sessions.send("s", "TWO", &json!({}));
        let (line, mut events) = mpsc::channel(QUEUE);
        assert!(matches!(sessions.resume("s", BOT, 3, line.clone()), Resume::BadSequence));
        assert!(matches!(sessions.resume("s", BOT, 1, line), Resume::Replayed));
        let heard: Vec<_> = std::iter::from_fn(|| events.try_recv().ok()).collect();
        assert_eq!(heard.len(), 2);
        assert_eq!(&*heard[0], r#"{"op":0,"s":2,"t":"TWO","d":{}}"#);
        assert_eq!(&*heard[1], r#"{"op":0,"s":3,"t":"RESUMED","d":{}}"#);
    }

    #[test]
    fn a_session_nobody_came_back_for_is_let_go() {
        let (line, _events) = mpsc::channel(QUEUE);
        let mut sessions = sessions(line.clone());
        sessions.detach("s", Some(&line), OffsetDateTime::UNIX_EPOCH);
        let later = OffsetDateTime::UNIX_EPOCH + RESUMABLE;
        sessions.open("other", BOT, None, line.clone(), later);
        assert!(matches!(sessions.resume("s", BOT, 0, line), Resume::Gone));
    }
}
