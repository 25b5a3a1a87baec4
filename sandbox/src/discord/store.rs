//! What outlives the process: a snapshot of the guild, a journal of what changed since, and the files of messages. With
//! a folder a killed process loses nothing that was answered; without one everything is in memory.

use super::model::{Channel, Member, Message, Role};
use super::snowflake::{Id, Snowflakes};
use super::world::{Touched, Upload, World};
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// Bytes of journal after which a new snapshot is taken.
const JOURNAL: u64 = 64 * 1024 * 1024;
/// Files kept in memory when there is no folder.
const FILES_IN_MEMORY: usize = 200;

/// Everything that is written down, but the files.
#[derive(Serialize, Deserialize)]
struct Snapshot {
    guild_id: Id,
    owner_id: Id,
    application_id: Id,
    members: BTreeMap<Id, Member>,
    roles: Vec<Role>,
    channels: BTreeMap<Id, Channel>,
    messages: Vec<Message>,
    commands: Vec<Value>,
    snowflakes: Snowflakes,
}

/// One line of the journal: a thing as it is now, or that it is gone.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Message(Box<Message>),
    MessageGone(Id, Id),
    Channel(Box<Channel>),
    ChannelGone(Id),
    Member(Box<Member>),
    Commands(Vec<Value>),
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    journal: File,
    written: u64,
    /// Held for as long as the process lives, so that no other uses the same folder.
    _lock: File,
}

/// Where things are kept.
#[derive(Debug, Default)]
pub(crate) struct Store {
    folder: Option<Folder>,
    files: VecDeque<(Id, Bytes)>,
}

impl Store {
    /// Opens a folder, reads what is in it into `world` and begins a new journal. A folder in use by another process is
    /// refused.
    pub(crate) fn open(path: &Path, world: &mut World) -> io::Result<Self> {
        create_private(&path.join("attachments"))?;
        let lock = File::create(path.join("lock"))?;
        if lock.try_lock().is_err() {
            let message = format!("the state folder {} is in use by another process", path.display());
            return Err(io::Error::new(io::ErrorKind::AddrInUse, message));
        }
        let snapshot = path.join("guild.json");
        if snapshot.exists() {
            restore(world, serde_json::from_reader(BufReader::new(File::open(&snapshot)?))?);
        }
        let journal = path.join("journal.jsonl");
        if journal.exists() {
            // The last line may be torn by a kill in the middle of it: what it held was never answered.
            let lines = BufReader::new(File::open(&journal)?).lines();
            let changes = lines.map_while(|line| serde_json::from_str(&line.ok()?).ok());
            changes.for_each(|change| apply(world, change));
        }
        let journal = begin_journal(path, world)?;
        let folder = Folder { path: path.to_owned(), journal, written: 0, _lock: lock };
        Ok(Self { folder: Some(folder), files: VecDeque::new() })
    }

    /// Writes down what changed. A failure is logged: the guild goes on in memory.
    pub(crate) fn keep(&mut self, world: &mut World) {
        let touched = std::mem::take(&mut world.touched);
        for upload in std::mem::take(&mut world.uploads) {
            if let Err(error) = self.keep_file(&upload) {
                tracing::error!(%error, file = upload.filename, "a message's file could not be kept");
            }
        }
        let Some(folder) = &mut self.folder else { return };
        let mut text = Vec::new();
        for thing in touched {
            if serde_json::to_writer(&mut text, &change(world, thing)).is_ok() {
                text.push(b'\n');
            }
        }
        let written = folder.journal.write_all(&text).and_then(|()| {
            folder.written += u64::try_from(text.len()).unwrap_or(0);
            if folder.written > JOURNAL {
                folder.journal = begin_journal(&folder.path, world)?;
                folder.written = 0;
            }
            Ok(())
        });
        if let Err(error) = written {
            tracing::error!(%error, "the guild's journal could not be written");
        }
    }

    fn keep_file(&mut self, upload: &Upload) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            self.files.push_back((upload.id, upload.bytes.clone()));
            if self.files.len() > FILES_IN_MEMORY {
                self.files.pop_front();
            }
            return Ok(());
        };
        fs::write(folder.path.join("attachments").join(upload.id.to_string()), &upload.bytes)
    }

    /// The bytes of a message's file.
    pub(crate) fn file(&self, id: Id) -> Option<Bytes> {
        if let Some(folder) = &self.folder {
            return fs::read(folder.path.join("attachments").join(id.to_string())).ok().map(Bytes::from);
        }
        self.files.iter().find(|(own, _)| *own == id).map(|(_, bytes)| bytes.clone())
    }
}

/// The folder holds tokens: it is for its owner alone.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Takes a snapshot of everything and begins an empty journal after it.
fn begin_journal(path: &Path, world: &World) -> io::Result<File> {
    let fresh = path.join("guild.json.new");
    let mut file = File::create(&fresh)?;
    file.write_all(&serde_json::to_vec(&take(world))?)?;
    file.sync_all()?;
    fs::rename(&fresh, path.join("guild.json"))?;
    File::create(path.join("journal.jsonl"))
}

/// A thing as the journal tells it.
fn change(world: &World, thing: Touched) -> Value {
    match thing {
        Touched::Message(channel, id) => match world.message(channel, id) {
            Ok(message) => json!({ "message": message }),
            Err(_) => json!({ "message_gone": [channel, id] }),
        },
        Touched::Channel(id) => match world.channels.get(&id) {
            Some(channel) => json!({ "channel": channel }),
            None => json!({ "channel_gone": id }),
        },
        Touched::Member(id) => json!({ "member": world.members.get(&id) }),
        Touched::Commands => json!({ "commands": world.commands }),
    }
}

fn apply(world: &mut World, change: Change) {
    match change {
        Change::Message(message) => {
            world.snowflakes.seen(message.id);
            world.history.entry(message.channel_id).or_default().insert(message.id, *message);
        }
        Change::MessageGone(channel, id) => {
            world.history.get_mut(&channel).and_then(|history| history.remove(&id));
        }
        Change::Channel(channel) => {
            world.snowflakes.seen(channel.id);
            world.channels.insert(channel.id, *channel);
        }
        Change::ChannelGone(id) => {
            world.channels.remove(&id);
            world.history.remove(&id);
        }
        Change::Member(member) => {
            world.members.insert(member.user.id, *member);
        }
        Change::Commands(commands) => {
            let versions = commands.iter().filter_map(|command| command["version"].as_str()?.parse().ok());
            versions.for_each(|id| world.snowflakes.seen(id));
            world.commands = commands;
        }
    }
}

fn take(world: &World) -> Snapshot {
    Snapshot {
        guild_id: world.guild_id,
        owner_id: world.owner_id,
        application_id: world.application_id,
        members: world.members.clone(),
        roles: world.roles.clone(),
        channels: world.channels.clone(),
        messages: world.history.values().flat_map(BTreeMap::values).cloned().collect(),
        commands: world.commands.clone(),
        snowflakes: world.snowflakes,
    }
}

fn restore(world: &mut World, snapshot: Snapshot) {
    world.guild_id = snapshot.guild_id;
    world.owner_id = snapshot.owner_id;
    world.application_id = snapshot.application_id;
    world.members = snapshot.members;
    world.roles = snapshot.roles;
    world.channels = snapshot.channels;
    world.commands = snapshot.commands;
    world.snowflakes = snapshot.snowflakes;
    world.history = HashMap::new();
    for message in snapshot.messages {
        world.history.entry(message.channel_id).or_default().insert(message.id, message);
    }
}
