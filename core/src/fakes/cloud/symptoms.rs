//! The simulated troubles as they can be seen.

use async_trait::async_trait;

use super::SimulatedCloud;
use crate::ports::{CloudError, Place, Subject, Symptom, Symptoms};

#[async_trait]
impl Symptoms for SimulatedCloud {
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError> {
        let _ = (subject, place);
        Err(CloudError::Permanent("not known here".to_owned()))
    }
}
