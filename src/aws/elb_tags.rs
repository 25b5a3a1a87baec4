//! Tags of Elastic Load Balancing: of target groups and listener rules alike.

use std::collections::HashMap;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use landlord_core::ports::CloudError;
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::tags;

/// The tags of target groups or rules by ARN; the provider takes 20 at a time.
pub(super) async fn tags_of(
    account: &Account,
    arns: &[String],
) -> Result<HashMap<String, Vec<(String, String)>>, CloudError> {
    let mut tags = HashMap::new();
    for some in arns.chunks(20) {
        let call =
            account.elb(Quota::ElbRead).await.describe_tags().set_resource_arns(Some(some.to_vec())).send().await;
        let answer = call.map_err(|error| account.failed("Reading the tags of load balancing resources", &error))?;
        for described in answer.tag_descriptions.into_iter().flatten() {
            let pairs = described.tags.into_iter().flatten();
            let pairs = pairs.map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())).collect();
            tags.insert(described.resource_arn.unwrap_or_default(), pairs);
        }
    }
    Ok(tags)
}

/// Tags as [`tags::owner`] takes them.
pub(super) fn borrowed(tags: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))
}

/// The tags of a tenant's resource in this service's form.
pub(super) fn tags_for(tenancy: &Tenancy) -> Vec<Tag> {
    // The builder only fails without a key, and there is one.
    tags::of(tenancy)
        .into_iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().into())
        .collect()
}
