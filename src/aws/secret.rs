//! Secrets Manager: the database credentials of a tenant. Their value leaves this file only towards MySQL.

use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::Tag;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner, Verdict};
use landlord_core::tenant::Tenancy;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde_json::Value;

use super::accounts::Account;
use super::tags;
use crate::config::secret::Secret;

/// The length of a generated password.
const PASSWORD_LEN: usize = 32;
/// What a generated password is made of: nothing that a URL, a shell or SQL would read as its own.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The value of a tenant's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatabaseCredentials {
    pub(crate) username: String,
    pub(crate) password: Secret,
    pub(crate) dbname: String,
    pub(crate) host: String,
    pub(crate) port: u16,
}

pub(crate) async fn find(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    Ok(look(account, tenancy).await?.map(|(_, found)| found).into_iter().collect())
}

pub(super) async fn look(
    account: &Account,
    tenancy: &Tenancy,
) -> Result<Option<(DescribeSecretOutput, Found)>, CloudError> {
    let name = tenancy.name(Kind::Secret);
    let answer = match account.secrets().await.describe_secret().secret_id(&name).send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError::is_resource_not_found_exception) => return Ok(None),
        Err(error) => return Err(account.failed(&format!("Looking at the secret {name}"), &error)),
    };
    // A name may be read as part of an ARN: only this very secret counts.
    if answer.name() != Some(&name) {
        return Ok(None);
    }
    let pairs = answer.tags().iter().map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default()));
    let owner = tags::owner(tenancy, pairs);
    let id = answer.arn().unwrap_or(&name).to_owned();
    Ok(Some((answer, Found { id, owner })))
}

pub(crate) async fn ensure(account: &Account, tenancy: &Tenancy) -> Result<Ensured, CloudError> {
    let name = tenancy.name(Kind::Secret);
    if let Some((secret, found)) = look(account, tenancy).await? {
        let standing = super::existing(&name, found)?;
        return if secret.deleted_date().is_some() { Err(scheduled(&name)) } else { Ok(standing) };
    }
    let doing = format!("Creating the secret {name}");
    let value = value_of(account, tenancy)?;
    let tags = tags::of(tenancy).map(|(key, value)| Tag::builder().key(key).value(value).build());
    let call = account
        .secrets()
        .await
        .create_secret()
        .name(&name)
        .description(format!("Database credentials of {tenancy}"))
        .secret_string(value.expose())
        .set_tags(Some(tags.to_vec()))
        .send()
        .await;
    match call {
        Ok(created) => Ok(Ensured::Created(Found { id: created.arn.unwrap_or(name), owner: Owner::Own })),
        Err(error) => Err(match error.as_service_error() {
            // Somebody was quicker: the next look says who.
            Some(CreateSecretError::ResourceExistsException(_)) => {
                CloudError::Transient(format!("{doing}: it appeared meanwhile."))
            }
            Some(CreateSecretError::InvalidRequestException(e))
                if e.message().unwrap_or_default().contains("scheduled for deletion") =>
            {
                scheduled(&name)
            }
            _ => account.failed(&doing, &error),
        }),
    }
}

fn scheduled(name: &str) -> CloudError {
    CloudError::Permanent(format!(
        "The secret {name} is scheduled for deletion. Restore it (`aws secretsmanager restore-secret --secret-id {name}`) or \
         delete it for good (`aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {name}`), then \
         retry."
    ))
}

/// The secret's JSON with a new password.
fn value_of(account: &Account, tenancy: &Tenancy) -> Result<Secret, CloudError> {
    let database = &account.config.database;
    let value = serde_json::json!({
        "username": tenancy.name(Kind::DatabaseUser),
        "password": password()?.expose(),
        "dbname": tenancy.name(Kind::Database),
        "host": database.host,
        "port": database.port,
    });
    Ok(Secret::new(value.to_string()))
}

/// A password from the operating system's own generator. The alphabet has 64 characters, so that six bits of a byte choose
/// each of them equally often.
fn password() -> Result<Secret, CloudError> {
    let mut bytes = [0_u8; PASSWORD_LEN];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| CloudError::Permanent(format!("The operating system gives no random numbers ({error}).")))?;
    Ok(Secret::new(String::from_iter(bytes.map(|byte| char::from(ALPHABET[usize::from(byte & 63)])))))
}

/// The value of the tenant's secret. Error where it is not there or not complete; which keys lack, never what they hold.
pub(crate) async fn read(account: &Account, tenancy: &Tenancy) -> Result<DatabaseCredentials, CloudError> {
    let name = tenancy.name(Kind::Secret);
    match value(account, &name).await? {
        None => Err(CloudError::Permanent(format!("The secret {name} is not there. It must be created first."))),
        Some(text) => parse(&text).map_err(|lacks| {
            CloudError::Permanent(format!(
                "The secret {name} lacks {lacks}. Complete it in Secrets Manager, then retry."
            ))
        }),
    }
}

/// The lines without the tenant's password, wherever it stands in them. Error where the secret cannot be read although it may
/// be there.
pub(super) async fn without_password(
    account: &Account,
    tenancy: &Tenancy,
    lines: Vec<String>,
) -> Result<Vec<String>, CloudError> {
    let text = value(account, &tenancy.name(Kind::Secret)).await?;
    Ok(match text.map(|text| administrators(&text)) {
        Some(password) if !password.expose().is_empty() => {
            lines.into_iter().map(|line| line.replace(password.expose(), "(the password)")).collect()
        }
        _ => lines,
    })
}

/// A secret's text by name or ARN; none where it is not there or scheduled for deletion.
pub(crate) async fn value(account: &Account, id: &str) -> Result<Option<Secret>, CloudError> {
    match account.secrets().await.get_secret_value().secret_id(id).send().await {
        Ok(answer) => Ok(Some(Secret::new(answer.secret_string.unwrap_or_default()))),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|e| e.is_resource_not_found_exception() || e.is_invalid_request_exception()) =>
        {
            Ok(None)
        }
        Err(error) => Err(account.failed(&format!("Reading the secret {id}"), &error)),
    }
}

/// Reads the JSON; the error names the keys that lack or are empty.
fn parse(text: &Secret) -> Result<DatabaseCredentials, String> {
    let json: Value = serde_json::from_str(text.expose()).map_err(|_| "JSON form".to_owned())?;
    let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let lacks: Vec<String> = ["username", "password", "dbname", "host"]
        .into_iter()
        .filter(|key| text(key).is_empty())
        .map(|key| format!("`{key}`"))
        .collect();
    if !lacks.is_empty() {
        return Err(lacks.join(", "));
    }
    // What the playbook's scripts made has no port; some tools write numbers as text.
    let port = match json.get("port") {
        None => Some(3306),
        Some(Value::String(digits)) => digits.parse().ok(),
        Some(number) => number.as_u64().and_then(|port| port.try_into().ok()),
    };
    let port = port.ok_or_else(|| "a valid `port`".to_owned())?;
    Ok(DatabaseCredentials {
        username: text("username"),
        password: Secret::new(text("password")),
        dbname: text("dbname"),
        host: text("host"),
        port,
    })
}

/// The administrator's password out of a secret's value: the text itself, or JSON with `password`.
pub(crate) fn administrators(text: &Secret) -> Secret {
    let json: Option<Value> = serde_json::from_str(text.expose()).ok();
    let password = json.as_ref().and_then(|json| json.get("password")).and_then(Value::as_str);
    password.map_or_else(|| text.clone(), Secret::new)
}

pub(crate) async fn remove(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(Kind::Secret);
    let found = super::all_own(&name, find(account, tenancy).await?)?;
    for secret in &found {
        let call = account
            .secrets()
            .await
            .delete_secret()
            .secret_id(&secret.id)
            .force_delete_without_recovery(true)
            .send()
            .await;
        match call {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(aws_sdk_secretsmanager::operation::delete_secret::DeleteSecretError::is_resource_not_found_exception) => {}
            Err(error) => return Err(account.failed(&format!("Deleting the secret {name}"), &error)),
        }
    }
    Ok(found)
}

/// Those that are scheduled for deletion are listed too, as they are found.
pub(crate) async fn inventory(account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    let list = account.secrets().await.list_secrets().max_results(100).include_planned_deletion(true);
    let call = list.set_next_token(page.map(str::to_owned)).send().await;
    let answer = call.map_err(|error| account.failed("Listing secrets", &error))?;
    let names = answer.secret_list.into_iter().flatten().filter_map(|secret| secret.name);
    Ok(InventoryPage { names: names.collect(), next: answer.next_token })
}

/// Whether the secret is there with everything a task needs.
pub(crate) async fn stored(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
    let name = tenancy.name(Kind::Secret);
    Ok(match value(account, &name).await? {
        None => Verdict::NotYet(format!("the secret {name} is not there")),
        Some(text) => match parse(&text) {
            Ok(_) => Verdict::Passed(format!("{name} holds username, password, dbname and host")),
            Err(lacks) => Verdict::NotYet(format!("{name} lacks {lacks}")),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, PASSWORD_LEN, administrators, parse, password};
    use crate::config::secret::Secret;

    #[test]
    fn passwords_are_long_safe_and_never_the_same() {
        let passwords: Vec<Secret> = (0..50).map(|_| password().expect("randomness")).collect();
        for (place, one) in passwords.iter().enumerate() {
            assert_eq!(one.expose().len(), PASSWORD_LEN);
            assert!(one.expose().bytes().all(|b| ALPHABET.contains(&b)));
            assert!(!passwords[..place].contains(one));
        }
    }

    #[test]
    fn a_complete_secret_is_read_with_either_form_of_port_or_none() {
        let read = |port: &str| {
            parse(&Secret::new(format!(r#"{{"username":"u","password":"p","dbname":"d","host":"h"{port}}}"#)))
                .map(|c| c.port)
        };
        assert_eq!(read(""), Ok(3306));
        assert_eq!(read(r#","port":3307"#), Ok(3307));
        assert_eq!(read(r#","port":"3308""#), Ok(3308));
        assert_eq!(read(r#","port":"many""#), Err("a valid `port`".to_owned()));
        assert_eq!(read(r#","port":70000"#), Err("a valid `port`".to_owned()));
    }

    #[test]
    fn what_lacks_is_named_and_nothing_that_is_there_is_shown() {
        let lacks = parse(&Secret::new(r#"{"username":"u","password":"hidden","host":""}"#)).expect_err("incomplete");
        assert_eq!(lacks, "`dbname`, `host`");
        assert_eq!(parse(&Secret::new("hidden")), Err("JSON form".to_owned()));
    }

    #[test]
    fn the_administrators_password_is_text_or_json() {
        assert_eq!(administrators(&Secret::new("plain")).expose(), "plain");
        assert_eq!(administrators(&Secret::new(r#"{"username":"admin","password":"in json"}"#)).expose(), "in json");
        assert_eq!(administrators(&Secret::new("12345")).expose(), "12345");
    }
}
