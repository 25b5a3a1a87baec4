//! The account seal (playbook 3.3): credentials are handed out only after STS said that they are of the account that the
//! configuration names. Every client of the environment takes its credentials from here, so that no call can reach
//! another account.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use landlord_core::ports::CloudError;
use landlord_core::tenant::Environment;

use super::failure;
use super::session::{Cause, Session, Source};
use crate::config::environment::EnvironmentConfig;

/// Credentials are renewed when they have less than this to live.
const LEAST_LIFE: Duration = Duration::from_mins(1);

/// The seal of one environment.
#[derive(Debug, Clone)]
pub(crate) struct Seal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    session: Session,
    /// Region, HTTP client and timeouts; no credentials.
    base: SdkConfig,
    /// Credentials that STS vouched for.
    sealed: Mutex<Option<Credentials>>,
    /// Held while credentials are fetched, so that many callers wait for one fetch.
    fetching: tokio::sync::Mutex<()>,
}

impl Seal {
    /// The seal of an environment; nothing is asked yet.
    pub(crate) fn new(environment: Environment, config: &EnvironmentConfig, base: SdkConfig) -> Self {
        Self(Arc::new(Inner {
            session: Session::new(environment, config),
            base,
            sealed: Mutex::new(None),
            fetching: tokio::sync::Mutex::new(()),
        }))
    }

    /// The account that STS answers now for freshly read credentials, whichever it is. Where it is another than the
    /// configured one, no call is made with them.
    pub(crate) async fn account(&self) -> Result<String, CloudError> {
        let _one_at_a_time = self.0.fetching.lock().await;
        self.forget();
        let credentials = self.fetch().await?;
        let account = self.ask(&credentials).await?;
        if account == self.0.session.account() {
            self.hold(credentials);
        }
        Ok(account)
    }

    /// Drops the credentials: the next call fetches new ones.
    fn forget(&self) {
        *self.0.sealed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn held(&self) -> Option<Credentials> {
        let sealed = self.0.sealed.lock().unwrap_or_else(PoisonError::into_inner);
        sealed.clone().filter(|credentials| lives_on(credentials, SystemTime::now()))
    }

    fn hold(&self, credentials: Credentials) {
        *self.0.sealed.lock().unwrap_or_else(PoisonError::into_inner) = Some(credentials);
    }

    async fn credentials(&self) -> Result<Credentials, CloudError> {
        if let Some(held) = self.held() {
            return Ok(held);
        }
        let _one_at_a_time = self.0.fetching.lock().await;
        if let Some(held) = self.held() {
            return Ok(held);
        }
        let credentials = self.fetch().await?;
        let account = self.ask(&credentials).await?;
        if account != self.0.session.account() {
            let said = self.0.session.said(&Cause::OtherAccount(account), "");
            return Err(CloudError::Credentials(said));
        }
        self.hold(credentials.clone());
        Ok(credentials)
    }

    /// Reads the source anew each time, so that a login or a changed file counts without a restart.
    async fn fetch(&self) -> Result<Credentials, CloudError> {
        let base = &self.0.base;
        self.0.session.read().await;
        let mut provider = ProviderConfig::default().with_region(base.region().cloned());
        if let Some(http_client) = base.http_client() {
            provider = provider.with_http_client(http_client);
        }
        let fetched = match &self.0.session.source {
            Source::Profile(name) => {
                let builder = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(name);
                builder.build().provide_credentials().await
            }
            Source::Role { arn, external_id } => {
                let mut builder = AssumeRoleProvider::builder(arn).session_name("landlord").configure(base);
                if let Some(external_id) = external_id {
                    builder = builder.external_id(external_id);
                }
                let own = DefaultCredentialsChain::builder().configure(provider).build().await;
                builder.build_from_provider(own).await.provide_credentials().await
            }
            Source::Chain => {
                DefaultCredentialsChain::builder().configure(provider).build().await.provide_credentials().await
            }
        };
        fetched.map_err(|error| failure::no_credentials(&self.0.session, &self.doing(), &error))
    }

    async fn ask(&self, credentials: &Credentials) -> Result<String, CloudError> {
        let config = aws_sdk_sts::config::Builder::from(&self.0.base).credentials_provider(credentials.clone()).build();
        let asked = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
        let doing = self.doing();
        let answer = asked.map_err(|error| failure::classify(&self.0.session, &doing, &error))?;
        answer.account.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no account.")))
    }

    fn doing(&self) -> String {
        format!("asking for the account of {}", self.0.session.title())
    }

    /// What an error of a call with these credentials means. Where AWS refuses them, the next call fetches new ones.
    pub(crate) fn failed<E>(&self, doing: &str, error: &SdkError<E, HttpResponse>) -> CloudError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let meaning = failure::classify(&self.0.session, doing, error);
        if matches!(meaning, CloudError::Credentials(_)) {
            self.forget();
        }
        meaning
    }

    /// What to do where another account answers, in sentences.
    pub(crate) fn remedy(&self, answered: &str) -> String {
        self.0.session.remedy(&Cause::OtherAccount(answered.to_owned()))
    }
}

impl ProvideCredentials for Seal {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.credentials().await.map_err(CredentialsError::provider_error) })
    }
}

/// Whether the credentials live long enough for a call.
fn lives_on(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_none_or(|expiry| expiry > now + LEAST_LIFE)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use aws_credential_types::Credentials;

    use super::lives_on;

    #[test]
    fn credentials_about_to_expire_are_renewed() {
        let now = SystemTime::now();
        let expiring = |seconds| Credentials::new("id", "key", None, Some(now + Duration::from_secs(seconds)), "test");
        assert!(!lives_on(&expiring(59), now));
        assert!(lives_on(&expiring(61), now));
        assert!(lives_on(&Credentials::new("id", "key", None, None, "test"), now));
    }
}
