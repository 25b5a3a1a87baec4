//! An emergency: who ordered it and why, whom it calls, and what it took precedence over.

use serde::{Deserialize, Serialize};

use crate::plan::OperationId;
use crate::role::{Person, Role};

/// What an incident is told by. It is part of the plan, since steps know nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Who ordered it.
    pub by: Person,
    /// Why.
    pub reason: String,
    /// Whom its thread calls when it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Role>,
    /// The operations that ended where they stood, so that this one could begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<OperationId>,
}
