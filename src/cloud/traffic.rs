//! Tenants' rules and logs: taken away and put back, and kept whole, over AWS.

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Preserved, PutBack, Rule, Subject, Traffic};
use landlord_core::tenant::Environment;

use super::RealCloud;
use crate::aws::{dns_record, log_export, log_group, rules};

#[async_trait]
impl Traffic for RealCloud {
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError> {
        let account = self.of(subject)?;
        rules::read(account, &subject.tenancy, &dns_record::host(account, subject)).await
    }

    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError> {
        let _one_at_a_time = self.locks.of(Kind::ListenerRule, &subject.tenancy).await;
        rules::put_back(self.of(subject)?, &subject.tenancy, rule, anywhere).await
    }

    async fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError> {
        rules::occupant(self.of(subject)?, &subject.tenancy, rule).await
    }

    async fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError> {
        log_group::retention(self.of(subject)?, &subject.tenancy).await
    }

    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        let _one_at_a_time = self.locks.of(Kind::LogGroup, &subject.tenancy).await;
        log_export::preserve(self.of(subject)?, &subject.tenancy, run).await
    }
}

impl RealCloud {
    /// Whether tenants' logs can be exported in the environment, in words; none where no bucket is configured.
    /// Errors: [`CloudError`], with what to do.
    pub async fn log_export_ready(&self, environment: Environment) -> Result<Option<String>, CloudError> {
        log_export::ready(self.account(environment)?).await
    }
}
