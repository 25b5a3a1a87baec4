//! A world in which an operation is about to be asked for, and what is looked at after it.

use landlord_core::contract::store::samples::details;
use landlord_core::fakes::{Content, Request, World};
use landlord_core::operation::{Operation, State};
use landlord_core::plan::{Purpose, Scope};
use landlord_core::ports::{Blueprint, Clock as _, RegistryChange, Standing, Subject};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};

use crate::Combination;

/// The tenant that it is about.
const TENANT: &str = "goldencrust";

/// Those that a bulk operation is about as well.
const OTHERS: [&str; 2] = ["goldencrust-2", "goldencrust-20"];

/// A tenant with which nothing is done: whatever happens, it stands as before.
const NEIGHBOUR: &str = "goldencrus";

/// A world for one combination.
pub(crate) struct Stage<'a> {
    pub(crate) world: World,
    pub(crate) combination: &'a Combination,
}

impl<'a> Stage<'a> {
    /// A fresh world in which the tenants have come as far as they must: to the environment before, or, to be deleted, to
    /// all that are meant.
    pub(crate) async fn set(combination: &'a Combination) -> Self {
        let stage = Self { world: World::start(), combination };
        if combination.deletes() {
            let environments: Vec<Environment> = combination.scope.environments().collect();
            for tenant in stage.tenants().chain([NEIGHBOUR]) {
                stage.world.stands(&details(tenant), &environments).await;
            }
            return stage;
        }
        let earlier = Environment::ALL.into_iter().filter(|earlier| *earlier < stage.environment());
        let mut changes: Vec<RegistryChange> = earlier
            .map(|earlier| RegistryChange::Stand(TENANT.parse().unwrap(), earlier, Standing::Validated))
            .collect();
        if !changes.is_empty() {
            changes.insert(0, RegistryChange::Register(Box::new(details(TENANT))));
            stage.world.remembers(&details(TENANT), &changes).await;
        }
        stage
    }

    /// Whom it is about.
    fn tenants(&self) -> impl Iterator<Item = &'static str> + use<> {
        let others = match (self.combination.spec.purpose, self.combination.scope) {
            (Purpose::BulkDelete, Scope::One(_)) => OTHERS.len(),
            (Purpose::BulkDelete, Scope::Several(_)) => 1,
            _ => 0,
        };
        std::iter::once(TENANT).chain(OTHERS.into_iter().take(others))
    }

    /// The only environment, or the first of several.
    fn environment(&self) -> Environment {
        self.combination.scope.environments().next().unwrap()
    }

    /// The tenant in the environment.
    pub(crate) fn subject(&self) -> Subject {
        let tenancy = Tenancy::new(TENANT.parse().unwrap(), self.environment());
        Subject { tenancy, subdomain: TENANT.parse().unwrap() }
    }

    /// What it is to look like.
    pub(crate) fn blueprint(&self) -> Blueprint {
        let load_balancer = format!("{}-alb", self.environment());
        Blueprint { subject: self.subject(), size: Size::DEFAULT, load_balancer }
    }

    /// All that stands in the cloud, and what of it is the tenants' own and the neighbour's.
    pub(crate) async fn standing(&self) -> String {
        let all = self
            .tenants()
            .chain([NEIGHBOUR])
            .flat_map(|tenant| self.combination.scope.environments().map(move |environment| (tenant, environment)));
        let subjects: Vec<Subject> =
            all.map(|(tenant, environment)| self.world.subject(&details(tenant), environment)).collect();
        self.world.standing(&subjects).await
    }

    /// The operation of the story, once it is filed.
    pub(crate) fn request(&self) -> Option<Request<'_>> {
        self.world.requests().into_iter().next()
    }

    /// The command as somebody types it.
    fn line(&self) -> String {
        let name = &self.combination.command.name;
        let scope = match self.combination.scope {
            Scope::One(environment) => environment.as_str(),
            Scope::Several(_) => "all",
        };
        match self.combination.spec.purpose {
            Purpose::Provision => format!(
                "/{name} environment:{scope} tenant:{TENANT} company:Golden Crust Bäckerei & Søn subdomain:{TENANT} \
                 email:owner@golden.example"
            ),
            Purpose::Delete => {
                format!("/{name} tenant:{TENANT} environment:{scope} reason:other backup:yes logs:keep")
            }
            Purpose::BulkDelete => {
                let tenants: Vec<&str> = self.tenants().collect();
                format!("/{name} environment:{scope} tenants:{} backup:yes logs:keep", tenants.join(","))
            }
        }
    }

    /// Somebody asks for it, unless it is filed already, all who must approve do, and the notice passes.
    pub(crate) async fn asks_and_approves(&self) -> Option<Request<'_>> {
        if self.request().is_none() {
            let operator = self.world.member("operator");
            let asked = operator.types(&self.line()).await;
            if let Some(form) = asked.answered().filter(|answer| answer.is_form()) {
                operator.submits(form, &[("name", TENANT)]).await;
            }
        }
        let request = self.request()?;
        for role in request.operation().plan.policy.approve.clone() {
            if request.operation().state == State::AwaitingApproval && request.posted().is_some() {
                self.world.member(role.as_str()).reacts(&request, "✅").await;
            }
        }
        let operation = request.operation();
        if let Some(until) = operation.notice_until.filter(|_| operation.state == State::Waiting) {
            self.world.passes(until - self.world.clock.now()).await;
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
            thread: request.thread().lines().map(|line| neutral_line(&neutral(line.to_owned()))).collect(),
            cards: cards.count(),
            threads: self.world.chat.threads().len(),
            backups: self.world.cloud.backups().iter().map(|place| neutral(place.clone())).collect(),
            mails: self.world.notifier.sent().len(),
        }
    }
}

/// A line without the numbers of the e-mails in it, and without which of two tries did it.
fn neutral_line(line: &str) -> String {
    let mut parts = line.split("mail-");
    let first = parts.next().unwrap_or_default().to_owned();
    let line =
        parts.fold(first, |text, part| format!("{text}mail-{}", part.trim_start_matches(|c: char| c.is_ascii_digit())));
    // What an earlier try has removed is told in other words.
    line.replace(" · gone since an earlier try: ", " · removed ")
}

/// What people see.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) card: String,
    pub(crate) thread: Vec<String>,
    pub(crate) cards: usize,
    pub(crate) threads: usize,
    /// Where the backups are.
    pub(crate) backups: Vec<String>,
    pub(crate) mails: usize,
}
