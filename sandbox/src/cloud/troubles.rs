//! The troubles that the page offers, in people's words and under what they are about.

use landlord_core::fakes::Ailment;
use serde_json::{Value, json};

/// What a trouble is about: the headings of the list, in its order.
const TOPICS: [&str; 4] = ["Tasks do not start", "The site is not healthy", "The database", "Deletions"];

/// Every trouble as `{"trouble","topic","words"}`, topic by topic.
pub(super) fn offered() -> Vec<Value> {
    let of = |topic: &'static str| {
        let those = Ailment::ALL.into_iter().map(|trouble| (trouble, described(trouble)));
        those
            .filter(move |(_, (about, _))| *about == topic)
            .map(|(trouble, (topic, words))| json!({ "trouble": trouble, "topic": topic, "words": words }))
    };
    TOPICS.into_iter().flat_map(of).collect()
}

/// What it is about, and what goes wrong.
fn described(trouble: Ailment) -> (&'static str, &'static str) {
    let [start, health, database, deletion] = TOPICS;
    match trouble {
        Ailment::ImageNotFound => (start, "the image is not in its registry"),
        Ailment::NoRegistry => (start, "the registry is not reached"),
        Ailment::RoleDenied => (start, "the role may not read the secret"),
        Ailment::SecretWithoutKey => (start, "the secret lacks a key"),
        Ailment::NoMount => (start, "the file system does not answer"),
        Ailment::OutOfMemory => (start, "the container runs out of memory"),
        Ailment::Crashing => (start, "the container ends by itself"),
        Ailment::NoCapacity => (start, "there is no capacity left"),
        Ailment::DeploymentFails => (start, "the deployment fails"),
        Ailment::PathNotFound => (health, "the health check gets 404"),
        Ailment::ServerError => (health, "the health check gets 500"),
        Ailment::HealthTimeout => (health, "the health check times out"),
        Ailment::PortClosed => (health, "nothing listens on the port"),
        Ailment::SickTargets => (health, "the load balancer calls targets unwell"),
        Ailment::SlowHealth => (health, "the first health checks still run"),
        Ailment::NoTargets => (health, "no target is registered"),
        Ailment::TargetsLeave => (health, "targets are being taken away"),
        Ailment::NoGrants => (database, "the user has no grants"),
        Ailment::CleanUpFails => (database, "its clean-up cannot read the secret"),
        Ailment::StuckTasks => (deletion, "tasks never drain"),
        Ailment::FailingBackup => (deletion, "every backup fails"),
        Ailment::EmptyBackup => (deletion, "every backup is empty"),
    }
}
