//! The disk under SQLite is full in the middle of an operation: nothing that is not in the log is begun, people are told, and
//! it goes on when there is room.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use landlord::store::SqlStore;
use landlord_core::kind::Kind;
use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use crate::outcome::comes_through;
use crate::tally::{Tally, seeds};
use crate::until::until;
use crate::world::{Life, Reach, Request, Setting, World};

/// How many seeds the usual share tries.
const FEW: u64 = 1;

/// The bot's own waiting is short, and all that AWS is asked for is this story's.
const HASTY: Setting =
    Setting { alone: true, haste: 10, postgres: false, dev: Reach::Usual, life: Life::InProcess, alerts: false };

/// After which line of the thread the disk is full: of a provisioning, and of a deletion.
const PROVISIONING: [&str; 4] =
    ["✅ ensure log group", "✅ ensure database user", "✅ ensure target group", "✅ verify target healthy"];
const DELETION: [&str; 4] =
    ["✅ back up", "✅ remove listener rule", "✅ remove database user", "✅ remove task definition"];

/// What a bot does to AWS, as its calls begin.
const CHANGES: [&str; 8] = ["Create", "Delete", "Register", "Deregister", "Put", "Change", "Update", "Run"];

/// A small disk in a folder's place.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// A disk with what is in the folder. None where this machine lets us have none: that takes root.
    fn over(folder: &Path) -> Option<Self> {
        let aside = tempfile::tempdir().expect("a temporary folder");
        copy(folder, aside.path());
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"]).arg(folder).output();
        if !mounted.is_ok_and(|mount| mount.status.success()) {
            return None;
        }
        copy(aside.path(), folder);
        Some(Self { folder: folder.to_owned() })
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Takes all the room there is.
    fn fills(&self) {
        let mut ballast = File::create(self.ballast()).expect("room for a name");
        for piece in [1024 * 1024, 4 * 1024, 1] {
            while ballast.write_all(&vec![0; piece]).is_ok() {}
        }
        assert!(fs::write(self.folder.join("more"), b"x").is_err(), "there is room left");
    }

    /// Gives the room back.
    fn has_room(&self) {
        fs::remove_file(self.ballast()).expect("the ballast can be removed");
    }

    /// Leaves its content in the folder and goes. Nobody may use it any more.
    fn goes(self) {
        let aside = tempfile::tempdir().expect("a temporary folder");
        copy(&self.folder, aside.path());
        let folder = self.folder.clone();
        drop(self);
        copy(aside.path(), &folder);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("--lazy").arg(&self.folder).status();
        assert!(gone.is_ok_and(|status| status.success()) || std::thread::panicking(), "the disk stays mounted");
    }
}

/// Returns when the bot that has died has let go of its log, and no write-ahead log is left. Of connections that close at once each
/// may leave it to the other: then whoever opens the log next, and closes it, takes it away.
async fn is_closed(world: &World) {
    let wal = world.log_folder().join("landlord.db-wal");
    until("the log to be closed", async || {
        if wal.exists() {
            SqlStore::open(world.log_url()).await.map_err(|error| error.to_string())?.close().await;
        }
        if wal.exists() { Err("its write-ahead log is there".to_owned()) } else { Ok(()) }
    })
    .await;
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("it can be copied");
    }
}

/// Runs the operation, lets the disk be full after this line, and sees it through. Answers whether it held.
async fn fills_during(world: &World, disk: &SmallDisk, request: &Request<'_>, line: &str) -> bool {
    request.thread_comes_to_say(line).await;
    disk.fills();
    let since = world.services.now().await;
    until("the bot to say that it is not ready", async || match world.readiness().await {
        (503, why) if why.contains("full") => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    let other = world.tenant();
    let refused = world.member("operator").types(&other.provision("dev")).await;
    refused.answer().shows("its own database, so nothing was done");
    assert!(!refused.is_filed(), "{}", refused.answer());
    let mut changed = world.services.asked(since).await;
    changed.retain(|call| CHANGES.iter().any(|change| call.starts_with(change)));
    changed.sort_unstable();
    changed.dedup();
    // Each of the steps after these lines changes AWS with one call. The one that was under way goes on; no other is begun.
    assert!(changed.len() <= 1, "nothing is begun that is not in the log: {changed:?}");
    disk.has_room();
    until("the bot to be ready again", async || match world.readiness().await {
        (200, _) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    comes_through(world, request, async || {}).await
}

async fn goes_through(seed: u64, tally: &mut Tally) -> bool {
    let world = World::with(HASTY).await;
    world.bot_dies().await;
    is_closed(&world).await;
    let Some(disk) = SmallDisk::over(world.log_folder()) else {
        eprintln!("skipped: no small disk can be mounted here (that takes root)");
        world.bot_starts().await;
        world.end().await;
        return false;
    };
    world.bot_starts().await;
    let golden = world.tenant();
    // Each call takes a while, so that the room can end in the middle.
    world.services.breaks("slow-answer", json!({ "tenant": golden.id, "seconds": 0.2 })).await;
    let pick = |lines: [&'static str; 4]| lines[usize::try_from(seed % 4).expect("small")];
    let operator = world.member("operator");
    let request = operator.types(&format!("{} kind:poc", golden.provision("dev"))).await;
    tally.ended(fills_during(&world, &disk, &request, pick(PROVISIONING)).await);
    assert_eq!(world.remains(&golden, Dev).await.len(), Kind::DELETION_ORDER.len());
    let line = format!("/tenant delete tenant:{} environment:dev reason:poc backup:yes logs:delete", golden.id);
    let request = operator.types(&line).await;
    tally.ended(fills_during(&world, &disk, &request, pick(DELETION)).await);
    request.is_certified().await;
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    tally.faults += 2;
    world.services.mends_for(&golden).await;
    world.bot_dies().await;
    is_closed(&world).await;
    disk.goes();
    world.bot_starts().await;
    assert!(world.audits("verify").await.starts_with("intact"));
    world.end().await;
    true
}

#[tokio::test]
async fn the_disk_under_the_log_is_full() {
    let mut tally = Tally::of("disk full");
    for seed in seeds(FEW, 0.1) {
        if !goes_through(seed, &mut tally).await {
            return;
        }
    }
    tally.report();
}
