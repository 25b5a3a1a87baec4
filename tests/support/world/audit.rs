//! What stands in AWS and MySQL, found by plain means: the AWS CLI as people use it, never the bot's own adapters.

use std::path::{Path, PathBuf};
use std::process::Command;

use landlord::cloud::RealCloud;
use landlord_core::kind::Kind;
use landlord_core::ports::Cloud as _;
use landlord_core::tenant::Environment;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection};

use super::{Tenant, World};

/// What the playbook's own audit lists of an environment.
const KINDS: [&str; 11] = [
    "account",
    "ecs-service",
    "target-group",
    "listener-rule",
    "dns",
    "task-definition",
    "efs-access-point",
    "database",
    "db-user",
    "secret",
    "log-group",
];

impl World {
    /// Asserts that the playbook's audit finds every resource of the tenant in these environments. Where the playbook's
    /// scripts are not beside this checkout, it says so, and AWS is asked for the resources one by one.
    pub(crate) async fn audit(&self, tenant: &Tenant, environments: &[Environment]) {
        for environment in environments {
            if let Some(scripts) = scripts() {
                self.audit_by_script(&scripts, tenant, *environment).await;
            } else {
                eprintln!(
                    "partly skipped: the playbook's scripts (shared/peers/playbook-bash) are not beside this checkout"
                );
                self.audit_by_hand(tenant, *environment).await;
            }
        }
    }

    /// What the playbook's commands ask for, but for database and user, which the secret's login reaches.
    async fn audit_by_hand(&self, tenant: &Tenant, environment: Environment) {
        let config = &self.services.config.environments[&environment];
        let name = |rest: &str| format!("{environment}-{}{rest}", tenant.id);
        let (group, family, secret, point) = (name("-tg"), name(""), name("-db-credentials"), name("-ap"));
        let (logs, zone) = (format!("/ecs/{family}"), config.zone.as_deref().expect("a zone"));
        let host = format!("{}.{}.", tenant.subdomain, config.domain);
        let asked: [(&[&str], &str); 6] = [
            (&["elbv2", "describe-target-groups", "--names", &group], &group),
            (&["route53", "list-resource-record-sets", "--hosted-zone-id", zone], &host),
            (&["ecs", "list-task-definitions", "--family-prefix", &family], &family),
            (&["efs", "describe-access-points"], &point),
            (&["secretsmanager", "describe-secret", "--secret-id", &secret], &secret),
            (&["logs", "describe-log-groups", "--log-group-name-prefix", &logs], &logs),
        ];
        for (words, wanted) in asked {
            let answer = self.aws(environment, words).await.to_string();
            assert!(answer.contains(wanted), "{words:?} does not show {wanted}: {answer}");
        }
        assert!(self.service(tenant, environment).await.is_some(), "{} in {environment}", tenant.id);
    }

    async fn audit_by_script(&self, scripts: &Path, tenant: &Tenant, environment: Environment) {
        let mut script = Command::new("bash");
        script.arg(scripts.join("audit_tenant.sh")).arg(&tenant.id);
        script.env("SUBDOMAIN", &tenant.subdomain).env("ENV", environment.as_str());
        let output = run(script).await;
        let kinds: Vec<&str> = output.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        assert_eq!(kinds, KINDS, "{output}");
        assert!(!output.contains("MISSING"), "{} in {environment}:\n{output}", tenant.id);
        assert!(output.contains(&self.services.config.environments[&environment].account), "{output}");
    }

    /// The AWS CLI's answer, as the environment's profile.
    pub(crate) async fn aws(&self, environment: Environment, words: &[&str]) -> Value {
        let config = &self.services.config.environments[&environment];
        let mut aws = Command::new("aws");
        aws.args(words).args(["--output", "json", "--profile", config.profile.as_deref().expect("a profile")]);
        serde_json::from_str(&run(aws).await).unwrap_or_default()
    }

    /// The adapters, beside the bot.
    pub(crate) async fn cloud(&self) -> RealCloud {
        RealCloud::open(&self.services.config.environments).await.expect("valid environments").0
    }

    /// Tells an environment's MySQL server something as its administrator.
    pub(crate) async fn sql(&self, environment: Environment, statement: &str) {
        let name = format!("MYSQL_{}_URL", environment.title());
        let url = std::env::var(&name).unwrap_or_else(|_| panic!("{name} of `dev/services env`"));
        let mut server = MySqlConnection::connect(&url).await.expect("the server answers");
        let done = server.execute(AssertSqlSafe(statement.to_owned())).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
        server.close().await.expect("the connection ends");
    }

    /// The tenant's active service, if there is one.
    pub(crate) async fn service(&self, tenant: &Tenant, environment: Environment) -> Option<Value> {
        let config = &self.services.config.environments[&environment];
        let name = format!("{environment}-{}-service", tenant.id);
        let words = ["ecs", "describe-services", "--cluster", &config.cluster, "--services", &name];
        let answer = self.aws(environment, &words).await;
        let services = answer["services"].as_array().cloned().unwrap_or_default();
        services.into_iter().find(|service| service["status"] == "ACTIVE")
    }

    /// A rule on the environment's listener that answers for a host and is nobody's tenant's; its ARN.
    pub(crate) async fn stranger_rule(&self, environment: Environment, host: &str) -> String {
        self.stranger_rule_at(environment, host, &rand::random_range(40_000..50_000).to_string()).await
    }

    /// The same, at this priority.
    pub(crate) async fn stranger_rule_at(&self, environment: Environment, host: &str, priority: &str) -> String {
        let arn = |answer: &Value, list: &str, key: &str| answer[list][0][key].as_str().expect(key).to_owned();
        let name = format!("{environment}-alb");
        let balancer = self.aws(environment, &["elbv2", "describe-load-balancers", "--names", &name]).await;
        let balancer = arn(&balancer, "LoadBalancers", "LoadBalancerArn");
        let words = ["elbv2", "describe-listeners", "--load-balancer-arn", &balancer, "--query"];
        let listener = self.aws(environment, &[&words[..], &["{l: Listeners[?Port==`443`]}"]].concat()).await;
        let listener = arn(&listener, "l", "ListenerArn");
        let condition = format!("Field=host-header,Values={host}");
        let words = ["elbv2", "create-rule", "--listener-arn", &listener, "--priority", priority];
        let answer = "Type=fixed-response,FixedResponseConfig={StatusCode=200,ContentType=text/plain}";
        let more = ["--conditions", &condition, "--actions", answer];
        let made = self.aws(environment, &[&words[..], &more[..]].concat()).await;
        arn(&made, "Rules", "RuleArn")
    }

    /// The kinds of which something stands under the tenant's names in an environment, whoever owns it.
    pub(crate) async fn remains(&self, tenant: &Tenant, environment: Environment) -> Vec<&'static str> {
        let cloud = self.cloud().await;
        let mut remains = Vec::new();
        for kind in Kind::DELETION_ORDER {
            let found = cloud.find(kind, &tenant.subject(environment)).await.expect("AWS answers");
            if !found.is_empty() {
                remains.push(kind.words());
            }
        }
        remains
    }

    /// The password in the tenant's secret.
    pub(crate) async fn password(&self, tenant: &Tenant, environment: Environment) -> String {
        let name = format!("{environment}-{}-db-credentials", tenant.id);
        let answer = self.aws(environment, &["secretsmanager", "get-secret-value", "--secret-id", &name]).await;
        let secret: Value = serde_json::from_str(answer["SecretString"].as_str().expect("a secret")).expect("JSON");
        let password = secret["password"].as_str().expect("a password").to_owned();
        assert!(password.len() >= 16, "a password worth the name");
        password
    }
}

/// The playbook's scripts, where they are.
fn scripts() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peers/playbook-bash");
    folder.is_dir().then_some(folder)
}

/// What a command prints. Whether it failed is the caller's to see: the audit answers 1 where something is missing.
async fn run(mut command: Command) -> String {
    let done = tokio::task::spawn_blocking(move || command.output()).await.expect("it ran");
    let output = done.expect("it can be run");
    String::from_utf8(output.stdout).expect("text")
}
