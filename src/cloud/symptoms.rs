//! Tenants' troubles as they can be seen, over AWS.

use async_trait::async_trait;
use landlord_core::ports::{CloudError, Place, Subject, Symptom, Symptoms};

use super::RealCloud;

#[async_trait]
impl Symptoms for RealCloud {
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError> {
        let _ = (subject, place);
        Err(CloudError::Permanent("not known here".to_owned()))
    }
}
