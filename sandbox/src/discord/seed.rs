//! The guild "Platform" as it is on its first day: who is in it, with which roles and channels. The names are public
//! interface; the tokens are random, for whoever holds one acts as its member.

use super::interactions::Interactions;
use super::model::{Channel, Member, Overwrite, Role, User};
use super::permissions as may;
use super::snowflake::{Id, Snowflakes};
use super::world::World;
use rand::Rng;
use rand::distr::Alphanumeric;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::OffsetDateTime;

/// The guild's name.
pub(crate) const GUILD: &str = "Platform";
/// The bot's and its application's name.
pub(crate) const BOT: &str = "landlord";

/// Roles from the lowest to the highest, with their colours.
const ROLES: [(&str, u32); 6] = [
    ("operator", 0x0058_6D7E),
    ("team-lead", 0x0020_7AB8),
    ("devops-lead", 0x008A_4FD0),
    ("product-owner", 0x00B8_6E14),
    ("security", 0x00C2_3B3B),
    ("on-call", 0x001F_8B4C),
];

/// Members and the roles they hold.
const MEMBERS: [(&str, &[&str]); 9] = [
    ("operator", &["operator"]),
    ("team-lead", &["operator", "team-lead"]),
    ("devops-lead", &["operator", "devops-lead"]),
    ("devops-lead-2", &["operator", "devops-lead"]),
    ("product-owner", &["operator", "product-owner"]),
    ("security", &["operator", "security"]),
    ("on-call", &["operator", "on-call"]),
    ("double-hat", &["operator", "devops-lead", "product-owner"]),
    ("newcomer", &[]),
];

/// Channels and what they are for.
const CHANNELS: [(&str, &str); 4] = [
    ("tenant-ops", "Requests, approvals and progress"),
    ("incidents", "What is broken right now"),
    ("platform-alerts", "What the alarms say"),
    ("audit", "What was done, by whom"),
];

/// Whether a role is one of those the guild was given by name, and not `@everyone` or the bot's.
pub(crate) fn is_named(role: &Role) -> bool {
    ROLES.iter().any(|(name, _)| *name == role.name)
}

fn token() -> String {
    rand::rng().sample_iter(&Alphanumeric).take(48).map(char::from).collect()
}

/// A new guild, founded a year before `now` so that nothing in it looks made a second ago.
pub(crate) fn world(now: OffsetDateTime, base: String) -> World {
    let founded = now - time::Duration::days(365);
    let mut ids = Snowflakes::default();
    let mut next = || ids.next(founded);
    let (guild_id, owner_id, bot_id, bot_role) = (next(), next(), next(), next());

    let role = |id, name: &str, permissions, position, color, managed| Role {
        id,
        name: name.to_owned(),
        permissions,
        position,
        color,
        managed,
    };
    let mut roles = vec![role(guild_id, "@everyone", may::EVERYONE, 0, 0, false)];
    for (position, (name, color)) in (1..).zip(ROLES) {
        roles.push(role(next(), name, 0, position, color, false));
    }
    roles.push(role(bot_role, BOT, may::BOT, 7, 0x005B_6EE1, true));
    let role_id = |name: &str| roles.iter().find(|role| role.name == name).map(|role| role.id);

    let mut members = BTreeMap::new();
    let mut join = |id, name: &str, bot, held: Vec<Id>| {
        let user = User { id, username: name.to_owned(), bot, token: token() };
        members.insert(id, Member { user, roles: held, joined_at: founded });
    };
    join(bot_id, BOT, true, vec![bot_role]);
    for (name, held) in MEMBERS {
        join(next(), name, false, held.iter().filter_map(|name| role_id(name)).collect());
    }

    let mut channels = BTreeMap::new();
    for (position, (name, topic)) in (0..).zip(CHANNELS) {
        let overwrites = if name == "audit" { closed(guild_id, role_id("operator"), bot_role) } else { Vec::new() };
        let channel = Channel {
            id: next(),
            kind: 0,
            name: name.to_owned(),
            topic: Some(topic.to_owned()),
            position,
            parent_id: None,
            overwrites,
            last_message_id: None,
            rate_limit_per_user: 0,
            thread: None,
        };
        channels.insert(channel.id, channel);
    }

    World {
        guild_id,
        owner_id,
        application_id: bot_id,
        members,
        roles,
        channels,
        history: HashMap::new(),
        commands: Vec::new(),
        interactions: Interactions::default(),
        snowflakes: ids,
        now,
        base,
        outbox: Vec::new(),
        touched: BTreeSet::new(),
        uploads: Vec::new(),
    }
}

/// Overwrites of a channel that only operators and the bot see.
fn closed(everyone: Id, operator: Option<Id>, bot: Id) -> Vec<Overwrite> {
    let mut overwrites = vec![Overwrite { id: everyone, kind: 0, allow: 0, deny: may::VIEW_CHANNEL }];
    let allowed = operator.into_iter().chain([bot]);
    overwrites.extend(allowed.map(|id| Overwrite { id, kind: 0, allow: may::VIEW_CHANNEL, deny: 0 }));
    overwrites
}
