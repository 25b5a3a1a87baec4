//! A fuse that stops a process in the middle: at the n-th point between two effects, everything stands still for ever.
//!
//! A point is where a process can end with a different world left behind. Each call of the cloud, of a workload, of the
//! notifier and of the chat, and each write to the store, has two: before its effect, and after it, before anybody learns of
//! it. What only reads the store has one, before it. Between two points nothing leaves the process, so a test that burns
//! through them one after the other has tried every crash there is. In one story the points are always the same.

mod incidents;
mod work;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use time::{Date, OffsetDateTime};
use tokio::sync::watch;

use crate::card::Card;
use crate::chain::{Anchor, Head};
use crate::event::{Event, MessageRef, Recorded};
use crate::kind::Kind;
use crate::operation::{self, Operation};
use crate::plan::OperationId;
use crate::ports::{
    Backup, Blueprint, Chat, ChatError, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Listing, Message,
    Notifier, OperationFilter, RegistryChange, Room, Store, StoreError, Subject, Tasks, Tenant, TenantFilter, Verdict,
    Vote, Workload, Written,
};
use crate::role::{Member, Person};
use crate::tenant::{Email, Environment, Subdomain, Tenancy, TenantId};

/// A fuse. Clones are the same fuse.
#[derive(Debug, Clone)]
pub struct Fuse {
    state: Arc<State>,
}

/// On which side of a call's effect a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Nothing has happened yet.
    Before,
    /// It has happened, and nobody knows.
    After,
}

/// A point, as a fuse that listens remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// On which side of the call.
    pub edge: Edge,
    /// The call in words: `ensure target group of dev/acme`.
    pub call: String,
    /// What is written, where it is a write to the log.
    pub event: Option<Event>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edge = if self.edge == Edge::Before { "before" } else { "after" };
        write!(f, "{edge} {}", self.call)
    }
}

#[derive(Debug)]
struct State {
    /// How many points are let pass.
    length: usize,
    burnt: AtomicUsize,
    blown: watch::Sender<bool>,
    /// What was passed, where somebody wants to know.
    passed: Option<Mutex<Vec<Point>>>,
}

impl Fuse {
    /// Blows at the point after this many.
    pub fn after(length: usize) -> Self {
        Self::of(length, None)
    }

    /// Never blows.
    pub fn never() -> Self {
        Self::after(usize::MAX)
    }

    /// Never blows, and remembers the points that it lets pass.
    pub fn listening() -> Self {
        Self::of(usize::MAX, Some(Mutex::default()))
    }

    fn of(length: usize, passed: Option<Mutex<Vec<Point>>>) -> Self {
        let blown = watch::Sender::new(false);
        Self { state: Arc::new(State { length, burnt: AtomicUsize::new(0), blown, passed }) }
    }

    /// How many points it has let pass.
    pub fn burnt(&self) -> usize {
        self.state.burnt.load(Ordering::SeqCst)
    }

    /// The points that it has let pass, in their order; none where it does not listen.
    pub fn passed(&self) -> Vec<Point> {
        let passed = self.state.passed.as_ref();
        passed.map(|passed| passed.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Whether it has blown.
    pub fn is_blown(&self) -> bool {
        *self.state.blown.borrow()
    }

    /// Blows it.
    pub fn blow(&self) {
        self.state.blown.send_replace(true);
    }

    /// Returns when it blows.
    pub async fn blown(&self) {
        let mut blown = self.state.blown.subscribe();
        if blown.wait_for(|blown| *blown).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// A point: lets the caller pass, or never again.
    async fn point(&self, edge: Edge, label: &Label<'_>) {
        if self.is_blown() || self.state.burnt.fetch_add(1, Ordering::SeqCst) >= self.state.length {
            self.state.blown.send_replace(true);
            std::future::pending::<()>().await;
        }
        if let Some(passed) = &self.state.passed {
            passed.lock().unwrap_or_else(PoisonError::into_inner).push(label.at(edge));
        }
    }

    /// A call between its two points.
    async fn around<T>(&self, label: Label<'_>, work: impl Future<Output = T> + Send) -> T {
        self.point(Edge::Before, &label).await;
        let answer = work.await;
        self.point(Edge::After, &label).await;
        answer
    }

    /// What only reads has one point: nothing can be lost behind it.
    async fn before(&self, read: &'static str) {
        self.point(Edge::Before, &call(read)).await;
    }
}

/// What is called, in words only once somebody wants them.
#[derive(Default)]
struct Label<'a> {
    verb: &'static str,
    kind: Option<Kind>,
    tenancy: Option<&'a Tenancy>,
    event: Option<&'a Event>,
}

impl Label<'_> {
    fn at(&self, edge: Edge) -> Point {
        let Self { verb, kind, tenancy, event } = self;
        let kind = kind.map_or(String::new(), |kind| format!(" {kind}"));
        let whose = tenancy.map_or(String::new(), |tenancy| format!(" of {tenancy}"));
        let what = event.map_or(String::new(), |event| format!(" {}", event.kind()));
        Point { edge, call: format!("{verb}{kind}{whose}{what}"), event: event.cloned() }
    }
}

fn call(verb: &'static str) -> Label<'static> {
    Label { verb, ..Label::default() }
}

fn about<'a>(verb: &'static str, subject: &'a Subject) -> Label<'a> {
    Label { verb, tenancy: Some(&subject.tenancy), ..Label::default() }
}

fn on<'a>(verb: &'static str, kind: Kind, subject: &'a Subject) -> Label<'a> {
    Label { kind: Some(kind), ..about(verb, subject) }
}

fn writing<'a>(verb: &'static str, event: &'a Event) -> Label<'a> {
    Label { event: Some(event), ..call(verb) }
}

/// A port behind a fuse.
#[derive(Debug)]
pub struct Fused<P> {
    /// The port.
    pub port: P,
    /// The fuse.
    pub fuse: Fuse,
}

#[async_trait]
impl<P: Cloud> Cloud for Fused<P> {
    async fn account(&self, environment: Environment) -> Result<String, CloudError> {
        self.fuse.around(call("account"), self.port.account(environment)).await
    }
    fn remedy(&self, environment: Environment, answered: &str) -> String {
        self.port.remedy(environment, answered)
    }
    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fuse.around(on("find", kind, subject), self.port.find(kind, subject)).await
    }
    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        self.fuse.around(on("ensure", kind, &blueprint.subject), self.port.ensure(kind, blueprint)).await
    }
    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fuse.around(on("remove", kind, subject), self.port.remove(kind, subject)).await
    }
    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        self.fuse.around(about("retain_logs", subject), self.port.retain_logs(subject, days)).await
    }
    fn lists(&self, kind: Kind, environment: Environment) -> bool {
        self.port.lists(kind, environment)
    }
    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError> {
        self.fuse.around(call("inventory"), self.port.inventory(kind, environment, page)).await
    }
    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError> {
        self.fuse.around(about("check", &blueprint.subject), self.port.check(check, blueprint)).await
    }
    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        self.fuse.around(about("host_taken", subject), self.port.host_taken(subject)).await
    }
    async fn placed(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        self.fuse.around(about("placed", subject), self.port.placed(subject)).await
    }
    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError> {
        self.fuse.around(call("room"), self.port.room(environment)).await
    }
    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        self.fuse.around(on("evidence", kind, subject), self.port.evidence(kind, subject)).await
    }
}

#[async_trait]
impl<P: Workload> Workload for Fused<P> {
    async fn tasks(&self, subject: &Subject) -> Result<Option<Tasks>, CloudError> {
        self.fuse.around(about("tasks", subject), self.port.tasks(subject)).await
    }
    async fn scale(&self, subject: &Subject, desired: u32) -> Result<(), CloudError> {
        self.fuse.around(about("scale", subject), self.port.scale(subject, desired)).await
    }
    async fn force_remove(&self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fuse.around(about("force_remove", subject), self.port.force_remove(subject)).await
    }
    async fn back_up(&self, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
        self.fuse.around(about("back_up", subject), self.port.back_up(subject, run)).await
    }
}

#[async_trait]
impl<P: Chat> Chat for Fused<P> {
    async fn post_card(&self, channel: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError> {
        self.fuse.around(call("post_card"), self.port.post_card(channel, card, nonce)).await
    }
    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.fuse.around(call("edit_card"), self.port.edit_card(message, card)).await
    }
    async fn offer_votes(&self, message: &MessageRef) -> Result<(), ChatError> {
        self.fuse.around(call("offer_votes"), self.port.offer_votes(message)).await
    }
    async fn open_thread(&self, message: &MessageRef, name: &str) -> Result<String, ChatError> {
        self.fuse.around(call("open_thread"), self.port.open_thread(message, name)).await
    }
    async fn say(&self, channel: &str, message: &Message, nonce: &str) -> Result<(), ChatError> {
        self.fuse.around(call("say"), self.port.say(channel, message, nonce)).await
    }
    async fn votes(&self, message: &MessageRef, vote: Vote) -> Result<Vec<Member>, ChatError> {
        self.fuse.around(call("votes"), self.port.votes(message, vote)).await
    }
    async fn written(&self, thread: &str) -> Result<Vec<Written>, ChatError> {
        self.fuse.around(call("written"), self.port.written(thread)).await
    }
    fn link(&self, message: &MessageRef) -> String {
        self.port.link(message)
    }
    async fn member(&self, person: &Person) -> Result<Member, ChatError> {
        self.fuse.around(call("member"), self.port.member(person)).await
    }
}

#[async_trait]
impl<P: Notifier> Notifier for Fused<P> {
    async fn email(
        &self,
        environment: Environment,
        to: &Email,
        subject: &str,
        text: &str,
    ) -> Result<String, CloudError> {
        self.fuse.around(call("email"), self.port.email(environment, to, subject, text)).await
    }
}

#[async_trait]
impl<P: Store> Store for Fused<P> {
    async fn file(
        &self,
        first: &Recorded,
        operation: &Operation,
        locks: &[String],
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        let label = writing("file", &first.event);
        self.fuse.around(label, self.port.file(first, operation, locks, changes)).await
    }
    async fn append(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        let label = writing("append", &next.event);
        self.fuse.around(label, self.port.append(next, operation, changes)).await
    }
    async fn writable(&self) -> Result<(), StoreError> {
        self.fuse.before("writable").await;
        self.port.writable().await
    }
    async fn events(&self, operation: &OperationId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        self.fuse.before("events").await;
        self.port.events(operation, after).await
    }
    async fn hash(&self, operation: &OperationId, seq: u64) -> Result<Option<String>, StoreError> {
        self.fuse.before("hash").await;
        self.port.hash(operation, seq).await
    }
    async fn operations(
        &self,
        filter: &OperationFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<OperationId>, StoreError> {
        self.fuse.before("operations").await;
        self.port.operations(filter, page, size).await
    }
    async fn counts(&self) -> Result<BTreeMap<operation::State, u64>, StoreError> {
        self.fuse.before("counts").await;
        self.port.counts().await
    }
    async fn operation_of_card(&self, card: &MessageRef) -> Result<Option<OperationId>, StoreError> {
        self.fuse.before("operation_of_card").await;
        self.port.operation_of_card(card).await
    }
    async fn holder(&self, key: &str) -> Result<Option<OperationId>, StoreError> {
        self.fuse.before("holder").await;
        self.port.holder(key).await
    }
    async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError> {
        self.fuse.before("tenant").await;
        self.port.tenant(tenant).await
    }
    async fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<TenantId>, StoreError> {
        self.fuse.before("tenant_of_subdomain").await;
        self.port.tenant_of_subdomain(subdomain).await
    }
    async fn tenants(&self, filter: &TenantFilter, page: u32, size: u32) -> Result<Listing<Tenant>, StoreError> {
        self.fuse.before("tenants").await;
        self.port.tenants(filter, page, size).await
    }
    async fn seen(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        self.fuse.before("seen").await;
        self.port.seen().await
    }
    async fn see(&self, at: OffsetDateTime) -> Result<(), StoreError> {
        self.fuse.around(call("see"), self.port.see(at)).await
    }
    async fn head_of(&self, day: Date) -> Result<Option<Head>, StoreError> {
        self.fuse.before("head_of").await;
        self.port.head_of(day).await
    }
    async fn last_anchor(&self) -> Result<Option<Anchor>, StoreError> {
        self.fuse.before("last_anchor").await;
        self.port.last_anchor().await
    }
    async fn add_anchor(&self, anchor: &Anchor) -> Result<(), StoreError> {
        self.fuse.around(call("add_anchor"), self.port.add_anchor(anchor)).await
    }
}
