//! The questions about a whole environment.

use super::trial::{Broken, Trial, hold};
use crate::kind::Kind;
use crate::ports::{Blueprint, Subject};

/// More pages than any world of tests has.
const PAGES_MAX: usize = 10_000;

pub(super) async fn account_is_twelve_digits(trial: &Trial<'_>) -> Result<(), Broken> {
    let account = trial.cloud().account(trial.environment).await.map_err(Broken::new)?;
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    hold!(digits, "{account} is no account");
    Ok(())
}

pub(super) async fn inventory_lists_what_stands(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let id = tenant.subject.tenancy.tenant.clone();
    let mut built = vec![(tenant.subject.clone(), trial.build(&tenant).await?)];
    for number in 1..=5 {
        let other = trial.tenant_named(&format!("{id}-{number}"), trial.environment)?;
        built.push((other.subject.clone(), trial.build(&other).await?));
    }
    let expected = |kind: Kind| -> Vec<String> {
        let of_kind = built.iter().flat_map(|(subject, all)| all.iter().map(move |(k, found)| (subject, *k, found)));
        let mut names: Vec<String> = of_kind
            .filter(|(_, k, _)| *k == kind)
            .map(|(subject, _, found)| trial.world().listed_as(kind, subject, found))
            .collect();
        names.sort();
        names
    };
    for kind in Kind::DELETION_ORDER {
        let expected = expected(kind);
        let listed = walk(trial, kind, |name| name.contains(id.as_str()) || expected.contains(name)).await?;
        hold!(listed == expected, "inventory of {kind}: {listed:?} instead of {expected:?}");
    }
    for (subject, _) in &built {
        trial.demolish(subject).await?;
    }
    for kind in Kind::DELETION_ORDER {
        let expected = expected(kind);
        let left = walk(trial, kind, |name| name.contains(id.as_str()) || expected.contains(name)).await?;
        hold!(left.is_empty(), "inventory of {kind} still lists {left:?}");
    }
    Ok(())
}

/// The wanted names of the kind over all pages, sorted.
pub(super) async fn walk(
    trial: &Trial<'_>,
    kind: Kind,
    wanted: impl Fn(&String) -> bool + Send,
) -> Result<Vec<String>, Broken> {
    let mut names = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = trial.cloud().inventory(kind, trial.environment, next.as_deref()).await;
        let page = page.map_err(|error| Broken(format!("inventory of {kind}: {error}")))?;
        names.extend(page.names.into_iter().filter(&wanted));
        match page.next {
            None => {
                names.sort();
                return Ok(names);
            }
            Some(token) => {
                hold!(Some(&token) != next.as_ref(), "inventory of {kind}: page {token} is followed by itself");
                next = Some(token);
            }
        }
    }
    Err(Broken(format!("inventory of {kind} has no end")))
}

pub(super) async fn host_is_taken_for_others(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let other = trial.tenant()?;
    let rival = Subject { subdomain: tenant.subject.subdomain.clone(), ..other.subject };

    let before = taken(trial, &tenant.subject).await?;
    hold!(before.is_none(), "a new host name is taken: {before:?}");
    trial.build(&tenant).await?;
    let own = taken(trial, &tenant.subject).await?;
    hold!(own.is_none(), "the tenant's own host name is taken for itself: {own:?}");
    hold!(taken(trial, &rival).await?.is_some(), "a host name in use is free for another tenant");
    trial.demolish(&tenant.subject).await?;
    let after = taken(trial, &rival).await?;
    hold!(after.is_none(), "a host name is taken after its tenant went: {after:?}");
    Ok(())
}

async fn taken(trial: &Trial<'_>, subject: &Subject) -> Result<Option<String>, Broken> {
    trial.cloud().host_taken(subject).await.map_err(Broken::new)
}

pub(super) async fn room_falls_and_comes_back(trial: &Trial<'_>) -> Result<(), Broken> {
    let tenant = trial.tenant()?;
    let before = free(trial, &tenant).await?;
    hold!(placed(trial, &tenant).await?.is_none(), "who stands nowhere is on a load balancer");
    trial.build(&tenant).await?;
    let (on, during) = (placed(trial, &tenant).await?, free(trial, &tenant).await?);
    hold!(on.as_ref() == Some(&tenant.load_balancer), "it is on {on:?}, and was placed on {}", tenant.load_balancer);
    hold!(during + 1 == before, "room for {before}, and for {during} with one tenant more");
    trial.demolish(&tenant.subject).await?;
    let after = free(trial, &tenant).await?;
    hold!(after == before, "room for {before}, and for {after} after the tenant went");
    Ok(())
}

async fn placed(trial: &Trial<'_>, tenant: &Blueprint) -> Result<Option<String>, Broken> {
    trial.cloud().placed(&tenant.subject).await.map_err(Broken::new)
}

async fn free(trial: &Trial<'_>, tenant: &Blueprint) -> Result<u32, Broken> {
    let rooms = trial.cloud().room(trial.environment).await.map_err(Broken::new)?;
    let room = rooms.into_iter().find(|room| room.load_balancer == tenant.load_balancer);
    room.map(|room| room.free).ok_or_else(|| Broken(format!("no room is told for {}", tenant.load_balancer)))
}
