//! What a client says to the local Discord's gateway: the query of its address in the first line, then a message a line.
//! `{session}` is the session that the server last named; the rest of `{…}` is the guild's.
//!
//! The gateway says JSON with an opcode, or ends the conversation.

use crate::guild::{Guild, alone};

/// Messages beyond these are left out: each brings a beat, and the gateway takes 120 a minute.
const MESSAGES: usize = 50;

/// Takes one input.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    alone(async {
        let guild = Guild::new().await;
        let mut lines = text.lines();
        let Some(mut talk) = guild.converse(lines.next().unwrap_or_default()).await else { return };
        let mut session = String::new();
        for line in lines.take(MESSAGES) {
            if !talk.says(&guild.expand(line).replace("{session}", &session)).await {
                // As clients do: another connection, which may resume.
                match guild.converse("v=10&encoding=json").await {
                    Some(next) => talk = next,
                    None => return,
                }
            }
            for heard in talk.heard.drain(..) {
                if let Some(named) = heard["d"]["session_id"].as_str() {
                    named.clone_into(&mut session);
                }
            }
        }
    });
}
