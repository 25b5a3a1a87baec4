//! Tenants' rules and logs: taken away and put back, and kept whole, over AWS.

use async_trait::async_trait;
use landlord_core::ports::{CloudError, Preserved, PutBack, Rule, Subject, Traffic};

use super::RealCloud;

#[async_trait]
impl Traffic for RealCloud {
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError> {
        let _ = subject;
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError> {
        let _ = (subject, rule, anywhere);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError> {
        let _ = (subject, rule);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError> {
        let _ = subject;
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        let _ = (subject, run);
        Err(CloudError::Permanent("not known here".to_owned()))
    }
}
