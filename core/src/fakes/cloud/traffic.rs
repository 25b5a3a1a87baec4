//! The simulated rules and logs: taken away and put back, and kept whole.

use async_trait::async_trait;

use super::SimulatedCloud;
use crate::ports::{CloudError, Preserved, PutBack, Rule, Subject, Traffic};

#[async_trait]
impl Traffic for SimulatedCloud {
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError> {
        let _ = subject;
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError> {
        let _ = (subject, rule, anywhere);
        Err(CloudError::Permanent("not known here".to_owned()))
    }

    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError> {
        let _ = (subject, run);
        Err(CloudError::Permanent("not known here".to_owned()))
    }
}
