//! Backup and restore as `docs/running.md` has them, line by line, while a bot writes: nothing that was there is lost, and what was
//! under way goes on.

use std::path::{Path, PathBuf};
use std::process::Command;

use landlord::audit;
use landlord::store::SqlStore;
use landlord_core::chain::{Anchor, ChainedEvent, Witness};
use landlord_core::contract::store::samples::{BEGINNING, Writer, details, person};
use landlord_core::event::{Effect, Event};
use landlord_core::operation::{Operation, State};
use landlord_core::ports::{RegistryChange, Standing, Store};
use landlord_core::role::{Member, Role};
use landlord_core::tenant::Environment::Dev;
use std::sync::Arc;
use tokio::sync::watch;

use crate::shared::World;

/// How many events are written before the backup begins, and after it has ended.
const A_FEW: u64 = 20;

/// The documented commands.
pub(crate) struct Commands {
    /// Where they are run.
    pub(crate) folder: PathBuf,
    /// What they are given.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Commands {
    /// Runs the one line of the documentation that begins so, to the letter; answers what it prints.
    pub(crate) fn run(&self, begin: &str) -> String {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/running.md");
        let page = std::fs::read_to_string(page).unwrap();
        let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| line.starts_with(begin)).collect();
        let [line] = lines.as_slice() else { panic!("one line of docs/running.md begins with {begin:?}: {lines:?}") };
        let mut shell = Command::new("sh");
        shell.args(["-euc", line]).current_dir(&self.folder).envs(self.variables.clone());
        let ended = shell.output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{line}: {errors}\nare sqlite3 and postgresql-client installed?");
        String::from_utf8(ended.stdout).unwrap()
    }
}

/// What the source held, for whoever compares.
pub(crate) struct Source {
    /// How many events were there before the backup began.
    before: u64,
    /// All that were written in the end.
    log: Vec<ChainedEvent>,
}

async fn log_of(url: &str) -> Vec<ChainedEvent> {
    let mut lines = Vec::new();
    audit::export(url, &mut lines).await.unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let read = |(position, line)| ChainedEvent { position, ..serde_json::from_str(line).unwrap() };
    (1..).zip(lines.lines()).map(read).collect()
}

fn witness(event: &ChainedEvent) -> Witness {
    format!("{}:{}", event.position, event.hash).parse().unwrap()
}

/// An operation that has ended and one in the middle of a step, and a third that is written to all the time: before, while and
/// after the backup is taken.
pub(crate) async fn taken_while_written(world: &World, backup: impl FnOnce() -> String) -> Source {
    let member = Member { person: person("team-lead"), roles: [Role::TeamLead].into() };
    let started =
        Event::Started { approvals: vec![(Role::TeamLead, person("team-lead"))], account: "536580886816".into() };
    for (n, tenant) in [("a", "golden"), ("b", "silver")] {
        let mut writer = world.writer(&n.repeat(8), tenant);
        writer.file_with(&[RegistryChange::Register(Box::new(details(tenant)))]).await.unwrap();
        writer.post_card(n).await.unwrap();
        writer.append(Event::VoteCast { member: member.clone() }).await.unwrap();
        writer.append(started.clone()).await.unwrap();
        writer.append(Event::StepStarted { step: 0, existed: Some(false) }).await.unwrap();
        if tenant == "golden" {
            ends(&mut writer).await;
        }
    }
    let head = world.store.head().await.unwrap();
    let anchor = Anchor { day: BEGINNING.date(), position: head.position, hash: head.hash };
    world.store.add_anchor(&anchor).await.unwrap();

    let (told, mut written) = watch::channel(0);
    let (stop, stopped) = watch::channel(false);
    let mut writer = world.writer("cccccccc", "copper");
    writer.file().await.unwrap();
    let writing = tokio::spawn(async move {
        while !*stopped.borrow() {
            writer.append(Event::CaughtUp { summary: "one more".into() }).await.unwrap();
            told.send_replace(writer.operation.seq);
        }
    });
    written.wait_for(|seq| *seq >= A_FEW).await.unwrap();
    let before = world.store.head().await.unwrap().position;
    tokio::task::block_in_place(backup);
    let then = *written.borrow();
    written.wait_for(|seq| *seq >= then + A_FEW).await.unwrap();
    stop.send_replace(true);
    writing.await.unwrap();
    assert!(audit::verify(&world.url, &[]).await.unwrap().0, "the source is as it was");
    Source { before, log: log_of(&world.url).await }
}

/// The step that is begun is done, and with it the operation.
async fn ends(writer: &mut Writer) {
    let tenant = writer.operation.plan.tenants[0].tenant.clone();
    let done = Event::StepDone { step: 0, effect: Effect::Created, note: "service".into(), proofs: Vec::new() };
    writer.append(done).await.unwrap();
    writer.append_with(Event::Succeeded, &[RegistryChange::Stand(tenant, Dev, Standing::Active)]).await.unwrap();
}

impl Source {
    /// The restored store is the source as it was at one moment while the backup was taken, and a bot takes it over. Answers the
    /// operation that was under way, which that bot has brought to its end.
    pub(crate) async fn is_restored_at(&self, url: &str) -> Writer {
        let restored = log_of(url).await;
        let count = restored.len();
        assert!(count as u64 >= self.before && count < self.log.len(), "{count} events");
        assert_eq!(restored, self.log[..count], "the source's log up to a place");
        let (intact, line) = audit::verify(url, &[witness(&restored[count - 1])]).await.unwrap();
        assert!(intact && line.ends_with(", anchors: 2"), "{line}");
        let (intact, line) = audit::verify(url, &[witness(self.log.last().unwrap())]).await.unwrap();
        assert!(!intact && line.contains("is missing"), "what was written since is not there: {line}");

        let store = Arc::new(SqlStore::open(url).await.unwrap());
        let term = store.claim().await.unwrap();
        assert_eq!((term, store.holds().await), (1_000_002, Ok(true)));
        let ports: Arc<dyn Store> = store.clone();
        let writer_of = async |id: &str| {
            let log = ports.events(&landlord_core::plan::OperationId(id.into()), 0).await.unwrap();
            Writer { store: ports.clone(), operation: Operation::fold(&log).unwrap(), first: log[0].clone() }
        };
        let mut open = writer_of("bbbbbbbb").await;
        assert_eq!(open.operation.state, State::Running);
        assert_eq!(store.holder("dev/silver").await, Ok(Some(open.operation.id.clone())));
        ends(&mut open).await;
        assert_eq!(store.holder("dev/silver").await, Ok(None));
        for tenant in ["golden", "silver"] {
            let tenant = store.tenant(&tenant.parse().unwrap()).await.unwrap().unwrap();
            assert_eq!(tenant.standing(Dev), Some(Standing::Active));
        }
        writer_of("cccccccc").await.append(Event::Expired).await.unwrap();
        let (intact, line) = audit::verify(url, &[]).await.unwrap();
        assert!(intact && line.starts_with(&format!("intact: {} events", count + 3)), "{line}");
        store.close().await;
        open
    }
}
