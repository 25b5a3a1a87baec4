//! Failures on demand, for tests of the bot: answers that go wrong, gateway connections that break. Nothing fails here
//! unless it was asked to.

use axum::http::Method;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Answered with this status and not carried out.
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

/// The failures that were asked for.
#[derive(Debug)]
pub struct Faults {
    rules: Mutex<Vec<Rule>>,
    gateway: broadcast::Sender<GatewayFault>,
    down: AtomicBool,
}

impl Default for Faults {
    fn default() -> Self {
        Self { rules: Mutex::default(), gateway: broadcast::Sender::new(16), down: AtomicBool::new(false) }
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

    /// While `down`, the bot's gateway connections are cut and new ones are refused with 503.
    pub fn gateway_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
        if down {
            self.tell(GatewayFault::Drop);
        }
    }

    /// Takes every failure of requests back that has not happened yet, and lets the gateway up again.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
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
