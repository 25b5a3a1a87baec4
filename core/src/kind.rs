//! The ten kinds of resources that a tenant has in an environment, in THE order (playbook 6.2).
//!
//! Deletion walks the list forward, provisioning walks it backward. Nothing else in the house knows an order.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of resource. `Kind as usize` is its place in the order of deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// ECS service; scaled to zero before it goes.
    Service,
    /// Listener rule on the environment's load balancer: host name to target group.
    ListenerRule,
    /// Target group of the service's tasks.
    TargetGroup,
    /// Route 53 record of the tenant's host name.
    DnsRecord,
    /// ECS task definition family, all revisions.
    TaskDefinition,
    /// EFS access points; a tenant may have several.
    AccessPoint,
    /// MySQL user with its grants.
    DatabaseUser,
    /// MySQL database.
    Database,
    /// Secrets Manager secret with the database's credentials.
    Secret,
    /// CloudWatch log group.
    LogGroup,
}

impl Kind {
    /// All ten in the order of deletion.
    pub const DELETION_ORDER: [Self; 10] = [
        Self::Service,
        Self::ListenerRule,
        Self::TargetGroup,
        Self::DnsRecord,
        Self::TaskDefinition,
        Self::AccessPoint,
        Self::DatabaseUser,
        Self::Database,
        Self::Secret,
        Self::LogGroup,
    ];

    /// All ten in the order of provisioning.
    pub fn provisioning_order() -> impl Iterator<Item = Self> {
        Self::DELETION_ORDER.into_iter().rev()
    }

    /// The kind in words, as in `commands/`, chat and docs: `listener rule`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::ListenerRule => "listener rule",
            Self::TargetGroup => "target group",
            Self::DnsRecord => "dns record",
            Self::TaskDefinition => "task definition",
            Self::AccessPoint => "access point",
            Self::DatabaseUser => "database user",
            Self::Database => "database",
            Self::Secret => "secret",
            Self::LogGroup => "log group",
        }
    }

    /// The kinds that must stand before this one can be made, and that cannot go while it stands.
    pub fn needs(self) -> &'static [Self] {
        match self {
            Self::Service => &[Self::TaskDefinition, Self::TargetGroup, Self::ListenerRule],
            Self::ListenerRule => &[Self::TargetGroup],
            Self::TaskDefinition => &[Self::AccessPoint, Self::Secret, Self::LogGroup],
            Self::DatabaseUser => &[Self::Database, Self::Secret],
            Self::TargetGroup
            | Self::DnsRecord
            | Self::AccessPoint
            | Self::Database
            | Self::Secret
            | Self::LogGroup => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn the_order_of_deletion_never_removes_what_another_kind_still_needs() {
        for (place, kind) in Kind::DELETION_ORDER.into_iter().enumerate() {
            for needed in kind.needs() {
                let later = Kind::DELETION_ORDER.iter().position(|k| k == needed);
                assert!(later > Some(place), "{kind} needs {needed}, which goes before it");
            }
        }
    }
}
