//! A turn for everything that goes on beside a story.

use std::future::poll_fn;
use std::task::Poll;

/// Lets everything that goes on beside this have a turn.
pub(crate) async fn gives_way() {
    let mut given = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
