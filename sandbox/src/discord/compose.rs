//! From what a client sent to a message as it is kept: limits, files, mentions. Used for posts, edits, answers to
//! interactions and follow-ups alike. Puts nothing into a channel: that is the caller's part.

use super::error::{ApiError, Form};
use super::http::{Call, Part};
use super::limits;
use super::model::{Attachment, Message, Origin, Reference, flags, kinds};
use super::permissions;
use super::snowflake::Id;
use super::world::{Upload, World};
use serde_json::{Value, json};

/// Where a new message goes and who speaks.
pub(crate) struct Place {
    pub(crate) channel: Id,
    pub(crate) author: Id,
    pub(crate) kind: u8,
    pub(crate) flags: u64,
    pub(crate) reference: Option<Reference>,
    pub(crate) origin: Option<Origin>,
}

/// A message made of `body`, whose fields stand below `at` in the client's form. Refuses an empty one with 50006.
pub(crate) fn fresh(world: &mut World, call: &Call, body: &Value, at: &str, place: Place) -> Result<Message, ApiError> {
    let mut message = Message {
        tts: body["tts"].as_bool().unwrap_or(false),
        nonce: Some(body["nonce"].clone()).filter(|nonce| !nonce.is_null()),
        flags: place.flags,
        reference: place.reference,
        origin: place.origin,
        ..Message::blank(world.next_id(), place.channel, place.author, place.kind, world.now)
    };
    amend(world, call, body, at, &mut message)?;
    Ok(message)
}

/// Changes `message` as `body` says: fields that are absent stay. Refuses to leave it empty.
pub(crate) fn amend(
    world: &mut World,
    call: &Call,
    body: &Value,
    at: &str,
    message: &mut Message,
) -> Result<(), ApiError> {
    let under = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
    let mut form = Form::default();
    if let Some(content) = body.get("content") {
        if !content.is_null() && !content.is_string() {
            form.fail(&under("content"), "STRING_TYPE_CONVERT", "Could not interpret value as string.");
        }
        let content = content.as_str().unwrap_or_default();
        form.length(&under("content"), content, 0, limits::CONTENT);
        content.trim().clone_into(&mut message.content);
    }
    if let Some(embeds) = body.get("embeds") {
        message.embeds = limits::embeds(&mut form, &under("embeds"), embeds);
    }
    if let Some(components) = body.get("components") {
        message.components = limits::components(&mut form, &under("components"), components);
    }
    if let Some(wanted) = body["flags"].as_u64() {
        let settable = flags::SUPPRESS_EMBEDS | flags::SUPPRESS_NOTIFICATIONS;
        message.flags = (message.flags & !flags::SUPPRESS_EMBEDS) | (wanted & settable);
    }
    if let Some(nonce) = &message.nonce {
        let fits = nonce.is_i64() || nonce.as_str().is_some_and(|nonce| nonce.chars().count() <= 25);
        if !fits {
            form.fail(&under("nonce"), "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer characters.");
        }
    }
    form.count(&under("attachments"), call.files.len(), 10);
    form.finish()?;
    attach(world, call, &body["attachments"], message)?;
    let bare = message.content.is_empty() && message.embeds.is_empty() && message.components.is_empty();
    if bare && message.attachments.is_empty() {
        return Err(ApiError::known(50006));
    }
    mention(world, &body["allowed_mentions"], message);
    Ok(())
}

/// Puts the call's files to the message. `listed` describes them and, on an edit, names the old ones that stay.
fn attach(world: &mut World, call: &Call, listed: &Value, message: &mut Message) -> Result<(), ApiError> {
    if let Some(listed) = listed.as_array() {
        let stays = |file: &Attachment| listed.iter().any(|entry| entry["id"] == file.id.to_string().as_str());
        message.attachments.retain(stays);
    }
    for part in &call.files {
        if part.bytes.len() > limits::FILE {
            return Err(ApiError::known(40005));
        }
        let file = keep_file(world, part, described(listed, part));
        message.attachments.push(file);
    }
    for embed in &mut message.embeds {
        for picture in ["image", "thumbnail"] {
            let named = embed[picture]["url"].as_str().and_then(|url| url.strip_prefix("attachment://"));
            let file = named.and_then(|name| message.attachments.iter().find(|file| file.filename == name));
            if let Some(file) = file {
                let url = format!("{}/attachments/{}/{}/{}", world.base, message.channel_id, file.id, file.filename);
                embed[picture] = json!({ "url": url, "proxy_url": url });
            }
        }
    }
    Ok(())
}

/// The description that the form gives a file, by the number in the part's name.
fn described<'a>(listed: &'a Value, part: &Part) -> Option<&'a Value> {
    let number = part.number?;
    let entries = listed.as_array()?;
    entries.iter().find(|entry| entry["id"] == number || entry["id"] == number.to_string().as_str())
}

fn keep_file(world: &mut World, part: &Part, described: Option<&Value>) -> Attachment {
    let wanted = described.and_then(|entry| entry["filename"].as_str()).unwrap_or(&part.filename);
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let mut filename: String = wanted.chars().map(safe).take(120).collect();
    if filename.trim_matches('.').is_empty() {
        "unknown".clone_into(&mut filename);
    }
    let file = Attachment {
        id: world.next_id(),
        filename: filename.clone(),
        description: described.and_then(|entry| entry["description"].as_str()).map(str::to_owned),
        size: part.bytes.len(),
        content_type: part.content_type.clone(),
    };
    world.uploads.push(Upload { id: file.id, filename, bytes: part.bytes.clone() });
    file
}

/// Works out whom the text names, as far as `allowed` and the author's permissions let it (Discord: "Allowed Mentions").
fn mention(world: &World, allowed: &Value, message: &mut Message) {
    let free = allowed.is_null();
    let listed = |list: &Value, id: Id| {
        let id = id.to_string();
        list.as_array().is_some_and(|list| list.iter().any(|entry| entry == id.as_str()))
    };
    let parsed = |what: &str| allowed["parse"].as_array().is_some_and(|parse| parse.iter().any(|entry| entry == what));
    let wide = match (world.members.get(&message.author), world.channels.get(&message.channel_id)) {
        (Some(author), Some(place)) => {
            permissions::in_channel(world, author, place) & permissions::MENTION_EVERYONE != 0
        }
        _ => false,
    };
    message.mentions.clear();
    message.mention_roles.clear();
    for (sort, id) in named_in(&message.content) {
        let known_user = world.members.contains_key(&id);
        let known_role = world.roles.iter().any(|role| role.id == id);
        if sort == '@' && known_user && (free || parsed("users") || listed(&allowed["users"], id)) {
            push_new(&mut message.mentions, id);
        } else if sort == '&' && known_role && wide && (free || parsed("roles") || listed(&allowed["roles"], id)) {
            push_new(&mut message.mention_roles, id);
        }
    }
    let everyone = message.content.contains("@everyone") || message.content.contains("@here");
    message.mention_everyone = everyone && wide && (free || parsed("everyone"));
    let answers = message.reference.as_ref().filter(|_| message.kind == kinds::REPLY && message.origin.is_none());
    let answered = answers.and_then(|to| world.history.get(&to.channel_id)?.get(&to.message_id?));
    if let Some(answered) = answered
        && allowed["replied_user"].as_bool().unwrap_or(free)
    {
        push_new(&mut message.mentions, answered.author);
    }
}

fn push_new(list: &mut Vec<Id>, id: Id) {
    if !list.contains(&id) {
        list.push(id);
    }
}

/// Every `<@id>`, `<@!id>` ('@') and `<@&id>` ('&') in a text.
fn named_in(text: &str) -> impl Iterator<Item = (char, Id)> + '_ {
    text.split("<@").skip(1).filter_map(|rest| {
        let (inside, _) = rest.split_once('>')?;
        let (sort, digits) = match inside.as_bytes().first()? {
            b'&' => ('&', &inside[1..]),
            b'!' => ('@', &inside[1..]),
            _ => ('@', inside),
        };
        Some((sort, digits.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_of_users_and_roles_are_told_apart() {
        let found: Vec<_> = named_in("hello <@12>, <@!13> and <@&14>, not <@x> nor <@15").collect();
        assert_eq!(found, vec![('@', Id(12)), ('@', Id(13)), ('&', Id(14))]);
    }
}
