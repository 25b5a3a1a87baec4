//! The import over SQLite: what is filed, and that nothing is where anything is wrong.

use std::collections::BTreeMap;

use landlord_core::contract::store::samples::{Writer, details};
use landlord_core::event::Event;
use landlord_core::operation::State;
use landlord_core::plan::OperationId;
use landlord_core::ports::{OperationFilter, RegistryChange, Standing};

use super::*;

const FILE: &str = "tenant,company,subdomain,email,environments\n\
                    acme,Golden Crust,golden,owner@golden.example,dev prod\n\
                    bolt,Bolt,bolt,,dev\n";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("landlord.db").display())
    }

    async fn imports(&self, file: &str, dry_run: bool) -> Result<String, ImportError> {
        let ground = |account: &str, domain: &str| Ground { account: account.into(), domain: domain.into() };
        let url = self.url();
        let target = Target {
            url: &url,
            channel: "42".into(),
            ground: BTreeMap::from([
                (Environment::Dev, ground("536580886816", "wpdev.kimmyai.io")),
                (Environment::Prod, ground("093646564004", "wp.kimmyai.io")),
            ]),
        };
        let catalogue = Catalogue::built_in().expect("the catalogue is right");
        import_into(&target, &catalogue, file.as_bytes(), dry_run).await
    }

    async fn filed(&self) -> Vec<OperationId> {
        let store = SqlStore::open_to_read(&self.url()).await.expect("a store");
        let filed = store.operations(&OperationFilter::default(), 0, 10).await.expect("a list").rows;
        store.close().await;
        filed
    }

    /// The registry knows this before.
    async fn knows(&self, changes: &[RegistryChange]) {
        let store = Arc::new(SqlStore::open(&self.url()).await.expect("a store"));
        store.claim().await.expect("a term");
        let written: Arc<dyn Store> = Arc::clone(&store) as _;
        let mut history = Writer::with(&written, "history", &details("old"), Environment::Dev);
        history.file_with(changes).await.expect("written");
        history.append(Event::Expired).await.expect("written");
        drop((history, written));
        store.close().await;
    }
}

fn wrong(outcome: Result<String, ImportError>) -> Vec<String> {
    match outcome {
        Err(ImportError::Wrong(lines)) => lines,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_filed_waits_for_the_bot_and_for_its_approval() {
    let place = Place::new();
    let dry = place.imports(FILE, true).await.expect("right");
    assert_eq!(dry, "2 tenants at 3 sites, in DEV and PROD\nNothing was filed: this was a dry run.");
    let said = place.imports(FILE, false).await.expect("filed");
    let filed = place.filed().await;
    assert_eq!(filed.len(), 1, "the dry run has filed nothing");
    assert!(said.contains(&format!("Filed as operation {}.", filed[0])), "{said}");
    assert!(said.ends_with("It waits there for a DevOps Lead to approve it."), "{said}");

    let store = Arc::new(SqlStore::open(&place.url()).await.expect("a store"));
    let ledger = Ledger::new(Arc::clone(&store) as _, Arc::new(ScaledClock::new(1)));
    let operation = ledger.get(&filed[0]).await.expect("it folds");
    assert_eq!((operation.state, operation.requester.name.as_str()), (State::AwaitingApproval, REQUESTER));
    assert_eq!((operation.channel.as_str(), operation.plan.steps.len()), ("42", 3));
    let hosts: Vec<&str> = operation.plan.sites.iter().map(|site| site.host.as_str()).collect();
    assert_eq!(hosts, ["golden.wpdev.kimmyai.io", "golden.wp.kimmyai.io", "bolt.wpdev.kimmyai.io"]);
    assert!(store.tenant(&operation.plan.tenants[0].tenant).await.expect("read").is_none(), "nobody is known yet");
    drop(ledger);
    store.close().await;
}

#[tokio::test]
async fn nothing_is_imported_where_anything_is_wrong() {
    let place = Place::new();
    place
        .knows(&[
            RegistryChange::Register(Box::new(details("old"))),
            RegistryChange::Stand(details("old").tenant, Environment::Dev, Standing::Active),
        ])
        .await;
    let history = place.filed().await;
    let file = "tenant,company,subdomain,environments\n\
                old,Another,old,dev\n\
                new,New,old,dev\n\
                far,Far,far,sit\n\
                right,Right,right,dev\n";
    let lines = wrong(place.imports(file, false).await);
    assert_eq!(
        lines,
        ["line 3: new: line 2 has the host label old already"],
        "what the file itself shows is said before the registry is asked"
    );
    let lines = wrong(place.imports(&file.replace("new,New,old", "new,New,new"), false).await);
    assert_eq!(
        lines,
        [
            "line 2: old: the id is registered for Golden Crust Bäckerei & Søn with the host label old",
            "line 4: far: SIT is not configured: add [environments.sit]"
        ]
    );
    let same = "tenant,company,subdomain,environments\nold,Golden Crust Bäckerei & Søn,old,dev\n";
    assert_eq!(
        wrong(place.imports(same, true).await),
        ["line 2: old: the registry knows already that it stands in DEV"]
    );
    let taken = "tenant,company,subdomain,environments\nnew,New,old,dev\n";
    assert_eq!(wrong(place.imports(taken, false).await), ["line 2: new: the host label old is the tenant old's"]);
    assert_eq!(place.filed().await, history, "nothing was filed");

    place.imports(&same.replace(",dev", ",prod"), false).await.expect("an environment that is missing");
    let again = wrong(place.imports(&same.replace(",dev", ",prod"), false).await);
    assert!(again[0].ends_with("is working on it"), "{again:?}");
}

#[tokio::test]
async fn more_than_one_request_takes_are_refused() {
    let rows: String = (0..=MOST_ADOPTED).map(|number| format!("t{number},T,t{number},dev\n")).collect();
    let file = format!("tenant,company,subdomain,environments\n{rows}");
    let place = Place::new();
    assert!(wrong(place.imports(&file, false).await)[0].starts_with("it has 201 tenants; one file takes 200."));
}

#[tokio::test]
async fn beside_a_running_bot_nothing_is_filed_and_a_dry_run_is_possible() {
    let place = Place::new();
    let bot = SqlStore::open(&place.url()).await.expect("a store");
    let said = place.imports(FILE, false).await.expect_err("the bot runs").to_string();
    assert!(said.contains("is in use by another landlord process"), "{said}");
    assert!(place.imports(FILE, true).await.is_ok());
    bot.close().await;
}
