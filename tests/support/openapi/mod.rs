//! Discord's own description of its HTTP API, used as a measure of what the bot sends and of what the local Discord answers.
//!
//! [`Description`] checks single requests and answers; [`Witness`] stands between a bot and a Discord and checks everything
//! that passes. What the description leaves unsaid but Discord enforces is in `rules`. Nothing here knows the bot: no card,
//! no command, no tenant.
#![allow(dead_code, reason = "every test binary that includes this room uses its own part of it")]

mod description;
mod finding;
mod multipart;
mod node;
mod route;
mod rules;
mod walk;
mod witness;

#[allow(unused_imports, reason = "see above")]
pub(crate) use {
    description::Description,
    finding::{Complaint, Side, Verdict},
    witness::{Exchange, Witness},
};
