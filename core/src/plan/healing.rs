//! What is missing of a site that stands and is to be whole again.

use serde::{Deserialize, Serialize};

use super::Resource;
use crate::kind::Kind;
use crate::ports::Standing;

/// What a healing found of its site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healing {
    /// How the tenant stood in the registry.
    pub standing: Standing,
    /// What is missing, by the names that it will have, in the order in which it is made; never empty.
    pub makes: Vec<Resource>,
}

impl Healing {
    /// Whether the kind is missing.
    pub fn makes(&self, kind: Kind) -> bool {
        self.makes.iter().any(|resource| resource.kind == kind)
    }

    /// Whether log lines can be waited for: tasks that ran before their log group was made may never write into it.
    pub fn logs(&self) -> bool {
        self.makes(Kind::Service) || !self.makes(Kind::LogGroup)
    }

    /// Whether the kind is to be made sure of. A task definition that stands stays as it is, whatever its size and image, unless
    /// something that it refers to by its id is made anew.
    pub fn wants(&self, kind: Kind) -> bool {
        let referred = [Kind::TaskDefinition, Kind::AccessPoint, Kind::Secret];
        kind != Kind::TaskDefinition || referred.into_iter().any(|one| self.makes(one))
    }
}
