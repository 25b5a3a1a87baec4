//! Plays a story in a world of fakes, and lets the oracle see everything that comes of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use landlord_core::contract::store::samples::details;
use landlord_core::event::{Event, MessageRef};
use landlord_core::fakes::{Fuse, Verb, World};
use landlord_core::plan::{Details, Engagement, OperationId};
use landlord_core::ports::{ChatError, Clock as _, RegistryChange, Standing, Store as _, Vote};
use landlord_core::role::Member;
use landlord_core::tenant::Environment;
use time::Duration;

use crate::action::{Action, Case, Change, Heard, Story};
use crate::oracle::{Docket, Illegal, Phase};
use crate::tally::Tally;
use crate::truth::Truth;
use crate::turn::gives_way;

/// How often the world goes on beside two changes.
const TURNS: usize = 48;

/// What changes something in the cloud.
const CHANGING: [Verb; 9] = [
    Verb::Ensure,
    Verb::Remove,
    Verb::RetainLogs,
    Verb::Scale,
    Verb::ForceRemove,
    Verb::BackUp,
    Verb::Deploy,
    Verb::PutBack,
    Verb::PreserveLogs,
];

/// The proofs of concept.
const POCS: [&str; 2] = ["poc-10", "poc-11"];

/// What the chat tells the bot of a reaction: as it was when it was put or taken.
#[derive(Debug, Clone)]
struct Dispatch {
    put: bool,
    vote: Vote,
    message: MessageRef,
    member: Member,
}

/// A world in the middle of a story.
pub(crate) struct Drama {
    world: World,
    truth: RefCell<Truth>,
    /// The operations by the order in which they were filed.
    filed: Vec<OperationId>,
    dockets: BTreeMap<OperationId, Docket>,
    late: VecDeque<Dispatch>,
    last: Option<Dispatch>,
    deaf: bool,
    unreadable: bool,
    impostor: bool,
    /// How many of the cloud's calls have been looked at.
    calls: usize,
    tally: Tally,
}

impl Drama {
    /// Plays a story to its end.
    pub(crate) async fn play(story: &Story) -> Result<Tally, Illegal> {
        let asked = story.then.iter().filter_map(|action| match action {
            Action::File(case, _) => Some(*case),
            _ => None,
        });
        let mut drama = Self::begin(asked.chain([story.first.0]).collect()).await;
        drama.act(&Action::File(story.first.0, story.first.1)).await?;
        for action in &story.then {
            drama.act(action).await?;
        }
        // In the end all is as it should be again, and what is still open goes its way.
        for action in [Action::Unreadable(false), Action::Impostor(false), Action::Restarts, Action::Passes(1_500)] {
            drama.act(&action).await?;
        }
        let unrun = drama.dockets.values().filter(|docket| docket.phase == Phase::Unrun).count();
        Ok(Tally { stories: 1, operations: drama.filed.len(), unrun, ..drama.tally })
    }

    /// The tenants stand of whom the story is: one step away from what is asked for, or about to be deleted.
    async fn begin(cases: BTreeSet<Case>) -> Self {
        let mut world = World::start();
        // Every call of the cloud lets others go first, as a network does.
        world.cloud = world.cloud.clone().with_pause(Arc::new(|_| Box::pin(gives_way())));
        world.restarts().await;
        for case in cases {
            match case {
                Case::Sit => validated(&world, "silverloaf", &[Environment::Dev]).await,
                Case::Prod => validated(&world, "goldencrust", &[Environment::Dev, Environment::Sit]).await,
                Case::Deletion | Case::Shutdown => {
                    if world.store.tenant(&details("acme").tenant).await.unwrap().is_none() {
                        world.stands(&details("acme"), &[Environment::Prod]).await;
                    }
                }
                Case::Reopening => {
                    world.stands(&details("quietloaf"), &[Environment::Prod]).await;
                    let line = "/tenant shutdown tenant:quietloaf environment:prod reason:abuse";
                    world.member("devops-lead-2").types(line).await;
                }
                Case::Bulk => {
                    for tenant in POCS {
                        let poc = Details { engagement: Engagement::Poc, ..details(tenant) };
                        world.stands(&poc, &[Environment::Dev]).await;
                    }
                }
            }
        }
        let calls = world.cloud.journal().len();
        Self {
            world,
            truth: RefCell::new(Truth::new()),
            filed: Vec::new(),
            dockets: BTreeMap::new(),
            late: VecDeque::new(),
            last: None,
            deaf: false,
            unreadable: false,
            impostor: false,
            calls,
            tally: Tally::default(),
        }
    }

    async fn act(&mut self, action: &Action) -> Result<(), Illegal> {
        let over: Vec<OperationId> =
            self.dockets.iter().filter(|(_, docket)| docket.phase == Phase::Over).map(|(id, _)| id.clone()).collect();
        let mut moments = Vec::new();
        let mut read_again = false;
        match action {
            Action::File(case, who) => self.file(*case, who).await,
            Action::Do(change, heard) => {
                if let Some(dispatch) = self.change(change) {
                    self.tell(dispatch, *heard).await;
                }
            }
            Action::Together(one, other, so_far) => moments.push(self.together(one, other, *so_far).await),
            Action::Comes(which) => {
                if let Some(dispatch) = self.late.remove(*which) {
                    self.tell(dispatch, Heard::Now).await;
                }
            }
            Action::Again => {
                if let Some(dispatch) = self.last.clone() {
                    self.tell(dispatch, Heard::Now).await;
                }
            }
            Action::Presses(who, button, place) => self.presses(who, button, *place).await,
            Action::Passes(minutes) => {
                let mut left = Duration::minutes(*minutes);
                if self.unreadable {
                    // The bot asks every two seconds: only the last of them are played.
                    self.world.clock.advance(left - Duration::seconds(10));
                    left = Duration::seconds(10);
                }
                self.world.passes(left).await;
            }
            Action::GoesDeaf => self.deaf = true,
            Action::Hears => {
                self.deaf = false;
                self.world.reads_again().await;
                read_again = true;
            }
            Action::Stops(None) => self.world.stops(),
            Action::Stops(Some(points)) => self.world.restarts_with(Fuse::after(*points)).await,
            Action::Restarts => {
                self.deaf = false;
                self.world.restarts().await;
                read_again = true;
            }
            Action::Unreadable(unreadable) => self.unreadable(*unreadable),
            Action::Impostor(impostor) => {
                self.impostor = *impostor;
                for environment in Environment::ALL {
                    self.world.cloud.answer_as(environment, impostor.then_some("999999999999"));
                }
            }
        }
        moments.push(self.truth.borrow().clone());
        self.review(&moments).await?;
        self.audit(&over)?;
        if read_again && !self.unreadable && !self.world.house().fuse.is_blown() {
            self.knows_what_is_so()?;
        }
        Ok(())
    }

    /// Somebody asks. Where it stands, is under way or is gone, they are refused.
    async fn file(&self, case: Case, who: &str) {
        if !self.truth.borrow().knows(who) {
            return;
        }
        let (line, tenant) = match case {
            Case::Sit => ("/tenant promote tenant:silverloaf", "silverloaf"),
            Case::Prod => ("/tenant promote tenant:goldencrust", "goldencrust"),
            Case::Deletion => {
                ("/tenant delete tenant:acme environment:prod reason:other backup:no logs:delete", "acme")
            }
            Case::Shutdown => ("/tenant shutdown tenant:acme environment:prod reason:abuse", "acme"),
            Case::Reopening => ("/tenant reopen tenant:quietloaf environment:prod", "quietloaf"),
            Case::Bulk => ("/tenant bulk-delete environment:dev kind:poc backup:no logs:delete", POCS[0]),
        };
        let actor = self.world.member(who);
        let asked = actor.types(line).await;
        if let Some(form) = asked.answered().filter(|answer| answer.is_form()) {
            actor.submits(form, &[("name", tenant)]).await;
        }
    }

    /// The card at a place among those filed so far, the latest first.
    fn card(&self, place: usize) -> Option<MessageRef> {
        let id = self.filed.iter().rev().nth(place % self.filed.len().max(1))?;
        match self.dockets.get(id).and_then(|docket| docket.card.clone()) {
            Some(message) => Some(MessageRef { channel: landlord_core::fakes::OPERATIONS.into(), message }),
            None => self.world.request(id).posted(),
        }
    }

    /// Something becomes so, in the chat and in what is kept beside it. Answers what the chat has to tell the bot.
    fn change(&self, change: &Change) -> Option<Dispatch> {
        let mut truth = self.truth.borrow_mut();
        match change {
            Change::Holds(who, roles) => {
                truth.holds(who, roles);
                self.world.chat.joins(who, roles);
                None
            }
            Change::Leaves(who) => {
                truth.leaves(who);
                self.world.chat.leaves(who);
                None
            }
            Change::Put(who, vote, place) | Change::Take(who, vote, place) => {
                let message = self.card(*place).filter(|_| truth.knows(who))?;
                let put = matches!(change, Change::Put(..));
                if put {
                    truth.puts(who, *vote, &message.message);
                    self.world.chat.react(&message, *vote, who);
                } else {
                    truth.takes(who, *vote, &message.message);
                    self.world.chat.unreact(&message, *vote, who);
                }
                Some(Dispatch { put, vote: *vote, message, member: self.world.chat.member_named(who) })
            }
        }
    }

    async fn tell(&mut self, dispatch: Dispatch, heard: Heard) {
        let times = match heard {
            Heard::Now => 1,
            Heard::Twice => 2,
            Heard::Never => 0,
            Heard::Late => {
                self.late.push_back(dispatch);
                return;
            }
        };
        for _ in 0..times {
            self.deliver(&dispatch).await;
            self.world.settles().await;
        }
        if times > 0 {
            self.last = Some(dispatch);
        }
    }

    /// The gateway brings it, unless it is away.
    async fn deliver(&self, dispatch: &Dispatch) {
        let Dispatch { put, vote, message, member } = dispatch;
        let house = self.world.house();
        match (self.deaf, put) {
            (true, _) => {}
            (false, true) => drop(self.world.lives(Box::pin(house.desk.reacted(message, *vote, member))).await),
            (false, false) => {
                self.world.lives(Box::pin(house.desk.unreacted(message, *vote, &member.person))).await;
            }
        }
    }

    /// The second change happens while the bot works on what follows from the first. Answers what was so in between.
    async fn together(&self, one: &Change, other: &Change, so_far: usize) -> Truth {
        let dispatch = self.change(one);
        let between = self.truth.borrow().clone();
        let first = async {
            if let Some(dispatch) = &dispatch {
                self.deliver(dispatch).await;
            }
        };
        let second = async {
            for _ in 0..so_far {
                gives_way().await;
            }
            if let Some(dispatch) = self.change(other) {
                self.deliver(&dispatch).await;
            }
        };
        let bot = async {
            for _ in 0..TURNS {
                self.world.settles().await;
                gives_way().await;
            }
        };
        futures::join!(bot, first, second);
        self.world.settles().await;
        between
    }

    async fn presses(&self, who: &str, button: &str, place: usize) {
        let Some(id) = self.filed.iter().rev().nth(place % self.filed.len().max(1)) else { return };
        if self.truth.borrow().knows(who) {
            let whose = if button == "off" { format!(":{}", POCS[0]) } else { String::new() };
            self.world.member(who).tries(&format!("{button}:{id}{whose}")).await;
        }
    }

    fn unreadable(&mut self, unreadable: bool) {
        self.unreadable = unreadable;
        for call in ["votes", "member"] {
            self.world.chat.break_call(call, unreadable.then(|| ChatError::Transient("503".into())));
        }
    }

    /// Shows the oracle what was written to the log.
    async fn review(&mut self, moments: &[Truth]) -> Result<(), Illegal> {
        for id in self.world.operations().into_iter().filter(|id| !id.0.starts_with("history-")) {
            let seen = self.dockets.get(&id).map_or(0, |docket| docket.seq);
            for recorded in self.world.store.events(&id, seen).await.unwrap() {
                let Some(docket) = self.dockets.get_mut(&id) else {
                    let mut docket = Docket::open(&recorded)?;
                    docket.bar(self.filed.iter().rev().filter_map(|earlier| self.dockets.get(earlier)))?;
                    self.dockets.insert(id.clone(), docket);
                    self.filed.push(id.clone());
                    continue;
                };
                let sufficed = docket.given.is_some() && docket.since.is_none();
                docket.hear(&recorded, moments)?;
                self.tally.started[docket.case as usize] +=
                    usize::from(matches!(recorded.event, Event::Started { .. }));
                self.tally.overruled += usize::from(matches!(recorded.event, Event::Overruled { .. }));
                self.tally.notices += usize::from(matches!(recorded.event, Event::NoticeGiven { .. }));
                self.tally.caught_up += usize::from(matches!(recorded.event, Event::CaughtUp { .. }));
                self.tally.lost += usize::from(sufficed && docket.since.is_some());
            }
        }
        Ok(())
    }

    /// Shows the oracle what was changed in the cloud: each change comes of an operation that has begun, and had not ended
    /// before.
    fn audit(&mut self, over: &[OperationId]) -> Result<(), Illegal> {
        let journal = self.world.cloud.journal();
        for call in &journal[self.calls..] {
            if !CHANGING.contains(&call.verb) {
                continue;
            }
            self.tally.changes += 1;
            let mut going = self.dockets.iter().filter(|(id, _)| !over.contains(id));
            if !going.any(|(_, docket)| docket.covers(call.environment, &call.subject)) {
                return Err(Illegal(format!("nothing that runs may do this: {call}")));
            }
        }
        self.calls = journal.len();
        Ok(())
    }

    /// After the cards were read again the log has the votes that stand, and what they allow goes on.
    fn knows_what_is_so(&self) -> Result<(), Illegal> {
        let truth = self.truth.borrow();
        let now = self.world.clock.now();
        for (id, docket) in self.dockets.iter().filter(|(_, docket)| docket.phase == Phase::Before && !docket.held) {
            let Some(card) = &docket.card else { continue };
            if docket.votes != truth.reactions(card, true) {
                return Err(Illegal(format!("{id}: its votes were not read again: {docket:?}, {truth:?}")));
            }
            if docket.is_due(now) && !self.impostor && docket.allowed(&truth) {
                return Err(Illegal(format!("{id} could go on and does not: {docket:?}, {truth:?}")));
            }
        }
        Ok(())
    }
}

/// The registry knows the tenant, provisioned and found good in these environments.
pub(crate) async fn validated(world: &World, tenant: &str, environments: &[Environment]) {
    let details = details(tenant);
    let stands = |at: &Environment| RegistryChange::Stand(details.tenant.clone(), *at, Standing::Validated);
    let registered = RegistryChange::Register(Box::new(details.clone()));
    let changes: Vec<_> = std::iter::once(registered).chain(environments.iter().map(stands)).collect();
    world.remembers(&details, &changes).await;
}
