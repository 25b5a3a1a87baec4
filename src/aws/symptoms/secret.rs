//! The secret: there, on its way out, or without a part. Never its values.

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Place, Sign, Symptom, Verdict};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::secret as own;
use super::{plain, standing};

/// Whether the secret is there with everything that a task needs.
pub(crate) async fn secret(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    let name = tenancy.name(Kind::Secret);
    let look = own::look(account, tenancy).await?;
    let going = look.as_ref().is_some_and(|(secret, _)| secret.deleted_date().is_some());
    let found: Vec<_> = look.into_iter().map(|(_, found)| found).collect();
    let there = standing(Place::Secret, &name, &found);
    if there.iter().any(|symptom| symptom.sign != Sign::Sound) {
        return Ok(there);
    }
    let (sign, said) = if going {
        (Sign::Going, format!("the secret {name} is scheduled for deletion"))
    } else {
        match own::stored(account, tenancy).await? {
            Verdict::Passed(said) => (Sign::Sound, said),
            Verdict::NotYet(said) => (Sign::Incomplete, said),
        }
    };
    Ok(vec![Symptom::new(Place::Secret, sign, plain(&said))])
}
