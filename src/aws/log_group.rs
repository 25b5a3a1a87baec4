//! CloudWatch log groups.

use aws_sdk_cloudwatchlogs::types::{LogGroup, OrderBy, OutputLogEvent};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner, Verdict};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::{tags, task_definition};

/// The prefix of all tenants' groups (playbook 6.1).
const PREFIX: &str = "/ecs/";

/// The tag that says how many days lines were kept before they were kept for ever: as long as it is there, that is no oversight.
const KEPT_BEFORE: &str = "landlord:kept-before";

/// A group as it stands.
pub(super) struct Standing {
    pub(super) found: Found,
    /// Its ARN as the tagging calls take it.
    arn: String,
    /// How many days lines are kept; none for ever.
    kept: Option<i32>,
    /// Whether lines are kept for ever on purpose.
    marked: bool,
    /// Whether it was made here but its retention was not set any more.
    unfinished: bool,
}

pub(crate) async fn find(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    Ok(look(account, tenancy).await?.map(|standing| standing.found).into_iter().collect())
}

pub(super) async fn look(account: &Account, tenancy: &Tenancy) -> Result<Option<Standing>, CloudError> {
    let name = tenancy.name(Kind::LogGroup);
    let doing = format!("Looking at the log group {name}");
    let Some(group) = named(account, &name, &doing).await? else {
        return Ok(None);
    };
    // `arn` ends in `:*`, which the tagging calls do not take.
    let arn = group.arn().unwrap_or_default().trim_end_matches(":*").to_owned();
    let call = account.logs().await.list_tags_for_resource().resource_arn(&arn).send().await;
    let answer = call.map_err(|error| account.failed(&doing, &error))?;
    let pairs: Vec<(&str, &str)> =
        answer.tags().into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let ours = pairs.contains(&(tags::MANAGED_BY, tags::MANAGER));
    let kept = group.retention_in_days();
    let marked = pairs.iter().any(|(key, _)| *key == KEPT_BEFORE);
    let owner = if is_the_environments(account, &name) {
        Owner::Foreign("it is of one of the environment's own tasks, by the configuration".to_owned())
    } else {
        tags::owner(tenancy, pairs)
    };
    let unfinished = ours && owner == Owner::Own && kept.is_none() && !marked;
    Ok(Some(Standing { found: Found { id: name, owner }, arn, kept, marked, unfinished }))
}

/// The group of exactly this name: the provider only knows prefixes, and answers in the order of names.
async fn named(account: &Account, name: &str, doing: &str) -> Result<Option<LogGroup>, CloudError> {
    let mut token = None;
    loop {
        let call =
            account.logs().await.describe_log_groups().log_group_name_prefix(name).set_next_token(token).send().await;
        let page = call.map_err(|error| account.failed(doing, &error))?;
        token = page.next_token;
        let exact = page.log_groups.into_iter().flatten().find(|group| group.log_group_name() == Some(name));
        if exact.is_some() || token.is_none() {
            return Ok(exact);
        }
    }
}

pub(crate) async fn ensure(account: &Account, tenancy: &Tenancy) -> Result<Ensured, CloudError> {
    let name = tenancy.name(Kind::LogGroup);
    if let Some(standing) = look(account, tenancy).await? {
        if standing.unfinished {
            retain(account, &name, account.config.retention_days).await?;
        }
        return super::existing(&name, standing.found);
    }
    let doing = format!("Creating the log group {name}");
    let tags = tags::of(tenancy).map(|(key, value)| (key.to_owned(), value));
    let call = account
        .logs()
        .await
        .create_log_group()
        .log_group_name(&name)
        .set_tags(Some(tags.into_iter().collect()))
        .send()
        .await;
    match call {
        Ok(_) => {}
        // Somebody was quicker: the next look says who.
        Err(error) if error.as_service_error().is_some_and(aws_sdk_cloudwatchlogs::operation::create_log_group::CreateLogGroupError::is_resource_already_exists_exception) => {
            return Err(CloudError::Transient(format!("{doing}: it appeared meanwhile.")));
        }
        Err(error) => return Err(account.failed(&doing, &error)),
    }
    retain(account, &name, account.config.retention_days).await?;
    Ok(Ensured::Created(Found { id: name, owner: Owner::Own }))
}

/// Sets the retention of the tenant's group; none where there is no group.
pub(crate) async fn retain_for(account: &Account, tenancy: &Tenancy, days: u32) -> Result<Option<Found>, CloudError> {
    let name = tenancy.name(Kind::LogGroup);
    let Some(standing) = look(account, tenancy).await? else {
        return Ok(None);
    };
    let found = super::all_own(&name, vec![standing.found])?.into_iter().next();
    retain(account, &name, i32::try_from(days).unwrap_or(i32::MAX)).await?;
    if standing.marked {
        let call = account.logs().await.untag_resource().resource_arn(&standing.arn).tag_keys(KEPT_BEFORE).send().await;
        call.map_err(|error| account.failed(&format!("Taking a tag from the log group {name}"), &error))?;
    }
    Ok(found)
}

/// How many days the tenant's lines are kept; none for ever, or where there is no group. Error: it is somebody else's.
pub(crate) async fn retention(account: &Account, tenancy: &Tenancy) -> Result<Option<u32>, CloudError> {
    let Some(standing) = look(account, tenancy).await? else {
        return Ok(None);
    };
    super::all_own(&tenancy.name(Kind::LogGroup), vec![standing.found])?;
    Ok(standing.kept.and_then(|days| days.try_into().ok()))
}

/// Lets a group's lines be kept for ever; answers how many days they were kept until now.
pub(super) async fn keep_for_ever(account: &Account, standing: &Standing) -> Result<Option<u32>, CloudError> {
    let name = &standing.found.id;
    let doing = format!("Keeping the lines of the log group {name}");
    let Some(days) = standing.kept else {
        return Ok(None);
    };
    let call = account.logs().await.tag_resource().resource_arn(&standing.arn).tags(KEPT_BEFORE, days.to_string());
    call.send().await.map_err(|error| account.failed(&doing, &error))?;
    let call = account.logs().await.delete_retention_policy().log_group_name(name).send().await;
    call.map_err(|error| account.failed(&doing, &error))?;
    Ok(days.try_into().ok())
}

async fn retain(account: &Account, name: &str, days: i32) -> Result<(), CloudError> {
    let call = account.logs().await.put_retention_policy().log_group_name(name).retention_in_days(days).send().await;
    call.map(drop).map_err(|error| account.failed(&format!("Setting the retention of {name}"), &error))
}

pub(crate) async fn remove(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(Kind::LogGroup);
    let found = super::all_own(&name, find(account, tenancy).await?)?;
    if !found.is_empty() {
        match account.logs().await.delete_log_group().log_group_name(&name).send().await {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(aws_sdk_cloudwatchlogs::operation::delete_log_group::DeleteLogGroupError::is_resource_not_found_exception) => {}
            Err(error) => return Err(account.failed(&format!("Deleting the log group {name}"), &error)),
        }
    }
    Ok(found)
}

pub(crate) async fn inventory(account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    let call = account
        .logs()
        .await
        .describe_log_groups()
        .log_group_name_prefix(PREFIX)
        .set_next_token(page.map(str::to_owned))
        .send()
        .await;
    let answer = call.map_err(|error| account.failed("Listing log groups", &error))?;
    let names = answer.log_groups.into_iter().flatten().filter_map(|group| group.log_group_name);
    let names = names.filter(|name| !is_the_environments(account, name)).collect();
    Ok(InventoryPage { names, next: answer.next_token })
}

/// Whether it is that of a task that the configuration names for the bot's own work, as ECS calls it.
fn is_the_environments(account: &Account, name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|family| task_definition::is_the_environments(account, family))
}

/// Whether the group has lines. The stream is chosen by its last event, which AWS updates late; the line itself is read.
pub(crate) async fn appearing(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
    let name = tenancy.name(Kind::LogGroup);
    let doing = format!("Reading the log group {name}");
    let call = account
        .logs()
        .await
        .describe_log_streams()
        .log_group_name(&name)
        .order_by(OrderBy::LastEventTime)
        .descending(true)
        .limit(1)
        .send()
        .await;
    let streams = match call {
        Ok(streams) => streams,
        Err(error) if error.as_service_error().is_some_and(aws_sdk_cloudwatchlogs::operation::describe_log_streams::DescribeLogStreamsError::is_resource_not_found_exception) => {
            return Ok(Verdict::NotYet(format!("the log group {name} is not there")));
        }
        Err(error) => return Err(account.failed(&doing, &error)),
    };
    let Some(stream) = streams.log_streams().first().and_then(|stream| stream.log_stream_name()) else {
        return Ok(Verdict::NotYet(format!("no task has written to {name} yet")));
    };
    let newest = last(account, &name, stream, 1).await?;
    let newest = newest.first().and_then(OutputLogEvent::timestamp);
    let at = newest.and_then(|ms| time::OffsetDateTime::from_unix_timestamp(ms.div_euclid(1_000)).ok());
    Ok(match at {
        Some(at) => Verdict::Passed(format!(
            "the newest line of {name} is of {:02}:{:02}:{:02} UTC",
            at.hour(),
            at.minute(),
            at.second()
        )),
        None => Verdict::NotYet(format!("{name} has a stream, but no line yet")),
    })
}

/// The last events of a stream, in their order.
async fn last(account: &Account, group: &str, stream: &str, most: usize) -> Result<Vec<OutputLogEvent>, CloudError> {
    let call = account
        .logs()
        .await
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(stream)
        .start_from_head(false)
        .limit(i32::try_from(most).unwrap_or(i32::MAX))
        .send()
        .await;
    let answer = call.map_err(|error| account.failed(&format!("Reading the log group {group}"), &error))?;
    Ok(answer.events.unwrap_or_default())
}

/// The last lines of a stream, in their order. What stands in them is the container's own affair.
pub(super) async fn last_lines(
    account: &Account,
    group: &str,
    stream: &str,
    most: usize,
) -> Result<Vec<String>, CloudError> {
    let events = last(account, group, stream, most).await?;
    Ok(events.into_iter().filter_map(|event| event.message).collect())
}
