//! A world in which an operation is about to be asked for, and what is looked at after it.

use std::sync::Arc;

use landlord_core::contract::store::samples::{Writer, details};
use landlord_core::event::Event;
use landlord_core::fakes::{Content, Request, World};
use landlord_core::operation::{Operation, State};
use landlord_core::ports::{Blueprint, RegistryChange, Standing, Store, Subject};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};

use crate::Combination;

/// The operation that stands for all that came before.
const HISTORY: &str = "history0";

/// A world for one combination.
pub(crate) struct Stage<'a> {
    pub(crate) world: World,
    pub(crate) combination: &'a Combination,
}

impl<'a> Stage<'a> {
    /// A fresh world in which the tenant has come as far as it must for the environment.
    pub(crate) async fn set(combination: &'a Combination) -> Self {
        let world = World::start();
        let earlier = Environment::ALL.into_iter().filter(|earlier| *earlier < combination.environment);
        let mut changes: Vec<RegistryChange> = earlier
            .map(|earlier| RegistryChange::Stand("goldencrust".parse().unwrap(), earlier, Standing::Validated))
            .collect();
        if !changes.is_empty() {
            let store: Arc<dyn Store> = Arc::new(world.store.clone());
            changes.insert(0, RegistryChange::Register(Box::new(details("goldencrust"))));
            let mut history = Writer::new(&store, HISTORY, "goldencrust", Environment::Dev);
            history.file_with(&changes).await.unwrap();
            history.append(Event::Expired).await.unwrap();
            history.append(Event::Told { through: 2 }).await.unwrap();
        }
        Self { world, combination }
    }

    /// The tenant in the environment.
    pub(crate) fn subject(&self) -> Subject {
        let tenancy = Tenancy::new("goldencrust".parse().unwrap(), self.combination.environment);
        Subject { tenancy, subdomain: "goldencrust".parse().unwrap() }
    }

    /// What it is to look like.
    pub(crate) fn blueprint(&self) -> Blueprint {
        let load_balancer = format!("{}-alb", self.combination.environment);
        Blueprint { subject: self.subject(), size: Size::DEFAULT, load_balancer }
    }

    /// All that stands in the cloud.
    pub(crate) async fn standing(&self) -> String {
        self.world.standing(&[self.subject()]).await
    }

    /// The operation of the story, once it is filed.
    pub(crate) fn request(&self) -> Option<Request<'_>> {
        let ids = self.world.operations();
        ids.iter().find(|id| id.0 != HISTORY).map(|id| self.world.request(id))
    }

    /// Somebody asks for it, unless it is filed already, and all who must approve do.
    pub(crate) async fn asks_and_approves(&self) -> Option<Request<'_>> {
        let Combination { command, spec, environment } = self.combination;
        if self.request().is_none() {
            let line = format!(
                "/{} environment:{environment} tenant:goldencrust company:Golden Crust Bäckerei & Søn \
                 subdomain:goldencrust email:owner@golden.example",
                command.name
            );
            self.world.member("operator").types(&line).await;
        }
        let request = self.request()?;
        for role in &spec.policy[environment].policy.approve {
            if request.operation().state == State::AwaitingApproval && request.posted().is_some() {
                self.world.member(role.as_str()).reacts(&request, "✅").await;
            }
        }
        Some(request)
    }

    /// The operation asked for, approved, and come to stand so.
    pub(crate) async fn comes_to(&self, state: State) -> Request<'_> {
        let request = self.asks_and_approves().await.expect("it should be filed");
        request.becomes(state).await;
        request
    }

    /// What people see in the end, without what differs from run to run.
    pub(crate) fn seen(&self, request: &Request<'_>) -> Seen {
        let Operation { id, digest, .. } = request.operation();
        let neutral = |text: String| text.replace(&id.0, "OPERATION").replace(&digest[..12], "DIGEST");
        let cards =
            self.world.chat.all_messages().into_iter().filter(|posted| matches!(posted.content, Content::Card(_)));
        Seen {
            card: neutral(request.card().text()),
            // An owner may be written to twice: e-mail cannot be sent exactly once.
            thread: request.thread().lines().map(|line| line.replace("mail-2", "mail-1")).collect(),
            cards: cards.count(),
            threads: self.world.chat.threads().len(),
        }
    }
}

/// What people see.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) card: String,
    pub(crate) thread: Vec<String>,
    pub(crate) cards: usize,
    pub(crate) threads: usize,
}
