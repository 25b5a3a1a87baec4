//! What stands of tenants held against what should stand (playbook 3.3): a matrix of kinds and environments.
//!
//! Architecture invariant: what is seen and what is made of it are apart. `judge` is pure; `look` looks at one tenant closely, and
//! the inventories of many come from [`crate::inventory`]. Nothing here changes anything, and what could not be seen is never
//! taken for missing.

mod judge;
mod look;

use time::OffsetDateTime;

use crate::inventory::{Seal, Unread};
use crate::kind::Kind;
use crate::plan::OperationId;
use crate::ports::Standing;
use crate::size::Size;
use crate::tenant::{Environment, Tenancy};

pub use judge::{by_list, by_look};
pub use look::{Sight, look};

/// How a kind stands with a tenant in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It stands, as it should.
    Stands,
    /// Nothing is there, and nothing should be.
    Absent,
    /// It is not as with other tenants, and is meant so: a tenant that is shut down has no rule, and a deletion may keep logs.
    Meant,
    /// It should stand, and is not there.
    Missing,
    /// There is more than there should be.
    Extra,
    /// It stands, and is not as it should be: somebody else's, or led elsewhere, or of another size.
    Different,
    /// It could not be seen.
    Unseen,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Stands, Self::Absent, Self::Meant, Self::Missing, Self::Extra, Self::Different, Self::Unseen];

    /// The mark as a word, as in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::Absent => "absent",
            Self::Meant => "meant",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Different => "different",
            Self::Unseen => "unseen",
        }
    }

    /// Whether somebody should see to it.
    pub fn off(self) -> bool {
        matches!(self, Self::Missing | Self::Extra | Self::Different)
    }
}

/// A field of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The kind.
    pub kind: Kind,
    /// How it stands.
    pub mark: Mark,
    /// What was found, by what the provider calls it.
    pub found: Vec<String>,
    /// What there is to say of it, in the provider's words where they are the provider's.
    pub notes: Vec<String>,
}

/// A tenant in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The tenant and the environment.
    pub tenancy: Tenancy,
    /// How it stands there by the registry; none where it does not.
    pub standing: Option<Standing>,
    /// The open operation that works on it there, so that what is seen may be on the way.
    pub worked_on: Option<OperationId>,
    /// The ten kinds in the order of deletion.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The kinds of a mark.
    pub fn kinds(&self, mark: Mark) -> impl Iterator<Item = Kind> {
        self.cells.iter().filter(move |cell| cell.mark == mark).map(|cell| cell.kind)
    }

    /// Whether somebody should see to something of it.
    pub fn off(&self) -> bool {
        self.cells.iter().any(|cell| cell.mark.off())
    }

    /// Whether healing is what it needs: it should stand, and something of it is missing.
    pub fn heals(&self) -> bool {
        let stands = matches!(self.standing, Some(Standing::Active | Standing::Validated | Standing::Incomplete));
        stands && self.kinds(Mark::Missing).next().is_some()
    }
}

/// Who answered for an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The environment.
    pub environment: Environment,
    /// Who answered; none where the environment is not configured. Unless it is the configured account, nothing was looked at.
    pub seal: Option<Seal>,
    /// The kinds of which no list could be read, and why.
    pub unread: Vec<(Kind, Unread)>,
    /// How many resources bear the name of a tenant that the registry does not know, or knows as deleted, or a host label that
    /// nobody has.
    pub orphans: usize,
}

/// What an audit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// When it was made.
    pub at: OffsetDateTime,
    /// The environments that were asked about, in the order of promotion.
    pub places: Vec<Place>,
    /// The tenants in these environments, by tenant and environment. Of an environment that could not be seen every kind is
    /// [`Mark::Unseen`].
    pub rows: Vec<Row>,
}

impl Audit {
    /// How many fields have a mark.
    pub fn count(&self, mark: Mark) -> usize {
        self.rows.iter().map(|row| row.kinds(mark).count()).sum()
    }
}

/// What the log says of a tenant's service in an environment, and of what is left of it there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The size that it was given last; none where that is not known.
    pub size: Option<Size>,
    /// How many tasks it was last told to want; none where nobody said so.
    pub desired: Option<u32>,
    /// Whether it was deleted there, and its logs were to be kept.
    pub logs_kept: bool,
}
