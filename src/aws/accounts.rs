//! The AWS clients of each environment, behind the account seal and the quotas.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_cloudwatchlogs::config::retry::RetryConfig;
use aws_smithy_http_client::tls;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use landlord_core::ports::CloudError;
use landlord_core::tenant::Environment;
use tokio::sync::{Mutex, MutexGuard};

use super::counted::Counted;
use super::facts::Facts;
use super::gated::Gated;
use super::quota::{Quota, Quotas};
use super::seal::Seal;
use crate::config::environment::EnvironmentConfig;
use crate::gate::Gate;
use crate::metrics::Metrics;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a call may take.
const ATTEMPT: Duration = Duration::from_secs(15);

/// The accounts of all configured environments. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Accounts(Arc<BTreeMap<Environment, Account>>);

impl Accounts {
    /// Makes the clients; asks nothing of AWS yet. Errors: a section that is not valid, in words.
    ///
    /// The endpoint is the SDK's own to find (`AWS_ENDPOINT_URL`, the profile's `endpoint_url`). No request leaves once the
    /// gate is closed. Each call is told to the metrics.
    pub async fn open(
        environments: &BTreeMap<Environment, EnvironmentConfig>,
        gate: &Gate,
        metrics: &Metrics,
    ) -> Result<Self, String> {
        let inner =
            aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
        let http_client = SharedHttpClient::new(Gated { inner, gate: gate.clone() });
        let mut accounts = BTreeMap::new();
        for (environment, config) in environments {
            config.validate().map_err(|why| format!("[environments.{environment}]: {why}"))?;
            let (config, http_client, gate) = (config.clone(), http_client.clone(), gate.clone());
            let account = Account::open(*environment, config, http_client, gate, metrics).await?;
            accounts.insert(*environment, account);
        }
        Ok(Self(Arc::new(accounts)))
    }

    /// An environment's account. Error: the environment is not configured.
    pub(crate) fn of(&self, environment: Environment) -> Result<&Account, CloudError> {
        self.0.get(&environment).ok_or_else(|| {
            CloudError::Permanent(format!(
                "{} is not configured. Add [environments.{environment}] to landlord.toml.",
                environment.title()
            ))
        })
    }

    /// The configured environments with their sections.
    pub(crate) fn configs(&self) -> impl Iterator<Item = (Environment, &EnvironmentConfig)> {
        self.0.iter().map(|(environment, account)| (*environment, &account.config))
    }
}

/// One environment's account: its section of the configuration, its clients and what is known of its infrastructure.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) environment: Environment,
    pub(crate) config: EnvironmentConfig,
    /// Closed when this process may change nothing any more.
    pub(crate) gate: Gate,
    pub(super) facts: Facts,
    seal: Seal,
    quotas: Quotas,
    priorities: Mutex<()>,
    cloudwatch: aws_sdk_cloudwatch::Client,
    ecs: aws_sdk_ecs::Client,
    efs: aws_sdk_efs::Client,
    elb: aws_sdk_elasticloadbalancingv2::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    route53: aws_sdk_route53::Client,
    s3: aws_sdk_s3::Client,
    secrets: aws_sdk_secretsmanager::Client,
    ses: aws_sdk_sesv2::Client,
}

impl Account {
    async fn open(
        environment: Environment,
        config: EnvironmentConfig,
        http_client: SharedHttpClient,
        gate: Gate,
        metrics: &Metrics,
    ) -> Result<Self, String> {
        let app = AppName::new("landlord").map_err(|e| e.to_string())?;
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            .http_client(http_client)
            .app_name(app)
            .timeout_config(timeouts)
            // The engine retries; a second layer would multiply the attempts.
            .retry_config(RetryConfig::disabled())
            .no_credentials();
        if let Some(profile) = &config.profile {
            loader = loader.profile_name(profile);
        }
        let base = loader.load().await;
        let seal = Seal::new(environment, &config, base.clone());
        let sdk: SdkConfig = base
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(seal.clone()))
            // The seal remembers by itself, and must be asked each time to be able to forget.
            .identity_cache(aws_sdk_ecs::config::IdentityCache::no_cache())
            .build();
        // The SDK takes interceptors by client only.
        macro_rules! client {
            ($sdk:ident) => {
                $sdk::Client::from_conf($sdk::config::Builder::from(&sdk).interceptor(Counted(metrics.clone())).build())
            };
        }
        Ok(Self {
            environment,
            gate,
            facts: Facts::default(),
            seal,
            quotas: Quotas::new(config.request_quota_factor),
            config,
            priorities: Mutex::new(()),
            cloudwatch: client!(aws_sdk_cloudwatch),
            ecs: client!(aws_sdk_ecs),
            efs: client!(aws_sdk_efs),
            elb: client!(aws_sdk_elasticloadbalancingv2),
            logs: client!(aws_sdk_cloudwatchlogs),
            route53: client!(aws_sdk_route53),
            s3: client!(aws_sdk_s3),
            secrets: client!(aws_sdk_secretsmanager),
            ses: client!(aws_sdk_sesv2),
        })
    }

    /// The account that STS answers for the environment's credentials.
    pub(crate) async fn id(&self) -> Result<String, CloudError> {
        self.seal.account().await
    }

    /// The CloudWatch client, for one call.
    pub(crate) async fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        self.quotas.take(Quota::Other).await;
        &self.cloudwatch
    }

    /// The ECS client, for one call of the quota.
    pub(crate) async fn ecs(&self, quota: Quota) -> &aws_sdk_ecs::Client {
        self.quotas.take(quota).await;
        &self.ecs
    }

    /// The Elastic Load Balancing client, for one call of the quota.
    pub(crate) async fn elb(&self, quota: Quota) -> &aws_sdk_elasticloadbalancingv2::Client {
        self.quotas.take(quota).await;
        &self.elb
    }

    /// The EFS client, for one call.
    pub(crate) async fn efs(&self) -> &aws_sdk_efs::Client {
        self.quotas.take(Quota::Other).await;
        &self.efs
    }

    /// The CloudWatch Logs client, for one call.
    pub(crate) async fn logs(&self) -> &aws_sdk_cloudwatchlogs::Client {
        self.quotas.take(Quota::Other).await;
        &self.logs
    }

    /// The Route 53 client, for one call.
    pub(crate) async fn route53(&self) -> &aws_sdk_route53::Client {
        self.quotas.take(Quota::Route53).await;
        &self.route53
    }

    /// The S3 client, for one call.
    pub(crate) async fn s3(&self) -> &aws_sdk_s3::Client {
        self.quotas.take(Quota::Other).await;
        &self.s3
    }

    /// The Secrets Manager client, for one call.
    pub(crate) async fn secrets(&self) -> &aws_sdk_secretsmanager::Client {
        self.quotas.take(Quota::Other).await;
        &self.secrets
    }

    /// The SES client, for one call.
    pub(crate) async fn ses(&self) -> &aws_sdk_sesv2::Client {
        self.quotas.take(Quota::Other).await;
        &self.ses
    }

    /// The right to choose a priority for a new listener rule.
    pub(crate) async fn priorities(&self) -> MutexGuard<'_, ()> {
        self.priorities.lock().await
    }

    /// What the error of a call means; `doing` says what was tried, as the beginning of a sentence.
    pub(crate) fn failed<E>(&self, doing: &str, error: &SdkError<E, HttpResponse>) -> CloudError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.seal.failed(doing, error)
    }

    /// What to do where another account than the configured one answers, in sentences.
    pub(crate) fn remedy(&self, answered: &str) -> String {
        self.seal.remedy(answered)
    }
}
