//! The runner of incidents in one process: for each that is not settled, one task that acts and one that shows, so that neither
//! an outage of the chat nor another incident's keeps a tenant from being cut off. It stores nothing.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use landlord_core::incident::{IncidentId, Keeper, Notice};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A card is edited at most once in this time.
const CALM: Duration = Duration::from_secs(1);
/// How soon a card shows what has become of its tenant meanwhile: nothing is written about an incident when an operation goes on.
/// Where nothing becomes of it, it is looked less often.
const LOOK: Duration = Duration::from_secs(5);
const LONGEST_LOOK: Duration = Duration::from_mins(2);
/// The longest wait before the store or the chat is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often messages that were taken long ago are forgotten, and how long they are remembered.
const FORGET: Duration = Duration::from_hours(6);
const REMEMBERED: time::Duration = time::Duration::days(3);

/// Tends incidents: those that were left, and each that is written about from now on.
pub async fn run(keeper: Arc<Keeper>, notice: Arc<Notice>) -> Infallible {
    let book = Arc::clone(&keeper.desk.book);
    let mut changed = book.watch();
    let mut tasks = JoinSet::new();
    let mut tended: HashMap<IncidentId, watch::Sender<()>> = HashMap::new();
    let mut left = Some(());
    let mut forgetting = tokio::time::interval(FORGET);
    loop {
        changed.borrow_and_update();
        let mut woken: BTreeSet<IncidentId> = book.news();
        if left.is_some() {
            match book.open().await {
                Ok(open) => {
                    left = None;
                    woken.extend(open);
                }
                Err(error) => tracing::warn!(%error, "what incidents are open cannot be read yet"),
            }
        }
        tended.retain(|_, waking| !waking.is_closed());
        for id in woken {
            if tended.get(&id).is_none_or(|waking| waking.send(()).is_err()) {
                let (waking, woken) = watch::channel(());
                tasks.spawn(tend(Arc::clone(&keeper), Arc::clone(&notice), id.clone(), woken));
                tended.insert(id, waking);
            }
        }
        while tasks.try_join_next().is_some() {}
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(CALM), if left.is_some() => {}
            _ = forgetting.tick() => forget(&keeper).await,
        }
    }
}

async fn forget(keeper: &Keeper) {
    let before = keeper.desk.clock.now() - REMEMBERED;
    if let Err(error) = keeper.desk.book.store().forget_arrivals(before).await {
        tracing::warn!(%error, "old messages are not forgotten yet");
    }
}

/// Acts on an incident and shows it until it is settled.
async fn tend(keeper: Arc<Keeper>, notice: Arc<Notice>, id: IncidentId, woken: watch::Receiver<()>) {
    tokio::join!(act(&keeper, &id, woken.clone()), show(&keeper, &notice, &id, woken));
}

async fn act(keeper: &Keeper, id: &IncidentId, mut woken: watch::Receiver<()>) {
    let mut pause = CALM;
    loop {
        woken.borrow_and_update();
        let due = match keeper.act(id).await {
            Ok(due) => {
                pause = CALM;
                due
            }
            Err(error) => {
                pause = (pause * 2).min(LONGEST_PAUSE);
                tracing::warn!(incident = %id, %error, "incident {id} waits for the store");
                Some(keeper.desk.clock.now() + keeper.desk.clock.work(pause))
            }
        };
        if settled(keeper, id).await {
            return;
        }
        tokio::select! {
            heard = woken.changed() => if heard.is_err() { return },
            () = async { match due {
                Some(at) => keeper.desk.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }} => {}
        }
    }
}

async fn show(keeper: &Keeper, notice: &Notice, id: &IncidentId, mut woken: watch::Receiver<()>) {
    let mut shown = None;
    let (mut pause, mut look) = (CALM, LOOK);
    loop {
        woken.borrow_and_update();
        let before = shown.clone();
        match notice.refresh(id, &mut shown).await {
            Ok(incident) => {
                pause = CALM;
                if settled(keeper, id).await {
                    return;
                }
                tokio::time::sleep(CALM).await;
                // What ends by itself is shown when it does.
                let quiet = incident.silenced.filter(|until| *until > keeper.desk.clock.now());
                let moves = incident.state.open() && incident.about.tenancy.is_some();
                look = if shown == before { (look * 2).min(LONGEST_LOOK) } else { LOOK };
                tokio::select! {
                    heard = woken.changed() => {
                        if heard.is_err() {
                            return;
                        }
                        look = LOOK;
                    }
                    () = tokio::time::sleep(look), if moves => {}
                    () = async { match quiet {
                        Some(until) => keeper.desk.clock.sleep_until(until).await,
                        None => std::future::pending().await,
                    }} => {}
                }
            }
            Err(error) => {
                pause = (pause * 2).min(LONGEST_PAUSE);
                tracing::warn!(incident = %id, %error, "incident {id} is not shown yet");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

async fn settled(keeper: &Keeper, id: &IncidentId) -> bool {
    keeper.desk.book.get(id).await.is_ok_and(|incident| incident.settled())
}
