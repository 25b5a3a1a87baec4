//! What an entry of the table of causes is.

use crate::ports::{Place, Sign};

/// Why a tenant does not work, and how that shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Cause {
    /// A short name, one of its own, at most 24 characters where it is the reason of a command and 45 elsewhere: `image cannot be pulled`.
    pub name: &'static str,
    /// Where the playbook is about it.
    pub section: Section,
    /// What the registry must say.
    pub when: When,
    /// What speaks for it: one of these is enough.
    pub clues: &'static [Clue],
    /// How much it explains.
    pub reach: Reach,
    /// What it means and what to do, for people.
    pub advice: &'static str,
    /// The command that would mend it, where there is one.
    pub mend: Option<Mend>,
}

/// Something that speaks for a cause: one of the signs at one of the places, in one of the words.
#[derive(Debug, PartialEq, Eq)]
pub struct Clue {
    /// Where.
    pub places: &'static [Place],
    /// As what.
    pub signs: &'static [Sign],
    /// What the provider says, as small letters; any words where there are none. An ellipsis stands for whatever is between.
    pub words: &'static [&'static str],
}

impl Clue {
    /// A sign that says enough by itself.
    pub const fn sign(places: &'static [Place], signs: &'static [Sign]) -> Self {
        Self { places, signs, words: &[] }
    }

    /// Words, with the signs that they may come with.
    pub const fn words(places: &'static [Place], signs: &'static [Sign], words: &'static [&'static str]) -> Self {
        Self { places, signs, words }
    }
}

/// How much a cause explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Exactly this: it is said wherever it fits.
    Exact,
    /// A class of troubles: it is said of what no exact cause explains.
    Broad,
    /// What follows from other causes as well: it is said only where no other fits.
    Last,
}

/// What the registry must say for a cause to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whatever it says.
    Always,
    /// The tenant is in the environment, cut off or not.
    Here,
    /// The same, and it is not cut off.
    Open,
    /// It is cut off there (playbook 4.1).
    Shut,
    /// It is there and was not brought to its end, or it is not there.
    Unfinished,
    /// It is not there.
    Absent,
    /// The session with the account is not sound; nothing else is known then.
    NoSession,
}

/// A command that mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mend {
    /// Creates what is missing.
    Heal,
    /// Puts back what an emergency cut off.
    Reopen,
    /// Goes back to an earlier revision.
    RollBack,
    /// Gives the tasks a larger size.
    Enlarge,
    /// Lets one task run again.
    RunOne,
    /// Shows what is left over, to be adopted or removed.
    Orphans,
}

impl Mend {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Heal, Self::Reopen, Self::RollBack, Self::Enlarge, Self::RunOne, Self::Orphans];

    /// The command.
    pub fn command(self) -> &'static str {
        match self {
            Self::Heal => "tenant heal",
            Self::Reopen => "tenant reopen",
            Self::RollBack => "tenant rollback",
            Self::Enlarge | Self::RunOne => "tenant scale",
            Self::Orphans => "tenant orphans",
        }
    }

    /// Its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Heal => "Heal",
            Self::Reopen => "Reopen",
            Self::RollBack => "Roll back",
            Self::Enlarge => "Scale",
            Self::RunOne => "Run one task",
            Self::Orphans => "Orphans",
        }
    }
}

/// A part of the playbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// 3.1, Database Creation Failed.
    Database,
    /// 3.1, ECS Service Won't Start.
    Start,
    /// 3.1, ALB Health Check Failing.
    Health,
    /// 3.2, Cannot Delete ECS Service.
    Service,
    /// 3.2, Cannot Delete Target Group.
    TargetGroup,
    /// 3.2, Task Fails to Run for Database Cleanup.
    CleanUp,
    /// 3.3, Tenant Exists in Some Environments But Not Others.
    Existence,
    /// 3.3, AWS SSO Session Issues.
    Session,
    /// 4.3, Orphaned Resource Cleanup.
    Orphans,
}

impl Section {
    /// All of them, in the playbook's order.
    pub const ALL: [Self; 9] = [
        Self::Database,
        Self::Start,
        Self::Health,
        Self::Service,
        Self::TargetGroup,
        Self::CleanUp,
        Self::Existence,
        Self::Session,
        Self::Orphans,
    ];

    /// Its number in the playbook.
    pub fn number(self) -> &'static str {
        match self {
            Self::Database | Self::Start | Self::Health => "3.1",
            Self::Service | Self::TargetGroup | Self::CleanUp => "3.2",
            Self::Existence | Self::Session => "3.3",
            Self::Orphans => "4.3",
        }
    }

    /// What it is about, in the playbook's words but for capitals.
    pub fn title(self) -> &'static str {
        match self {
            Self::Database => "database creation failed",
            Self::Start => "service won't start",
            Self::Health => "health check failing",
            Self::Service => "cannot delete ECS service",
            Self::TargetGroup => "cannot delete target group",
            Self::CleanUp => "database clean-up",
            Self::Existence => "tenant exists in some environments but not others",
            Self::Session => "AWS SSO session issues",
            Self::Orphans => "orphaned resource clean-up",
        }
    }

    /// What it says to look at, where no cause is found: a sentence without its full stop.
    pub fn hint(self) -> String {
        format!("Playbook {}, {}: {}", self.number(), self.title(), self.advice())
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Database => {
                "see whether database and user exist. If they exist but the tenant does not, they are orphans: remove them"
            }
            Self::Start => {
                "the secret must exist, the image must be readable from ECR, subnets and security groups must be right"
            }
            Self::Health => {
                "the health check's path must exist, the load balancer must reach the tasks through the security groups, and the \
                 task must listen on its port"
            }
            Self::Service => "its tasks drain for up to 5 minutes",
            Self::TargetGroup => {
                "a listener rule that forwards to it goes first. A rule that is somebody else's is left alone: mend it by hand"
            }
            Self::CleanUp => {
                "the server must be reachable, and a clean-up that runs as a task must use a task definition without the tenant's \
                 secret"
            }
            Self::Existence => "compare the environments with `/tenant audit`",
            Self::Session => "log in to each profile again and compare `aws sts get-caller-identity`",
            Self::Orphans => "look at what is left over with `/tenant orphans`",
        }
    }
}

impl std::fmt::Display for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "playbook {}, {}", self.number(), self.title())
    }
}
