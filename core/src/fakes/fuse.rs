//! A fuse that stops a process in the middle: at the n-th point between two effects, everything stands still for ever.
//!
//! Each call of a port has two such points: before its effect, and after it, before anybody learns of it. A test burns
//! through them one after the other, so that a crash is tried at every point there is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::card::Card;
use crate::event::{MessageRef, Recorded};
use crate::kind::Kind;
use crate::operation::{self, Operation};
use crate::plan::OperationId;
use crate::ports::{
    Backup, Blueprint, Chat, ChatError, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Listing, Message,
    Notifier, OperationFilter, RegistryChange, Room, Store, StoreError, Subject, Tasks, Tenant, TenantFilter, Verdict,
    Vote, Workload,
};
use crate::role::{Member, Person};
use crate::tenant::{Email, Environment, Subdomain, TenantId};

/// A fuse. Clones are the same fuse.
#[derive(Debug, Clone)]
pub struct Fuse {
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    /// How many points are let pass.
    length: usize,
    burnt: AtomicUsize,
    blown: watch::Sender<bool>,
}

impl Fuse {
    /// Blows at the point after this many.
    pub fn after(length: usize) -> Self {
        let blown = watch::Sender::new(false);
        Self { state: Arc::new(State { length, burnt: AtomicUsize::new(0), blown }) }
    }

    /// Never blows.
    pub fn never() -> Self {
        Self::after(usize::MAX)
    }

    /// How many points it has let pass.
    pub fn burnt(&self) -> usize {
        self.state.burnt.load(Ordering::SeqCst)
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
    async fn point(&self) {
        if self.is_blown() || self.state.burnt.fetch_add(1, Ordering::SeqCst) >= self.state.length {
            self.state.blown.send_replace(true);
            std::future::pending::<()>().await;
        }
    }

    /// A call between its two points.
    async fn around<T>(&self, call: impl Future<Output = T> + Send) -> T {
        self.point().await;
        let answer = call.await;
        self.point().await;
        answer
    }
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
        self.fuse.around(self.port.account(environment)).await
    }
    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fuse.around(self.port.find(kind, subject)).await
    }
    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        self.fuse.around(self.port.ensure(kind, blueprint)).await
    }
    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fuse.around(self.port.remove(kind, subject)).await
    }
    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        self.fuse.around(self.port.retain_logs(subject, days)).await
    }
    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError> {
        self.fuse.around(self.port.inventory(kind, environment, page)).await
    }
    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError> {
        self.fuse.around(self.port.check(check, blueprint)).await
    }
    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        self.fuse.around(self.port.host_taken(subject)).await
    }
    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError> {
        self.fuse.around(self.port.room(environment)).await
    }
    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        self.fuse.around(self.port.evidence(kind, subject)).await
    }
}

#[async_trait]
impl<P: Workload> Workload for Fused<P> {
    async fn tasks(&self, subject: &Subject) -> Result<Option<Tasks>, CloudError> {
        self.fuse.around(self.port.tasks(subject)).await
    }
    async fn scale(&self, subject: &Subject, desired: u32) -> Result<(), CloudError> {
        self.fuse.around(self.port.scale(subject, desired)).await
    }
    async fn force_remove(&self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fuse.around(self.port.force_remove(subject)).await
    }
    async fn back_up(&self, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
        self.fuse.around(self.port.back_up(subject, run)).await
    }
}

#[async_trait]
impl<P: Chat> Chat for Fused<P> {
    async fn post_card(&self, channel: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError> {
        self.fuse.around(self.port.post_card(channel, card, nonce)).await
    }
    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.fuse.around(self.port.edit_card(message, card)).await
    }
    async fn offer_votes(&self, message: &MessageRef) -> Result<(), ChatError> {
        self.fuse.around(self.port.offer_votes(message)).await
    }
    async fn open_thread(&self, message: &MessageRef, name: &str) -> Result<String, ChatError> {
        self.fuse.around(self.port.open_thread(message, name)).await
    }
    async fn say(&self, channel: &str, message: &Message, nonce: &str) -> Result<(), ChatError> {
        self.fuse.around(self.port.say(channel, message, nonce)).await
    }
    async fn votes(&self, message: &MessageRef, vote: Vote) -> Result<Vec<Member>, ChatError> {
        self.fuse.around(self.port.votes(message, vote)).await
    }
    fn link(&self, message: &MessageRef) -> String {
        self.port.link(message)
    }
    async fn member(&self, person: &Person) -> Result<Member, ChatError> {
        self.fuse.around(self.port.member(person)).await
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
        self.fuse.around(self.port.email(environment, to, subject, text)).await
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
        self.fuse.around(self.port.file(first, operation, locks, changes)).await
    }
    async fn append(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        self.fuse.around(self.port.append(next, operation, changes)).await
    }
    // What only reads has one point: nothing can be lost behind it.
    async fn writable(&self) -> Result<(), StoreError> {
        self.fuse.point().await;
        self.port.writable().await
    }
    async fn events(&self, operation: &OperationId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        self.fuse.point().await;
        self.port.events(operation, after).await
    }
    async fn hash(&self, operation: &OperationId, seq: u64) -> Result<Option<String>, StoreError> {
        self.fuse.point().await;
        self.port.hash(operation, seq).await
    }
    async fn operations(
        &self,
        filter: &OperationFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<OperationId>, StoreError> {
        self.fuse.point().await;
        self.port.operations(filter, page, size).await
    }
    async fn counts(&self) -> Result<BTreeMap<operation::State, u64>, StoreError> {
        self.fuse.point().await;
        self.port.counts().await
    }
    async fn operation_of_card(&self, card: &MessageRef) -> Result<Option<OperationId>, StoreError> {
        self.fuse.point().await;
        self.port.operation_of_card(card).await
    }
    async fn holder(&self, key: &str) -> Result<Option<OperationId>, StoreError> {
        self.fuse.point().await;
        self.port.holder(key).await
    }
    async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError> {
        self.fuse.point().await;
        self.port.tenant(tenant).await
    }
    async fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<TenantId>, StoreError> {
        self.fuse.point().await;
        self.port.tenant_of_subdomain(subdomain).await
    }
    async fn tenants(&self, filter: &TenantFilter, page: u32, size: u32) -> Result<Listing<Tenant>, StoreError> {
        self.fuse.point().await;
        self.port.tenants(filter, page, size).await
    }
}
