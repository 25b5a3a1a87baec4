//! What the stories stand on: the processes, the browser, and what a person can do and see at the page. No story is here.

mod browser;
mod driver;
mod keyboard;
mod mouse;
mod page;
mod sandbox;
mod stage;
mod tenants;
#[path = "../../support/until.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod until;

pub(crate) use keyboard::Keyboard;
pub(crate) use mouse::Mouse;
pub(crate) use page::{Page, id};
pub(crate) use stage::{Stage, play, play_at};
pub(crate) use until::until;
