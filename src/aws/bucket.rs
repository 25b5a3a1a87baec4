//! S3: what a backup left. Only looked at; nothing here writes or deletes.

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Error;
use aws_sdk_s3::types::Object;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use landlord_core::ports::CloudError;

use super::accounts::Account;

/// An object as the bucket lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) key: String,
    pub(super) bytes: u64,
    /// When it was written, by AWS's clock, in whole seconds since 1970.
    pub(super) written: i64,
}

/// The newest object whose key begins so; none where there is none.
pub(super) async fn newest(account: &Account, bucket: &str, prefix: &str) -> Result<Option<Seen>, CloudError> {
    let mut newest: Option<Seen> = None;
    let mut token = None;
    loop {
        let call = account
            .s3()
            .await
            .list_objects_v2()
            .bucket(bucket)
            .prefix(prefix)
            .set_continuation_token(token)
            .send()
            .await;
        let page = call.map_err(|error| failed(account, bucket, prefix, &error))?;
        newest = page.contents().iter().filter_map(seen).chain(newest).max_by_key(|seen| seen.written);
        token = page.next_continuation_token;
        if token.is_none() {
            return Ok(newest);
        }
    }
}

/// Whether there is an object of exactly this key. Asked by a list, so that the bot needs no right to read objects.
pub(super) async fn holds(account: &Account, bucket: &str, key: &str) -> Result<bool, CloudError> {
    let call = account.s3().await.list_objects_v2().bucket(bucket).prefix(key).max_keys(1).send().await;
    // Of all keys that begin so, the key itself is listed first.
    let page = call.map_err(|error| failed(account, bucket, key, &error))?;
    Ok(page.contents().first().is_some_and(|object| object.key() == Some(key)))
}

fn failed(
    account: &Account,
    bucket: &str,
    prefix: &str,
    error: &SdkError<ListObjectsV2Error, HttpResponse>,
) -> CloudError {
    match error.code() {
        Some("NoSuchBucket") => no_bucket(account, bucket, "backup.bucket"),
        _ => account.failed(&format!("Looking at s3://{bucket}/{prefix}"), error),
    }
}

/// An object; the console's markers of folders are none.
fn seen(object: &Object) -> Option<Seen> {
    let key = object.key().filter(|key| !key.ends_with('/'))?.to_owned();
    let bytes = object.size()?.try_into().ok()?;
    Some(Seen { key, bytes, written: object.last_modified()?.secs() })
}

/// Error where the bucket is not there, or not the bot's to look into; `key` is the setting that names it.
pub(super) async fn reach(account: &Account, bucket: &str, key: &str) -> Result<(), CloudError> {
    match account.s3().await.head_bucket().bucket(bucket).send().await {
        Ok(_) => Ok(()),
        // S3 answers without a body here, so the status is all there is.
        Err(error) => Err(match error.raw_response().map(|raw| raw.status().as_u16()) {
            Some(404) => no_bucket(account, bucket, key),
            Some(301) => CloudError::Permanent(format!(
                "The bucket {bucket} is not in {}. Name one of this region in `{key}`.",
                account.config.region
            )),
            // Of credentials that have expired S3 says 400 here, and 403 of unknown ones.
            Some(400 | 403) => no_entry(account, bucket, key).await,
            _ => account.failed(&format!("Looking at the bucket {bucket}"), &error),
        }),
    }
}

/// Why a bucket may not be looked into: asked of STS, which says more than S3 does.
async fn no_entry(account: &Account, bucket: &str, key: &str) -> CloudError {
    match account.id().await {
        Err(error) => error,
        Ok(_) => CloudError::Permanent(format!(
            "The bucket {bucket} may not be looked into. Allow the bot's role `s3:ListBucket` on it, or correct `{key}`."
        )),
    }
}

fn no_bucket(account: &Account, bucket: &str, key: &str) -> CloudError {
    CloudError::Permanent(format!(
        "The bucket {bucket} is not there. Create it, or correct `{key}` of [environments.{}], then retry.",
        account.environment
    ))
}
