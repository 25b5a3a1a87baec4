//! How a world stands in the end, as facts that can be counted: of what is lost there are too few, of what is done twice
//! too many.

use std::collections::BTreeMap;

use landlord_core::fakes::{Call, Content, Request, Verb};
use landlord_core::operation::{Operation, StepState};
use landlord_core::ports::{Message, Store as _, TenantFilter};

use crate::stage::Stage;

/// Facts, and how often each of them is so.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    facts: BTreeMap<String, usize>,
    mails: BTreeMap<String, usize>,
}

/// How a world differs from the one in which nothing happened.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
}

impl Difference {
    pub(crate) fn is_none(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty()
    }
}

impl Ending {
    fn is(&mut self, fact: impl Into<String>) {
        *self.facts.entry(fact.into()).or_default() += 1;
    }

    /// How this differs from the other, after so many crashes. Each mail may have been sent once more for each of them: e-mail
    /// cannot be sent exactly once.
    pub(crate) fn differs_from(&self, other: &Self, crashes: usize) -> Difference {
        let mut difference = Difference::default();
        difference.count(&other.facts, &self.facts, 0);
        difference.count(&other.mails, &self.mails, crashes);
        difference
    }

    /// How the world of the stage stands.
    pub(crate) async fn of(stage: &Stage<'_>) -> Self {
        let mut ending = Self::default();
        ending.of_the_cloud(stage).await;
        ending.of_the_registry(stage).await;
        for request in stage.world.requests() {
            let operation = request.operation();
            let neutral = Neutral::of(&operation, stage);
            ending.of_the_operation(&operation, &neutral);
            ending.of_the_chat(stage, &request, &neutral);
            for key in operation.plan.locks() {
                if stage.world.store.holder(&key).await.unwrap().is_some() {
                    ending.is(format!("{key} is held"));
                }
            }
        }
        for mail in stage.world.notifier.sent() {
            let line = format!("mail of {} to {}: {}", mail.environment, mail.to, mail.subject);
            *ending.mails.entry(line).or_default() += 1;
        }
        ending
    }

    async fn of_the_cloud(&mut self, stage: &Stage<'_>) {
        let calls = stage.world.cloud.journal();
        for effect in calls.iter().filter_map(effect) {
            self.is(effect);
        }
        for line in stage.standing().await.lines() {
            self.is(line);
        }
        for subject in stage.subjects() {
            let runs = stage.world.cloud.serving(&subject);
            self.is(format!("revision and tasks of {}: {runs:?}", subject.tenancy));
            self.is(format!("logs of {} are kept {:?} days", subject.tenancy, stage.world.cloud.retention(&subject)));
        }
    }

    async fn of_the_registry(&mut self, stage: &Stage<'_>) {
        for deleted in [false, true] {
            let filter = TenantFilter { deleted, ..TenantFilter::default() };
            for tenant in stage.world.store.tenants(&filter, 0, 100).await.unwrap().rows {
                let of = &tenant.details;
                let deleted = tenant.deleted.is_some();
                self.is(format!(
                    "registered: {} {} {} {:?} deleted: {deleted}",
                    of.tenant, of.company, of.size, tenant.standings
                ));
            }
        }
    }

    fn of_the_operation(&mut self, operation: &Operation, neutral: &Neutral) {
        let Operation { state, approvals, owners_told, off, decided_by, validated_by, diagnosis, .. } = operation;
        self.is(format!("one operation: {state:?}, approved by {approvals:?}, decided by {decided_by:?}"));
        self.is(format!("validated by {validated_by:?}, off {off:?}, diagnosis {diagnosis:?}"));
        self.is(format!("told {:?}, all in the thread: {}", owners_told.keys(), operation.is_told()));
        for vote in &operation.votes {
            self.is(format!("vote of {}", vote.member.person));
        }
        for (place, (planned, step)) in operation.plan.steps.iter().zip(&operation.steps).enumerate() {
            let undone = step.state == StepState::Undone && !step.left;
            let note = if undone { String::new() } else { neutral.line(&step.note) };
            self.is(format!("step {place} {}: {:?} {:?} {note}", planned.step, step.state, step.effect));
            for proof in &step.proofs {
                self.is(format!("proof of {place} {}: {}", proof.item, neutral.line(&proof.proof)));
            }
        }
    }

    fn of_the_chat(&mut self, stage: &Stage<'_>, request: &Request<'_>, neutral: &Neutral) {
        for posted in stage.world.chat.all_messages() {
            match posted.content {
                Content::Card(_) => {
                    self.is(format!(
                        "a card stands in {}, offers votes: {}",
                        posted.place.channel, posted.offers_votes
                    ));
                }
                Content::Message(Message { text, calls, files }) => {
                    // That it was away is said only where it was, and how often a step was tried is no matter.
                    let passing = ["Away", "· trying again"];
                    for line in text.lines().filter(|line| !passing.iter().any(|words| line.contains(words))) {
                        self.is(format!("said: {}", neutral.line(line)));
                    }
                    for call in calls {
                        self.is(format!("calls {call:?}"));
                    }
                    for file in files {
                        self.is(format!("a file: {}", neutral.line(&file.name)));
                    }
                }
            }
        }
        for _ in stage.world.chat.threads() {
            self.is("a thread stands");
        }
        if request.posted().is_some() {
            self.is(format!("the card:\n{}", neutral.line(&request.card().text())));
        }
        for place in stage.world.cloud.backups() {
            self.is(format!("backup {}", neutral.line(&place)));
        }
    }
}

impl Difference {
    fn count(&mut self, before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>, more: usize) {
        for (fact, times) in before {
            let now = after.get(fact).copied().unwrap_or_default();
            if now < *times {
                self.lost.push(format!("{now} instead of {times}: {fact}"));
            }
        }
        for (fact, times) in after {
            let then = before.get(fact).copied().unwrap_or_default();
            if *times > then * (1 + more) {
                self.doubled.push(format!("{times} instead of {then}: {fact}"));
            }
        }
    }
}

/// What the call has changed, resource by resource; none where it found things as it wants them.
fn effect(call: &Call) -> Option<String> {
    let outcome = call.outcome.as_ref().ok()?;
    let changed = match call.verb {
        Verb::Ensure => outcome == "created",
        Verb::Remove | Verb::ForceRemove => outcome != "removed 0",
        Verb::Scale => outcome.starts_with("scaled"),
        Verb::PutBack => outcome.starts_with("put back"),
        Verb::PreserveLogs => outcome.starts_with("lifted"),
        Verb::Resize => outcome.starts_with("registered"),
        Verb::Retire => outcome.starts_with("retired"),
        Verb::Deploy => outcome.starts_with("deployed"),
        // The first look at a backup starts it.
        Verb::BackUp => outcome.contains("PROVISIONING"),
        _ => false,
    };
    let Call { verb, environment, kind, subject, .. } = call;
    let kind = kind.map_or(String::new(), |kind| format!(" {kind}"));
    changed.then(|| format!("effect: {verb} {environment}/{subject}{kind}: {outcome}"))
}

/// Text without what differs from run to run.
struct Neutral {
    id: String,
    digest: String,
    /// The ids and digests of the other operations of the story.
    others: Vec<String>,
}

impl Neutral {
    fn of(operation: &Operation, stage: &Stage<'_>) -> Self {
        let all = stage.world.requests().into_iter().map(|request| request.operation());
        let others = all.filter(|other| other.id != operation.id);
        let others = others.flat_map(|other| [other.id.0.clone(), other.digest[..12].to_owned()]).collect();
        Self { id: operation.id.0.clone(), digest: operation.digest[..12].to_owned(), others }
    }

    /// Without the numbers of the e-mails in it, and without which of two tries did it.
    fn line(&self, line: &str) -> String {
        // A roll back does not log that it begins to undo a step: what the try before has removed is not there any more.
        if let Some((undone, _)) = line.split_once(" · removed ").filter(|_| line.starts_with("↩️")) {
            return format!("{undone} · was not there");
        }
        let line = line.replace(&self.id, "OPERATION").replace(&self.digest, "DIGEST");
        let line = self.others.iter().fold(line, |line, other| line.replace(other, "ANOTHER"));
        let mut parts = line.split("mail-");
        let first = parts.next().unwrap_or_default().to_owned();
        let line = parts
            .fold(first, |text, part| format!("{text}mail-{}", part.trim_start_matches(|c: char| c.is_ascii_digit())));
        // What an earlier try has removed is told in other words.
        timeless(&line.replace("gone since an earlier try: ", "removed "))
    }
}

/// Without the times of day in it: a crash takes time.
fn timeless(line: &str) -> String {
    let mut parts = line.split("<t:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let of_day = rest.starts_with(":t>") || rest.starts_with(":T>");
        format!("{text}<t:{}", if of_day { rest } else { part })
    })
}
