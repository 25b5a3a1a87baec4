//! Proof that the oracle can fail: honest logs pass, and each that was tampered with is refused for what is wrong with it.

use landlord_core::contract::store::samples::{details, person};
use landlord_core::event::{Event, Recorded};
use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;
use landlord_core::ports::{Store as _, Vote};
use landlord_core::role::{Member, Role};
use landlord_core::tenant::Environment;
use time::Duration;

use crate::drama::validated;
use crate::oracle::{Docket, Illegal};
use crate::truth::Truth;

/// The log of something that ran, and what was so when it did.
struct Case {
    log: Vec<Recorded>,
    truth: Truth,
    card: String,
}

impl Case {
    async fn of(world: &World, request: &Request<'_>, voters: &[&str]) -> Self {
        for name in voters {
            world.member(name).reacts(request, "✅").await;
        }
        if let Some(notice) = request.operation().notice() {
            world.passes(Duration::seconds(notice.cast_signed())).await;
        }
        request.becomes(State::Succeeded).await;
        let card = request.message().message;
        let mut truth = Truth::new();
        for name in voters {
            truth.puts(name, Vote::Approve, &card);
        }
        Self { log: world.store.events(request.id(), 0).await.unwrap(), truth, card }
    }

    /// A tenant in PROD, with the votes of DevOps Lead and Product Owner.
    async fn provisioning() -> Self {
        let world = World::start();
        validated(&world, "goldencrust", &[Environment::Dev, Environment::Sit]).await;
        let request = world.member("operator").types("/tenant promote tenant:goldencrust").await;
        Self::of(&world, &request, &["devops-lead", "product-owner"]).await
    }

    /// A deletion from PROD, with the vote of a DevOps Lead and a day's notice.
    async fn deletion() -> Self {
        let world = World::start();
        world.stands(&details("acme"), &[Environment::Prod]).await;
        let operator = world.member("operator");
        let line = "/tenant delete tenant:acme environment:prod reason:other backup:no logs:delete";
        let form = operator.types(line).await;
        let request = operator.submits(form.answer(), &[("name", "acme")]).await;
        Self::of(&world, &request, &["devops-lead"]).await
    }

    fn change(&mut self, mut hand: impl FnMut(&mut Recorded)) {
        self.log.iter_mut().for_each(&mut hand);
    }

    /// Everything up to the start, and nothing after it.
    fn until_it_starts(&mut self) {
        let start = self.log.iter().position(|recorded| matches!(recorded.event, Event::Started { .. })).unwrap();
        self.log.truncate(start + 1);
    }

    /// Puts an event before the start.
    fn before_the_start(&mut self, event: Event) {
        self.until_it_starts();
        let mut start = self.log.pop().unwrap();
        let inserted = Recorded { event, ..start.clone() };
        start.seq += 1;
        self.log.extend([inserted, start]);
    }

    /// Somebody's ✅, in the log and under the card.
    fn votes_too(&mut self, name: &str, roles: &[Role]) {
        self.truth.puts(name, Vote::Approve, &self.card);
        let member = Member { person: person(name), roles: roles.iter().copied().collect() };
        self.before_the_start(Event::VoteCast { member });
    }

    /// These counted, says the start.
    fn counted(&mut self, names: [&str; 2]) {
        self.change(|recorded| {
            if let Event::Started { approvals, .. } = &mut recorded.event {
                for ((_, counted), name) in approvals.iter_mut().zip(names) {
                    *counted = person(name);
                }
            }
        });
    }

    fn judged(&self) -> Result<Docket, Illegal> {
        let (filed, rest) = self.log.split_first().unwrap();
        let mut docket = Docket::open(filed)?;
        for recorded in rest {
            docket.hear(recorded, std::slice::from_ref(&self.truth))?;
        }
        Ok(docket)
    }

    #[track_caller]
    fn is_refused(&self, why: &str) {
        match self.judged() {
            Ok(_) => panic!("the oracle let it pass; it should say: {why}"),
            Err(Illegal(said)) => assert!(said.contains(why), "{why:?} is not in: {said}"),
        }
    }
}

#[tokio::test]
async fn honest_logs_pass() {
    for case in [Case::provisioning().await, Case::deletion().await] {
        case.judged().unwrap();
    }
}

#[tokio::test]
async fn a_vote_too_few_is_seen() {
    let mut case = Case::provisioning().await;
    let lead =
        |recorded: &Recorded| matches!(&recorded.event, Event::VoteCast { member } if member.is(Role::ProductOwner));
    case.log.retain(|recorded| !lead(recorded));
    case.is_refused("the votes in the log do not suffice");
}

#[tokio::test]
async fn a_reaction_that_does_not_stand_or_stands_under_an_older_card_is_seen() {
    let mut case = Case::provisioning().await;
    case.truth.takes("product-owner", Vote::Approve, &case.card);
    case.truth.puts("product-owner", Vote::Approve, "an older card");
    case.is_refused("what stands under its card does not suffice");
}

#[tokio::test]
async fn a_role_that_is_lost_is_seen() {
    let mut case = Case::provisioning().await;
    case.truth.holds("product-owner", &[Role::Operator]);
    case.is_refused("what stands under its card does not suffice");
    let mut case = Case::deletion().await;
    case.truth.leaves("devops-lead");
    case.is_refused("notice is given of what is not approved");
}

#[tokio::test]
async fn a_no_that_stands_is_seen() {
    for name in ["devops-lead-2", "operator"] {
        let mut case = Case::provisioning().await;
        case.truth.puts(name, Vote::Reject, &case.card);
        case.is_refused("what stands under its card does not suffice");
    }
    let mut case = Case::provisioning().await;
    case.truth.puts("newcomer", Vote::Reject, &case.card);
    case.judged().unwrap();
}

#[tokio::test]
async fn the_requester_who_counts_is_seen() {
    let mut case = Case::provisioning().await;
    case.change(|recorded| {
        if let Event::Filed { requester, .. } = &mut recorded.event {
            *requester = person("devops-lead");
        }
    });
    case.is_refused("the votes in the log do not suffice");
    // Even where another lead's vote would have been enough.
    case.votes_too("devops-lead-2", &[Role::Operator, Role::DevopsLead]);
    case.is_refused("the requester counts");
    case.counted(["devops-lead-2", "product-owner"]);
    case.judged().unwrap();
}

#[tokio::test]
async fn somebody_who_counts_twice_is_seen() {
    let mut case = Case::provisioning().await;
    case.votes_too("double-hat", &[Role::Operator, Role::DevopsLead, Role::ProductOwner]);
    case.counted(["double-hat", "double-hat"]);
    case.is_refused("somebody counts twice");
    case.counted(["double-hat", "product-owner"]);
    case.judged().unwrap();
}

#[tokio::test]
async fn a_role_that_nobody_asked_is_seen() {
    let mut case = Case::provisioning().await;
    case.change(|recorded| {
        if let Event::Started { approvals, .. } = &mut recorded.event {
            approvals.pop();
        }
    });
    case.is_refused("not the roles that must approve have approved");
}

#[tokio::test]
async fn a_start_after_the_end_or_after_its_time_is_seen() {
    for end in [
        Event::Expired,
        Event::Rejected { person: person("devops-lead") },
        Event::Cancelled { person: person("operator") },
    ] {
        let mut case = Case::provisioning().await;
        case.before_the_start(end);
        case.is_refused("it starts although it has begun or ended");
    }
    let mut case = Case::provisioning().await;
    case.until_it_starts();
    case.log.last_mut().unwrap().at += Duration::DAY;
    case.is_refused("it goes on although its time was over");
}

#[tokio::test]
async fn a_start_before_the_notice_is_over_is_seen() {
    let mut case = Case::deletion().await;
    case.until_it_starts();
    case.log.last_mut().unwrap().at -= Duration::SECOND;
    case.is_refused("it starts before the notice is over");
}

#[tokio::test]
async fn a_vote_lost_in_the_notice_must_be_there_again_in_time() {
    let mut case = Case::deletion().await;
    case.until_it_starts();
    let start = case.log.last().unwrap().clone();
    let lead = Member { person: person("devops-lead"), roles: [Role::DevopsLead].into() };
    case.before_the_start(Event::VoteWithdrawn { person: lead.person.clone() });
    case.is_refused("the votes in the log do not suffice");
    case.before_the_start(Event::VoteCast { member: lead });
    case.judged().unwrap();
    for recorded in case.log.iter_mut().rev().take(2) {
        recorded.at = start.at + Duration::DAY;
    }
    case.is_refused("it goes on although its time was over");
}

#[tokio::test]
async fn only_what_has_begun_changes_the_cloud_and_only_its_own() {
    let mut case = Case::provisioning().await;
    assert!(case.judged().unwrap().covers(Environment::Prod, "goldencrust"));
    assert!(!case.judged().unwrap().covers(Environment::Sit, "goldencrust"));
    assert!(!case.judged().unwrap().covers(Environment::Prod, "acme"));
    case.until_it_starts();
    case.log.pop();
    assert!(!case.judged().unwrap().covers(Environment::Prod, "goldencrust"));
    let mut case = Case::provisioning().await;
    case.log.retain(|recorded| !matches!(recorded.event, Event::Started { .. }));
    case.is_refused("a step begins in what does not run");
}
