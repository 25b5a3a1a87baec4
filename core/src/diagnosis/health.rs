//! Playbook 3.1, ALB health check failing: what the targets' reason codes tell (Elastic Load Balancing: `TargetHealth`).

use super::{Cause, Clue, Mend, Reach, Section, When};
use crate::ports::{Place, Sign};

const fn target(name: &'static str, clues: &'static [Clue], advice: &'static str) -> Cause {
    Cause { name, section: Section::Health, when: When::Here, clues, reach: Reach::Exact, advice, mend: None }
}

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        mend: Some(Mend::RollBack),
        ..target(
            "health path not found",
            &[Clue::words(&[Place::Targets], &[Sign::Mismatch], &["404"])],
            "The task answers 404 where the load balancer asks whether it is well: `/wp-admin/install.php` is not in the image, or \
             the path of the target group was changed. Roll back to a revision that ran, or set the path right.",
        )
    },
    Cause {
        reach: Reach::Broad,
        mend: Some(Mend::RollBack),
        ..target(
            "health check gets errors",
            &[Clue::sign(&[Place::Targets], &[Sign::Mismatch])],
            "The task answers, and not with the status that the target group wants: its log says why. WordPress answers 500 where \
             it does not reach its database.",
        )
    },
    target(
        "health check times out",
        &[Clue::sign(&[Place::Targets], &[Sign::Timeout])],
        "The load balancer does not reach the task: the task's security group must let in its port from the load balancer's. If it \
         does, the task is too slow to answer: look at its use of CPU and memory.",
    ),
    Cause {
        mend: Some(Mend::RollBack),
        ..target(
            "connection refused",
            &[Clue::sign(&[Place::Targets], &[Sign::Refused])],
            "The task runs and nothing listens on the port of the target group: the image listens on another port, or the web \
             server in it does not run. Roll back to a revision that ran.",
        )
    },
    Cause {
        reach: Reach::Broad,
        ..target(
            "targets are not healthy",
            &[Clue::sign(&[Place::Targets], &[Sign::Unhealthy])],
            "The load balancer says that the targets are not well; its words say why.",
        )
    },
    Cause {
        reach: Reach::Last,
        ..target(
            "first health checks still run",
            &[Clue::sign(&[Place::Targets], &[Sign::Starting])],
            "The load balancer has not seen enough health checks yet. It takes a few minutes; ask again then.",
        )
    },
    Cause {
        reach: Reach::Last,
        ..target(
            "no target is registered",
            &[Clue::sign(&[Place::Targets], &[Sign::Unregistered])],
            "No task of the service is registered with the target group: none runs yet, or the service was made without it.",
        )
    },
    Cause {
        reach: Reach::Last,
        ..target(
            "targets are being taken away",
            &[Clue::sign(&[Place::Targets], &[Sign::Going])],
            "The load balancer lets the connections of an old task run out, which takes up to 5 minutes. Ask again then.",
        )
    },
];
