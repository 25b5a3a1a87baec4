//! A switchboard: what was said outside the chat, and failing when told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::ports::{Escalation, EscalationError, Page, PageAction};

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// In the Slack channel.
    Slack(String),
    /// To whoever is on call.
    Page(Page),
}

/// Says things into a list. Clones are the same switchboard.
#[derive(Debug, Clone, Default)]
pub struct FakeEscalation {
    board: Arc<Mutex<Board>>,
}

#[derive(Debug, Default)]
struct Board {
    said: Vec<Said>,
    /// The keys of the incidents that are open, in the order in which they were opened.
    open: Vec<String>,
    /// What the next calls are answered with, and whether they are heard all the same.
    failing: VecDeque<(EscalationError, bool)>,
}

impl FakeEscalation {
    /// What was said so far, in its order.
    pub fn said(&self) -> Vec<Said> {
        self.board().said.clone()
    }

    /// The keys of the incidents that were opened and have not ended.
    pub fn open(&self) -> Vec<String> {
        self.board().open.clone()
    }

    /// The next `times` calls are not heard, with this error.
    pub fn fail_next(&self, times: usize, error: &EscalationError) {
        self.board().failing.extend(std::iter::repeat_n((error.clone(), false), times));
    }

    /// The next `times` calls are heard, and answered with this error.
    pub fn lose_answers(&self, times: usize, error: &EscalationError) {
        self.board().failing.extend(std::iter::repeat_n((error.clone(), true), times));
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    fn hear(&mut self, said: Said) -> Result<(), EscalationError> {
        let strike = self.failing.pop_front();
        if let Some((error, false)) = strike {
            return Err(error);
        }
        if let Said::Page(page) = &said {
            let known = self.open.contains(&page.key);
            match page.action {
                PageAction::Trigger if !known => self.open.push(page.key.clone()),
                PageAction::Trigger => {}
                PageAction::Resolve => self.open.retain(|key| *key != page.key),
            }
        }
        self.said.push(said);
        strike.map_or(Ok(()), |(error, _)| Err(error))
    }
}

#[async_trait]
impl Escalation for FakeEscalation {
    async fn slack(&self, text: &str) -> Result<(), EscalationError> {
        self.board().hear(Said::Slack(text.to_owned()))
    }

    async fn page(&self, page: &Page) -> Result<(), EscalationError> {
        self.board().hear(Said::Page(page.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Severity;
    use time::OffsetDateTime;

    fn page(key: &str, action: PageAction) -> Page {
        Page {
            key: key.into(),
            action,
            summary: "goldencrust does not answer".into(),
            source: "goldencrust".into(),
            severity: Severity::Critical,
            at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn an_incident_is_open_once_until_it_is_resolved() {
        let escalation = FakeEscalation::default();
        for _ in 0..2 {
            escalation.page(&page("a", PageAction::Trigger)).await.unwrap();
        }
        assert_eq!((escalation.open(), escalation.said().len()), (vec!["a".to_owned()], 2));
        escalation.page(&page("a", PageAction::Resolve)).await.unwrap();
        assert_eq!(escalation.open(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn what_fails_is_not_heard_and_a_lost_answer_is() {
        let escalation = FakeEscalation::default();
        let down = EscalationError::Transient("Slack is away.".into());
        escalation.fail_next(1, &down);
        escalation.lose_answers(1, &down);
        for text in ["first", "second"] {
            assert_eq!(escalation.slack(text).await, Err(down.clone()));
        }
        assert_eq!(escalation.slack("third").await, Ok(()));
        assert_eq!(escalation.said(), [Said::Slack("second".into()), Said::Slack("third".into())]);
    }
}
