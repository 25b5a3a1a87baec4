//! A postbox: the e-mails that were sent, and failing when told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::ports::{CloudError, Notifier};
use crate::tenant::{Email, Environment};

/// An e-mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// From which environment's sender.
    pub environment: Environment,
    /// To whom.
    pub to: Email,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// Sends e-mail into a list. Clones are the same postbox.
#[derive(Debug, Clone, Default)]
pub struct FakeNotifier {
    post: Arc<Mutex<Post>>,
}

#[derive(Debug, Default)]
struct Post {
    sent: Vec<Mail>,
    /// How many e-mails are still sent before `failing` strikes.
    spared: usize,
    /// What the next e-mails are answered with, and whether they are sent all the same.
    failing: Vec<(CloudError, bool)>,
}

impl FakeNotifier {
    /// The e-mails so far, in their order.
    pub fn sent(&self) -> Vec<Mail> {
        self.post().sent.clone()
    }

    /// The next `times` e-mails are not sent, with this error.
    pub fn fail_next(&self, times: usize, error: &CloudError) {
        self.post().failing.extend(std::iter::repeat_n((error.clone(), false), times));
    }

    /// The next `times` e-mails are sent, and answered with this error.
    pub fn lose_answers(&self, times: usize, error: &CloudError) {
        self.post().failing.extend(std::iter::repeat_n((error.clone(), true), times));
    }

    /// The next `mails` e-mails are sent before what was ordered to fail does.
    pub fn spare(&self, mails: usize) {
        self.post().spared = mails;
    }

    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Notifier for FakeNotifier {
    async fn email(
        &self,
        environment: Environment,
        to: &Email,
        subject: &str,
        text: &str,
    ) -> Result<String, CloudError> {
        let mut post = self.post();
        let spared = post.spared > 0;
        post.spared = post.spared.saturating_sub(1);
        let strike = (!spared && !post.failing.is_empty()).then(|| post.failing.remove(0));
        if let Some((error, false)) = strike {
            return Err(error);
        }
        post.sent.push(Mail { environment, to: to.clone(), subject: subject.to_owned(), text: text.to_owned() });
        match strike {
            Some((error, _)) => Err(error),
            None => Ok(format!("mail-{}", post.sent.len())),
        }
    }
}
