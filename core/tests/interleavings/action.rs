//! What can happen in a story, and how likely it is.

use landlord_core::ports::Vote;
use landlord_core::role::Role;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The people, with the roles that they hold at first.
pub(crate) const PEOPLE: [(&str, &[Role]); 7] = [
    ("operator", &[Role::Operator]),
    ("team-lead", &[Role::Operator, Role::TeamLead]),
    ("devops-lead", &[Role::Operator, Role::DevopsLead]),
    ("devops-lead-2", &[Role::Operator, Role::DevopsLead]),
    ("product-owner", &[Role::Operator, Role::ProductOwner]),
    ("double-hat", &[Role::Operator, Role::DevopsLead, Role::ProductOwner]),
    ("newcomer", &[]),
];

/// What somebody may come to hold.
const HATS: [&[Role]; 7] = [
    &[],
    &[Role::Operator],
    &[Role::Operator, Role::TeamLead],
    &[Role::Operator, Role::DevopsLead],
    &[Role::Operator, Role::ProductOwner],
    &[Role::Operator, Role::DevopsLead, Role::ProductOwner],
    &[Role::TeamLead, Role::DevopsLead, Role::ProductOwner],
];

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    /// A tenant in SIT.
    Sit,
    /// A tenant in PROD.
    Prod,
    /// A tenant's deletion from PROD, with a day's notice.
    Deletion,
    /// The deletion of all proofs of concept in DEV.
    Bulk,
    /// The shutdown in PROD of the tenant that is deleted in other cases; nobody approves it.
    Shutdown,
    /// The reopening in PROD of a tenant that a DevOps Lead has shut down.
    Reopening,
}

/// Something that somebody does or that happens to them.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// Puts a reaction under a card: one of those filed so far, the old ones among them.
    Put(&'static str, Vote, usize),
    /// Takes it back.
    Take(&'static str, Vote, usize),
    /// Holds these roles from now on.
    Holds(&'static str, &'static [Role]),
    /// Leaves the server; the reactions stay.
    Leaves(&'static str),
}

/// How the chat tells the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// At once.
    Now,
    /// Not at all.
    Never,
    /// Some time, in any order; with the roles of now.
    Late,
    /// At once, and once more.
    Twice,
}

/// One thing after another.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// A request is filed, anew where it was filed before.
    File(Case, &'static str),
    /// Something changes in the chat.
    Do(Change, Heard),
    /// Two changes: the second while the bot is so far with what follows from the first.
    Together(Change, Change, usize),
    /// One of the late dispatches comes.
    Comes(usize),
    /// The dispatch that came last comes again.
    Again,
    /// A button is pressed, by anybody.
    Presses(&'static str, &'static str, usize),
    /// Minutes pass.
    Passes(i64),
    /// The gateway is away: nothing is heard, and the bot goes on with what it knows.
    GoesDeaf,
    /// The gateway is back, and the cards are read again.
    Hears,
    /// The process ends, now or at that point between two effects.
    Stops(Option<usize>),
    /// Another begins.
    Restarts,
    /// From now on the chat answers no question, or answers again.
    Unreadable(bool),
    /// From now on another account answers, or the right one again.
    Impostor(bool),
}

/// A story: somebody asks for something, and then it goes on.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// The first request.
    pub(crate) first: (Case, &'static str),
    /// What follows.
    pub(crate) then: Vec<Action>,
}

/// All stories.
pub(crate) fn stories() -> impl Strategy<Value = Story> {
    ((case(), requester()), vec(action(), 4..18)).prop_map(|(first, then)| Story { first, then })
}

fn case() -> impl Strategy<Value = Case> {
    prop_oneof![
        3 => Just(Case::Sit),
        4 => Just(Case::Prod),
        4 => Just(Case::Deletion),
        2 => Just(Case::Bulk),
        2 => Just(Case::Shutdown),
        2 => Just(Case::Reopening),
    ]
}

/// Mostly somebody who has no say in it.
fn requester() -> impl Strategy<Value = &'static str> {
    prop_oneof![2 => Just("operator"), 1 => who()]
}

fn who() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        1 => Just("operator"),
        3 => Just("team-lead"),
        5 => Just("devops-lead"),
        1 => Just("devops-lead-2"),
        3 => Just("product-owner"),
        2 => Just("double-hat"),
        1 => Just("newcomer"),
    ]
}

fn card() -> impl Strategy<Value = usize> {
    0..4_usize
}

fn vote() -> impl Strategy<Value = Vote> {
    prop_oneof![12 => Just(Vote::Approve), 1 => Just(Vote::Reject)]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        12 => (who(), vote(), card()).prop_map(|(who, vote, card)| Change::Put(who, vote, card)),
        4 => (who(), vote(), card()).prop_map(|(who, vote, card)| Change::Take(who, vote, card)),
        4 => (who(), select(&HATS)).prop_map(|(who, hats)| Change::Holds(who, hats)),
        1 => who().prop_map(Change::Leaves),
    ]
}

fn heard() -> impl Strategy<Value = Heard> {
    prop_oneof![7 => Just(Heard::Now), 2 => Just(Heard::Never), 2 => Just(Heard::Late), 1 => Just(Heard::Twice)]
}

/// What stands on buttons, as on cards old and new.
const BUTTONS: [&str; 8] = ["cancel", "retry", "leave", "unwind", "told", "skip", "force", "off"];

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => (case(), requester()).prop_map(|(case, who)| Action::File(case, who)),
        16 => (change(), heard()).prop_map(|(change, heard)| Action::Do(change, heard)),
        5 => (change(), change(), 0..24_usize).prop_map(|(one, other, so_far)| Action::Together(one, other, so_far)),
        2 => (0..3_usize).prop_map(Action::Comes),
        1 => Just(Action::Again),
        2 => (who(), select(&BUTTONS), card()).prop_map(|(who, button, card)| Action::Presses(who, button, card)),
        5 => select(&[1, 239, 240, 600, 1_439, 1_440, 1_500]).prop_map(Action::Passes),
        1 => Just(Action::GoesDeaf),
        2 => Just(Action::Hears),
        2 => proptest::option::of(0..120_usize).prop_map(Action::Stops),
        3 => Just(Action::Restarts),
        1 => prop_oneof![1 => Just(true), 2 => Just(false)].prop_map(Action::Unreadable),
        1 => prop_oneof![1 => Just(true), 2 => Just(false)].prop_map(Action::Impostor),
    ]
}
