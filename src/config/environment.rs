//! The `[environments.dev]`, `[environments.sit]` and `[environments.prod]` sections of landlord.toml (playbook 6.3).
//!
//! What is not given here is found from AWS where it can be (`aws::facts`). Nothing here asks AWS.

use std::net::SocketAddr;
use std::path::PathBuf;

use landlord_core::monitor::Watch;
use landlord_core::ports::RETENTIONS;
use serde::Deserialize;

use super::secret::Secret;

/// One environment: an AWS account and region with its shared infrastructure, and a MySQL server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentConfig {
    /// The account, 12 digits, that the credentials must answer for: the account seal.
    pub account: String,
    /// The AWS region.
    pub region: String,
    /// The profile of the AWS configuration files to take credentials from. Not together with `role_arn`.
    pub profile: Option<String>,
    /// The role to assume. Without it and without `profile` the SDK's default chain is asked.
    pub role_arn: Option<String>,
    /// What the role's trust policy asks for besides; only with `role_arn`.
    pub external_id: Option<String>,
    /// The ECS cluster.
    pub cluster: String,
    /// The domain under which tenants get their host names.
    pub domain: String,
    /// The names of the application load balancers that tenants are placed on, in order of preference.
    pub load_balancers: Vec<String>,
    /// The EFS file system: its id (`fs-…`) or its `Name` tag.
    pub file_system: String,
    /// The MySQL server.
    pub database: DatabaseConfig,
    /// The subnets of the tasks; by default those of the tenant's load balancer.
    #[serde(default)]
    pub subnets: Vec<String>,
    /// The security groups of the tasks; by default those of the file system's mount targets.
    #[serde(default)]
    pub security_groups: Vec<String>,
    /// The task execution role, name or ARN; by default `{env}-ecs-task-execution-role`.
    pub execution_role: Option<String>,
    /// The task role, name or ARN; by default `{env}-ecs-task-role`.
    pub task_role: Option<String>,
    /// The container image of a tenant's task.
    #[serde(default = "default_image")]
    pub image: String,
    /// The id of the hosted zone; by default the public zone of `domain`.
    pub zone: Option<String>,
    /// The address that mail is sent from.
    pub sender: Option<String>,
    /// How long log events are kept, in days.
    #[serde(default = "default_retention_days")]
    pub retention_days: i32,
    /// How tenants are looked at from outside.
    #[serde(default)]
    pub probes: ProbesConfig,
    /// How many tasks a new tenant's service runs.
    #[serde(default = "default_desired_count")]
    pub desired_count: i32,
    /// What backs a tenant's data up before it is deleted. Without it no backup can be asked for.
    pub backup: Option<BackupConfig>,
    /// The S3 bucket, in the environment's region, that the logs of a tenant are exported to when it is shut down; by default that
    /// of `backup`. Without either they are only kept where they are.
    pub log_archive: Option<String>,
    /// The name of the Lambda function that provisions, whose errors are watched. Without it nothing is.
    pub provisioning_function: Option<String>,
    /// The name of the SQS queue of messages that could not be worked on, whose depth is watched. Without it nothing is.
    pub dead_letter_queue: Option<String>,
    /// How many times AWS's default request quotas the account has; AWS raises them on request.
    #[serde(default = "default_request_quota_factor")]
    pub request_quota_factor: u32,
}

/// The MySQL server of an environment and its administrator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// The server's host name, as tenants' tasks and the bot reach it.
    pub host: String,
    /// The server's port.
    #[serde(default = "default_port")]
    pub port: u16,
    /// The administrator; only for direct access.
    #[serde(default)]
    pub user: String,
    /// The administrator's password. One of the three is given, for direct access.
    pub password: Option<Secret>,
    /// A file that holds the password, read when a connection is made.
    pub password_file: Option<PathBuf>,
    /// The ARN of a Secrets Manager secret that holds it: the text itself, or JSON with `password`.
    pub password_secret: Option<String>,
    /// How the server is reached.
    #[serde(default)]
    pub access: Access,
    /// The ECS task definition that works on databases where the bot cannot reach the server: its family, or family and
    /// revision. Only with `access = "task"`.
    pub task: Option<String>,
}

/// The task that backs a tenant's data up, and where it leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupConfig {
    /// The ECS task definition: its family, or family and revision.
    pub task: String,
    /// The S3 bucket, in the environment's region.
    pub bucket: String,
    /// The container that is told what to back up; by default the task definition's first essential one.
    pub container: Option<String>,
}

/// How the bot reaches a MySQL server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Over the network, from where the bot runs.
    #[default]
    Direct,
    /// Through a task in the tenants' network (playbook 3.2). It looks and removes; it creates nothing, since a password may
    /// not stand in a task's settings.
    Task,
}

/// Where the looks from outside go. By default what the machine itself would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbesConfig {
    /// The DNS server to ask, instead of the machine's own.
    pub resolver: Option<SocketAddr>,
    /// The address that every request for a site is sent to, with the site's host name in it.
    pub connect: Option<SocketAddr>,
    /// How sites are asked.
    #[serde(default)]
    pub scheme: Scheme,
}

/// The scheme of a site's address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// TLS, as people reach the site.
    #[default]
    Https,
    /// In the clear.
    Http,
}

impl Scheme {
    /// As in an address: `https` or `http`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}

fn default_image() -> String {
    "wordpress:6.4".to_owned()
}

fn default_retention_days() -> i32 {
    30
}

fn default_desired_count() -> i32 {
    1
}

fn default_request_quota_factor() -> u32 {
    1
}

fn default_port() -> u16 {
    3306
}

impl EnvironmentConfig {
    /// The bucket that logs are exported to.
    pub fn log_bucket(&self) -> Option<&str> {
        self.log_archive.as_deref().or(self.backup.as_ref().map(|backup| backup.bucket.as_str()))
    }

    /// What is watched in it.
    pub fn watch(&self) -> Watch {
        Watch {
            provisioning_function: self.provisioning_function.clone(),
            dead_letter_queue: self.dead_letter_queue.clone(),
        }
    }

    /// Says what is wrong with the section, and what would be right.
    pub fn validate(&self) -> Result<(), String> {
        let fault = |why: &str| Err(why.to_owned());
        if self.account.len() != 12 || !self.account.bytes().all(|b| b.is_ascii_digit()) {
            return fault("`account` is not 12 digits in quotes, for example \"536580886816\"");
        }
        if self.profile.is_some() && self.role_arn.is_some() {
            return fault("`profile` and `role_arn` are both given; give one of them");
        }
        if self.external_id.is_some() && self.role_arn.is_none() {
            return fault("`external_id` is given without the `role_arn` that it belongs to");
        }
        for (key, value) in [
            ("region", &self.region),
            ("cluster", &self.cluster),
            ("domain", &self.domain),
            ("file_system", &self.file_system),
            ("image", &self.image),
            ("database.host", &self.database.host),
        ] {
            if value.is_empty() {
                return Err(format!("`{key}` is empty"));
            }
        }
        if self.domain.starts_with('.') || self.domain.ends_with('.') {
            return fault("`domain` begins or ends with a dot; write it plainly, for example \"wp.kimmyai.io\"");
        }
        if self.load_balancers.is_empty() {
            return fault("`load_balancers` names none; name at least one");
        }
        if !u32::try_from(self.retention_days).is_ok_and(|days| RETENTIONS.contains(&days)) {
            return Err(format!("`retention_days` is {}; CloudWatch Logs knows {RETENTIONS:?}", self.retention_days));
        }
        if self.desired_count < 1 {
            return fault("`desired_count` is less than 1");
        }
        if !(1..=1_000).contains(&self.request_quota_factor) {
            return fault("`request_quota_factor` is not between 1 and 1000");
        }
        if self.log_archive.as_deref().is_some_and(|bucket| !is_name(bucket)) {
            return fault("`log_archive` is not a bucket's name, for example \"prod-tenant-logs\"");
        }
        for (key, name) in
            [("provisioning_function", &self.provisioning_function), ("dead_letter_queue", &self.dead_letter_queue)]
        {
            if name.as_deref().is_some_and(|name| !is_name(name)) {
                return Err(format!(
                    "`{key}` is not a name; give the name alone, without the rest of its ARN or address"
                ));
            }
        }
        self.backup.as_ref().map_or(Ok(()), BackupConfig::validate)?;
        self.database.validate()
    }
}

/// A name, and not an address.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', ':'])
}

impl BackupConfig {
    fn validate(&self) -> Result<(), String> {
        if self.task.is_empty() || self.container.as_deref() == Some("") {
            return Err("`backup.task` or `backup.container` is empty".to_owned());
        }
        if !is_name(&self.bucket) {
            return Err("`backup.bucket` is not a bucket's name, for example \"prod-tenant-backups\"".to_owned());
        }
        Ok(())
    }
}

impl DatabaseConfig {
    fn validate(&self) -> Result<(), String> {
        match (self.access, &self.task) {
            (Access::Task, Some(task)) if !task.is_empty() => return Ok(()),
            (Access::Task, _) => {
                return Err("`database.access` is \"task\" without `database.task`, the task definition".to_owned());
            }
            (Access::Direct, Some(_)) => {
                return Err("`database.task` is given without `database.access = \"task\"`".to_owned());
            }
            (Access::Direct, None) => {}
        }
        if self.user.is_empty() {
            return Err("`database.user` is empty".to_owned());
        }
        let given = [self.password.is_some(), self.password_file.is_some(), self.password_secret.is_some()];
        match given.into_iter().filter(|is| *is).count() {
            1 => Ok(()),
            0 => Err("`database` has no password; give `password`, `password_file` or `password_secret`".to_owned()),
            _ => {
                Err("`database` has several of `password`, `password_file` and `password_secret`; give one".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, EnvironmentConfig, Scheme};

    const PLAYBOOK: &str = r#"
        account = "536580886816"
        region = "eu-west-1"
        profile = "Tebogo-dev"
        cluster = "dev-cluster"
        domain = "wpdev.kimmyai.io"
        load_balancers = ["dev-alb"]
        file_system = "dev-efs"
        database = { host = "dev-mysql", user = "admin", password = "correct horse" }
    "#;

    fn read(text: &str) -> Result<EnvironmentConfig, String> {
        let config: EnvironmentConfig = toml::from_str(text).map_err(|e| e.to_string())?;
        config.validate().map(|()| config)
    }

    #[test]
    fn the_playbooks_section_reads_with_defaults() {
        let config = read(PLAYBOOK).expect("valid");
        assert_eq!((config.image.as_str(), config.retention_days, config.desired_count), ("wordpress:6.4", 30, 1));
        assert_eq!((config.database.port, config.probes.scheme), (3306, Scheme::Https));
    }

    #[test]
    fn work_on_databases_by_a_task_needs_no_administrator() {
        let database = r#"database = { host = "dev-mysql", access = "task", task = "dev-generic-db" }"#;
        let (before, _) = PLAYBOOK.split_once("database = ").expect("a database");
        let config = read(&format!("{before}{database}")).expect("valid");
        assert_eq!((config.database.access, config.database.task.as_deref()), (Access::Task, Some("dev-generic-db")));
    }

    #[test]
    fn logs_are_exported_to_their_own_bucket_else_to_that_of_backups() {
        let with = |keys: &str| read(&PLAYBOOK.replace("profile =", &format!("{keys}\nprofile ="))).expect("valid");
        let backup = r#"backup = { task = "x", bucket = "backups" }"#;
        assert_eq!(with("").log_bucket(), None);
        assert_eq!(with(backup).log_bucket(), Some("backups"));
        assert_eq!(with(&format!("{backup}\nlog_archive = \"logs\"")).log_bucket(), Some("logs"));
    }

    #[test]
    fn no_debug_output_holds_the_password() {
        assert!(!format!("{:?}", read(PLAYBOOK)).contains("correct horse"));
    }

    #[test]
    fn what_is_wrong_is_refused_with_the_keys_name() {
        for (from, to, key) in [
            ("\"536580886816\"", "\"5365\"", "account"),
            ("[\"dev-alb\"]", "[]", "load_balancers"),
            ("region = \"eu-west-1\"", "region = \"\"", "region"),
            ("cluster =", "clutser =", "clutser"),
            ("password = \"correct horse\"", "port = 3307", "password"),
            ("host =", "password_file = \"x\", host =", "password_file"),
            ("profile =", "retention_days = 31\nprofile =", "retention_days"),
            ("profile =", "desired_count = 0\nprofile =", "desired_count"),
            ("profile =", "request_quota_factor = 0\nprofile =", "request_quota_factor"),
            ("profile =", "role_arn = \"arn\"\nprofile =", "role_arn"),
            ("profile =", "external_id = \"x\"\nprofile =", "external_id"),
            ("user = \"admin\"", "user = \"\"", "database.user"),
            ("host =", "access = \"task\", host =", "database.task"),
            ("host =", "task = \"dev-generic-db\", host =", "database.access"),
            ("profile =", "backup = { task = \"x\" }\nprofile =", "bucket"),
            ("profile =", "backup = { task = \"\", bucket = \"b\" }\nprofile =", "backup.task"),
            ("profile =", "backup = { task = \"x\", bucket = \"s3://b\" }\nprofile =", "backup.bucket"),
            ("profile =", "log_archive = \"s3://b\"\nprofile =", "log_archive"),
            ("profile =", "provisioning_function = \"arn:aws:lambda:x\"\nprofile =", "provisioning_function"),
            ("profile =", "dead_letter_queue = \"https://sqs\"\nprofile =", "dead_letter_queue"),
            ("profile =", "probes = { resolver = \"localhost\" }\nprofile =", "resolver"),
        ] {
            let refusal = read(&PLAYBOOK.replace(from, to)).expect_err(to);
            assert!(refusal.contains(key), "{to}: {refusal}");
        }
    }
}
