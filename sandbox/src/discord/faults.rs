//! Failures on demand, for tests of the bot: answers that go wrong, gateway connections that break, events that are lost,
//! repeated or out of order. Nothing fails here unless it was asked to.

use super::dispatch::Dispatch;
use super::snowflake::Id;
use axum::http::Method;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Answered with this status and not carried out. With 429 no header says how long to wait.
    Status(u16),
    /// Carried out, but answered with this status: the effect is there and the client does not know it.
    AfterEffect(u16),
    /// Answered 429 and not carried out.
    RateLimited {
        /// Seconds until the client may ask again.
        retry_after: f64,
        /// Whether the limit is the one over all routes.
        global: bool,
    },
}

/// What happens to the bot's gateway connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GatewayFault {
    /// Cut without a close frame; the session can be resumed.
    Drop,
    /// Asked to reconnect and resume (op 7).
    Reconnect,
    /// Told that the session is gone (op 9).
    Invalidate,
    /// Closed with this code.
    Close(u16),
    /// The server goes down, for everybody.
    Stop,
}

#[derive(Debug)]
struct Rule {
    method: Method,
    prefix: String,
    left: usize,
    fault: Fault,
}

/// What becomes of an event on its way to the bot.
#[derive(Debug)]
enum Twist {
    Lost,
    Repeated,
    /// Told after the next event of this name; until that comes it waits here.
    After(String, Option<Dispatch>),
}

#[derive(Debug)]
struct Twisted {
    name: String,
    left: usize,
    twist: Twist,
}

/// The failures that were asked for.
#[derive(Debug)]
pub struct Faults {
    rules: Mutex<Vec<Rule>>,
    twisted: Mutex<Vec<Twisted>>,
    gateway: broadcast::Sender<GatewayFault>,
    down: AtomicBool,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            rules: Mutex::default(),
            twisted: Mutex::default(),
            gateway: broadcast::Sender::new(16),
            down: AtomicBool::new(false),
        }
    }
}

impl Faults {
    /// Lets the bot's next `times` requests fail whose method is `method` (such as `POST`) and whose path begins with `prefix`
    /// (such as `/api/v10/channels/`). Unknown methods match nothing.
    pub fn answer(&self, method: &str, prefix: &str, times: usize, fault: Fault) {
        if let Ok(method) = method.parse() {
            let rule = Rule { method, prefix: prefix.to_owned(), left: times, fault };
            self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
        }
    }

    /// Cuts the bot's gateway connections without a word; it can resume.
    pub fn drop_gateway(&self) {
        self.tell(GatewayFault::Drop);
    }

    /// Asks the bot to reconnect and resume (op 7).
    pub fn reconnect(&self) {
        self.tell(GatewayFault::Reconnect);
    }

    /// Ends the bot's sessions (op 9): it has to identify again and has missed what happened.
    pub fn invalidate_sessions(&self) {
        self.tell(GatewayFault::Invalidate);
    }

    /// Closes the bot's gateway connections with this code (Discord: "Gateway Close Event Codes"). After 4007 and 4009 the
    /// session is gone, after all others it can be resumed.
    pub fn close_gateway(&self, code: u16) {
        self.tell(GatewayFault::Close(code));
    }

    /// The bot never hears of the next `times` events of this name (such as `MESSAGE_REACTION_ADD`), not even when it resumes.
    /// As with [`repeat`](Self::repeat) and [`reorder`](Self::reorder), people hear everything as it happens, and what the bot
    /// itself caused does not count.
    pub fn lose(&self, name: &str, times: usize) {
        self.twist(name, times, Twist::Lost);
    }

    /// The bot hears the next `times` events of this name twice.
    pub fn repeat(&self, name: &str, times: usize) {
        self.twist(name, times, Twist::Repeated);
    }

    /// The bot hears of the next event of the name `first` only after the next one of the name `second`.
    pub fn reorder(&self, first: &str, second: &str) {
        self.twist(first, 1, Twist::After(second.to_owned(), None));
    }

    fn twist(&self, name: &str, left: usize, twist: Twist) {
        let twisted = Twisted { name: name.to_owned(), left, twist };
        self.twisted.lock().unwrap_or_else(PoisonError::into_inner).push(twisted);
    }

    /// While `down`, the bot's gateway connections are cut and new ones are refused with 503.
    pub fn gateway_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
        if down {
            self.tell(GatewayFault::Drop);
        }
    }

    /// Takes every failure of requests and events back that has not happened yet, and lets the gateway up again. An event
    /// that waits for another is lost.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.twisted.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.down.store(false, Ordering::SeqCst);
    }

    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::SeqCst)
    }

    pub(crate) fn tell(&self, fault: GatewayFault) {
        // Without connections there is nobody to tell.
        let _ = self.gateway.send(fault);
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<GatewayFault> {
        self.gateway.subscribe()
    }

    /// What the bot is told in the place of this event; none where it is told as it is.
    pub(crate) fn retell(&self, dispatch: &Dispatch, bot: Id) -> Option<Vec<Dispatch>> {
        let mut twisted = self.twisted.lock().unwrap_or_else(PoisonError::into_inner);
        if twisted.is_empty() || dispatch.data["user_id"] == bot.to_string().as_str() {
            return None;
        }
        let mut late = Vec::new();
        for rule in twisted.iter_mut() {
            if let Twist::After(second, held) = &mut rule.twist
                && second == dispatch.name
            {
                late.extend(held.take());
            }
        }
        let rule = twisted.iter_mut().find(|one| one.left > 0 && one.name == dispatch.name);
        let mut told = match rule {
            None => vec![dispatch.clone()],
            Some(rule) => {
                rule.left -= 1;
                match &mut rule.twist {
                    Twist::Lost => Vec::new(),
                    Twist::Repeated => vec![dispatch.clone(); 2],
                    Twist::After(_, held) => {
                        *held = Some(dispatch.clone());
                        Vec::new()
                    }
                }
            }
        };
        told.append(&mut late);
        twisted.retain(|one| one.left > 0 || matches!(&one.twist, Twist::After(_, Some(_))));
        Some(told)
    }

    /// The fault that this request runs into, counted down.
    pub(crate) fn take(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let rule =
            rules.iter_mut().find(|rule| rule.left > 0 && rule.method == *method && path.starts_with(&rule.prefix))?;
        rule.left -= 1;
        let fault = rule.fault;
        rules.retain(|rule| rule.left > 0);
        Some(fault)
    }
}
