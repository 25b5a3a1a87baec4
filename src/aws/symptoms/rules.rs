//! The rules and who leads where.

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Owner, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::rule_form::Form;
use super::super::rule_look::{self, Standing, leads_to};
use super::super::{arn, rule_words};
use super::{MOST, plain};

/// The rules that lead to the tenant or lead its host name elsewhere, each by what it does.
pub(crate) async fn rules(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Vec<Symptom>, CloudError> {
    let group = tenancy.name(Kind::TargetGroup);
    let standing = rule_look::look(account, tenancy, Some(host)).await?;
    let for_host = standing.iter().any(|rule| rule.for_host);
    let missing =
        (!for_host).then(|| Symptom::new(Place::Rules, Sign::Missing, format!("no rule leads {host} to {group}")));
    Ok(missing.into_iter().chain(standing.iter().map(|rule| seen(rule, &group))).take(MOST).collect())
}

fn seen(standing: &Standing, group: &str) -> Symptom {
    let words = Form::read(&standing.rule).map_or_else(|_| standing.found.id.clone(), |form| rule_words::words(&form));
    let (sign, said) = match &standing.found.owner {
        Owner::Own => (Sign::Sound, words),
        Owner::Foreign(why) if leads_to(&standing.rule).any(|to| arn::target_group(to) == Some(group)) => {
            (Sign::Shared, format!("{words}: {why}"))
        }
        Owner::Foreign(why) => (Sign::Foreign, format!("{words}: {why}")),
    };
    Symptom::new(Place::Rules, sign, plain(&said))
}
