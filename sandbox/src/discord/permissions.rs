//! Who may do what where: Discord's permission bits and the order in which they are put together (Discord:
//! "Permissions", "Permission Overwrites"). Pure functions over the world; nothing here changes it.

use super::error::ApiError;
use super::model::{Channel, Member};
use super::snowflake::Id;
use super::world::World;

pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
pub(crate) const MANAGE_CHANNELS: u64 = 1 << 4;
pub(crate) const ADD_REACTIONS: u64 = 1 << 6;
pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;
pub(crate) const EMBED_LINKS: u64 = 1 << 14;
pub(crate) const ATTACH_FILES: u64 = 1 << 15;
pub(crate) const READ_MESSAGE_HISTORY: u64 = 1 << 16;
pub(crate) const MENTION_EVERYONE: u64 = 1 << 17;
pub(crate) const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
pub(crate) const CHANGE_NICKNAME: u64 = 1 << 26;
pub(crate) const MANAGE_ROLES: u64 = 1 << 28;
pub(crate) const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
pub(crate) const MANAGE_THREADS: u64 = 1 << 34;
pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
pub(crate) const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
/// Every bit up to the highest that Discord gives a meaning.
pub(crate) const ALL: u64 = (1 << 53) - 1;

/// What everybody in the guild may do.
pub(crate) const EVERYONE: u64 = ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS
    | CHANGE_NICKNAME
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS;

/// What the bot's own role adds: tidying threads and reactions, and the sandbox's control over roles.
pub(crate) const BOT: u64 = EVERYONE | MANAGE_MESSAGES | MANAGE_ROLES | MANAGE_THREADS | MENTION_EVERYONE;

/// The permissions of a member in the guild as a whole.
pub(crate) fn of_member(world: &World, member: &Member) -> u64 {
    if world.owner_id == member.user.id {
        return ALL;
    }
    let held = world.roles.iter().filter(|role| role.id == world.guild_id || member.roles.contains(&role.id));
    let base = held.fold(0, |bits, role| bits | role.permissions);
    if base & ADMINISTRATOR == 0 { base } else { ALL }
}

/// The permissions of a member in a channel; a thread has those of its parent.
pub(crate) fn in_channel(world: &World, member: &Member, channel: &Channel) -> u64 {
    let base = of_member(world, member);
    if base == ALL {
        return ALL;
    }
    let place = channel.parent_id.and_then(|parent| world.channels.get(&parent)).unwrap_or(channel);
    let mut bits = base;
    let mut apply = |deny: u64, allow: u64| bits = (bits & !deny) | allow;
    if let Some(everyone) = place.overwrites.iter().find(|overwrite| overwrite.id == world.guild_id) {
        apply(everyone.deny, everyone.allow);
    }
    let roles = place.overwrites.iter().filter(|overwrite| overwrite.kind == 0 && member.roles.contains(&overwrite.id));
    let (deny, allow) = roles.fold((0, 0), |(deny, allow), role| (deny | role.deny, allow | role.allow));
    apply(deny, allow);
    if let Some(own) = place.overwrites.iter().find(|overwrite| overwrite.kind == 1 && overwrite.id == member.user.id) {
        apply(own.deny, own.allow);
    }
    if bits & VIEW_CHANNEL == 0 { 0 } else { bits }
}

/// Whether a user sees a channel.
pub(crate) fn sees(world: &World, user: Id, channel: Id) -> bool {
    match (world.members.get(&user), world.channels.get(&channel)) {
        (Some(member), Some(channel)) => in_channel(world, member, channel) & VIEW_CHANNEL != 0,
        _ => false,
    }
}

/// Asks for every bit of `wanted` in a channel: 10003 for no channel, 50001 for one out of sight, 50013 for a lacking bit.
pub(crate) fn demand(world: &World, user: Id, channel: Id, wanted: u64) -> Result<(), ApiError> {
    let place = world.channels.get(&channel).ok_or_else(|| ApiError::known(10003))?;
    let member = world.members.get(&user).ok_or_else(|| ApiError::known(50001))?;
    let bits = in_channel(world, member, place);
    if bits & VIEW_CHANNEL == 0 {
        return Err(ApiError::known(50001));
    }
    if bits & wanted == wanted { Ok(()) } else { Err(ApiError::known(50013)) }
}

/// The bit that posting asks for: threads have one of their own.
pub(crate) fn to_post_in(channel: &Channel) -> u64 {
    if channel.thread.is_some() { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::model::Overwrite;
    use crate::discord::seed;

    fn world() -> World {
        seed::world(time::OffsetDateTime::UNIX_EPOCH, String::new())
    }

    fn member(world: &World, name: &str) -> Id {
        world.members.values().find(|member| member.user.username == name).map(|member| member.user.id).unwrap()
    }

    fn channel(world: &World, name: &str) -> Id {
        world.channels.values().find(|channel| channel.name == name).map(|channel| channel.id).unwrap()
    }

    #[test]
    fn roles_open_what_everyone_is_denied_and_a_members_own_overwrite_has_the_last_word() {
        let mut world = world();
        let (audit, operator, newcomer) =
            (channel(&world, "audit"), member(&world, "operator"), member(&world, "newcomer"));
        assert!(sees(&world, operator, audit));
        assert!(!sees(&world, newcomer, audit));
        let own = Overwrite { id: operator, kind: 1, allow: 0, deny: VIEW_CHANNEL };
        world.channels.get_mut(&audit).unwrap().overwrites.push(own);
        assert!(!sees(&world, operator, audit));
    }

    #[test]
    fn administrators_and_the_owner_are_above_overwrites() {
        let mut world = world();
        let (audit, newcomer) = (channel(&world, "audit"), member(&world, "newcomer"));
        world.owner_id = newcomer;
        assert!(sees(&world, newcomer, audit));
        world.owner_id = Id(0);
        let operator = world.roles.iter_mut().find(|role| role.name == "on-call").unwrap();
        operator.permissions |= ADMINISTRATOR;
        let on_call = member(&world, "on-call");
        assert_eq!(of_member(&world, &world.members[&on_call]), ALL);
    }

    #[test]
    fn what_is_out_of_sight_is_told_apart_from_what_is_not_allowed() {
        let world = world();
        let (audit, ops, newcomer) =
            (channel(&world, "audit"), channel(&world, "tenant-ops"), member(&world, "newcomer"));
        let code = |place, wanted| demand(&world, newcomer, place, wanted).unwrap_err().body["code"].as_u64();
        assert_eq!(code(Id(1), 0), Some(10003));
        assert_eq!(code(audit, 0), Some(50001));
        assert_eq!(code(ops, MANAGE_MESSAGES), Some(50013));
        assert!(demand(&world, newcomer, ops, SEND_MESSAGES | ADD_REACTIONS).is_ok());
    }
}
