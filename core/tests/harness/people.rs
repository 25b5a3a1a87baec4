//! What people do in a course. They look at the chat and at what has become of their request, and do what is theirs to do
//! next, so that they go on after a crash as people would.

use landlord_core::fakes::Request;
use landlord_core::operation::{Operation, State};
use landlord_core::plan::{Purpose, Scope};
use landlord_core::ports::{Chat as _, Clock as _, Vote};
use landlord_core::role::Role;
use time::Duration;

use crate::courses::Way;
use crate::stage::{Stage, TENANT};

/// How many turns people have before they give up.
const TURNS: usize = 200;

/// Whether somebody has tried what it made, or one of those that it adopted.
fn found_good(operation: &Operation) -> bool {
    operation.validated_by.is_some() || !operation.tried.is_empty()
}

impl Stage<'_> {
    /// The operation asked for, approved, and come to stand so.
    pub(crate) async fn comes_to(&self, state: State) -> Request<'_> {
        self.goes_on(|operation| operation.state == state).await;
        let request = self.request().expect("it should be filed");
        request.is(state);
        request
    }

    /// People do what is theirs to do until that is so, or until the process stops.
    pub(crate) async fn goes_on(&self, end: impl Fn(&Operation) -> bool) {
        for _ in 0..TURNS {
            let ended = self.request().is_some_and(|request| end(&request.operation()));
            if ended || self.world.house().fuse.is_blown() {
                return;
            }
            self.turn().await;
        }
    }

    /// The same to the end of the course, and a minute longer.
    pub(crate) async fn comes_to_an_end(&self, end: State) {
        let provisions = self.combination.spec.purpose.is_tried();
        let ended = |operation: &Operation| {
            let validated = end != State::Succeeded || !provisions || found_good(operation);
            operation.state == end && validated
        };
        self.goes_on(ended).await;
        self.waits_a_minute().await;
    }

    pub(crate) async fn waits_a_minute(&self) {
        self.world.lives_until(self.world.clock.now() + Duration::MINUTE).await;
    }

    /// One thing that somebody does; nothing to do is a minute's waiting.
    async fn turn(&self) {
        let Some(request) = self.request() else { return self.ask().await };
        let operation = request.operation();
        let (operator, person) = (self.world.member("operator"), self.world.member(self.person()));
        match operation.state {
            State::AwaitingApproval => match self.who_has_not_reacted(&request).await {
                Some(role) => self.world.member(role.as_str()).reacts(&request, "✅").await,
                None => self.waits_a_minute().await,
            },
            State::Waiting if self.way == Way::Withdrawn => self.withdraw(&request).await,
            State::Waiting => match operation.notice_until {
                Some(until) => self.world.lives_until(until).await,
                None => self.waits_a_minute().await,
            },
            State::Holding if self.way == Way::RolledBack => {
                // What is taken back needs what failed: they have mended it first.
                self.world.cloud.clear_faults();
                person.tries(&format!("unwind:{}", request.id())).await;
            }
            State::Succeeded
                if (operation.plan.purpose.is_tried() || operation.plan.purpose == Purpose::Adopt)
                    && !found_good(&operation) =>
            {
                let at = self.combination.scope.as_str();
                operator.types(&format!("/tenant validate tenant:{TENANT} environment:{at}")).await;
            }
            _ => self.waits_a_minute().await,
        }
    }

    /// Somebody types the command, and fills in the form that it may be answered with.
    async fn ask(&self) {
        let person = self.world.member(self.person());
        let asked = person.types(&self.line()).await;
        if let Some(form) = asked.answered().filter(|answer| answer.is_form()) {
            person.submits(form, &[("name", TENANT)]).await;
        }
    }

    /// The first role that must approve and has no ✅ under the card yet; none before there is a card.
    async fn who_has_not_reacted(&self, request: &Request<'_>) -> Option<Role> {
        let card = request.posted()?;
        let reacted = self.world.chat.votes(&card, Vote::Approve).await.unwrap();
        let named = |role: &Role| reacted.iter().any(|member| member.person.name == role.as_str());
        request.operation().plan.policy.approve.iter().copied().find(|role| !named(role))
    }

    /// A vote is taken back once; when it is there again, or where none is needed, the request is.
    async fn withdraw(&self, request: &Request<'_>) {
        let approve = request.operation().plan.policy.approve.clone();
        match approve.first() {
            None => self.world.member("operator").reacts(request, "❌").await,
            Some(role) if !request.log().contains(&"vote-withdrawn") => {
                self.world.member(role.as_str()).unreacts(request, "✅").await;
            }
            Some(_) => {
                let cancel = format!("/operation cancel operation:{}", request.id());
                self.world.member("operator").types(&cancel).await;
            }
        }
    }

    /// The command as somebody types it.
    fn line(&self) -> String {
        let name = &self.combination.command.name;
        let scope = match self.combination.scope {
            Scope::One(environment) => environment.as_str(),
            Scope::Several(_) => "all",
        };
        match self.combination.spec.purpose {
            Purpose::Provision if self.way == Way::Promoted => format!("/tenant promote tenant:{TENANT}"),
            Purpose::Provision => format!(
                "/{name} environment:{scope} tenant:{TENANT} company:Golden Crust Bäckerei & Søn subdomain:{TENANT} \
                 email:owner@golden.example"
            ),
            Purpose::Delete => {
                format!("/{name} tenant:{TENANT} environment:{scope} reason:other backup:yes logs:keep")
            }
            Purpose::Heal => format!("/{name} tenant:{TENANT} environment:{scope}"),
            Purpose::BulkDelete => {
                let tenants: Vec<&str> = self.tenants().collect();
                format!("/{name} environment:{scope} tenants:{} backup:yes logs:keep", tenants.join(","))
            }
            Purpose::Change if name == "tenant scale" => {
                format!("/{name} tenant:{TENANT} environment:{scope} cpu:512 memory:2048 count:2")
            }
            Purpose::Change => {
                format!("/{name} tenant:{TENANT} environment:{scope} revision:1 reason:the update broke it")
            }
            Purpose::Sweep => format!("/{name} tenant:{TENANT} environment:{scope} backup:yes"),
            Purpose::Adopt => format!("/{name}"),
            Purpose::Shutdown | Purpose::Reopen => {
                format!("/{name} tenant:{TENANT} environment:{scope} reason:spam is sent from it")
            }
        }
    }
}
