//! Tenants' troubles as they can be seen, over AWS, MySQL and a look from outside.

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Place, Sign, Subject, Symptom, Symptoms, Verdict};

use super::{RealCloud, assemble, database};
use crate::aws::{access_point, dns_record, symptoms};

#[async_trait]
impl Symptoms for RealCloud {
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError> {
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        let host = dns_record::host(account, subject);
        match place {
            Place::Site => {
                let (sign, said) = match self.probe(tenancy.environment)?.answers(&host).await {
                    Verdict::Passed(said) => (Sign::Sound, said),
                    Verdict::NotYet(said) => (Sign::Failed, said),
                };
                Ok(vec![Symptom::new(place, sign, said)])
            }
            Place::Service => symptoms::service(account, tenancy).await,
            Place::StoppedTasks => symptoms::stopped(account, tenancy).await,
            Place::Events => symptoms::events(account, tenancy).await,
            Place::Targets => symptoms::targets(account, tenancy).await,
            Place::Rules => symptoms::rules(account, tenancy, &host).await,
            Place::Record => {
                let records = assemble::records(account, subject).await?;
                let found: Vec<_> = records.into_iter().map(|record| record.found).collect();
                Ok(symptoms::standing(place, &host, &found))
            }
            Place::Network => symptoms::network(account, tenancy).await,
            Place::Secret => symptoms::secret(account, tenancy).await,
            Place::Image => symptoms::image(account, tenancy).await,
            Place::Files => {
                let found = access_point::find(account, tenancy).await?;
                Ok(symptoms::standing(place, &tenancy.name(Kind::AccessPoint), &found))
            }
            Place::Logs => symptoms::lines(account, tenancy).await,
            Place::Database => database::symptoms(account, Kind::Database, tenancy).await,
            Place::DatabaseUser => database::symptoms(account, Kind::DatabaseUser, tenancy).await,
        }
    }
}

impl RealCloud {
    /// What is seen at the places of a kind, in words: all that is not as it should be, or, where all is, that it is.
    pub(super) async fn seen_of(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        let mut seen = self.symptoms(subject, Place::of(kind)).await?;
        if kind == Kind::Service {
            for place in [Place::StoppedTasks, Place::Events] {
                seen.extend(self.symptoms(subject, place).await?);
            }
        }
        seen.retain(|symptom| symptom.sign != Sign::Unseen);
        let amiss = seen.iter().any(|symptom| symptom.sign != Sign::Sound);
        let told = seen.into_iter().filter(|symptom| !amiss || symptom.sign != Sign::Sound);
        Ok(told.map(|symptom| symptom.said).collect())
    }
}
