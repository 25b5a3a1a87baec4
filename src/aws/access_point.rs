//! EFS access points; a tenant may have several (playbook 6.2).

use aws_sdk_efs::types::{AccessPointDescription, CreationInfo, LifeCycleState, PosixUser, RootDirectory, Tag};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::tags;

/// `www-data` of the WordPress image.
const WWW_DATA: i64 = 33;
/// The most that one page holds.
const PAGE: i32 = 100;

/// Found by the exact `Name` or by the tenant's tag, through all pages: the provider cannot search by tag.
pub(crate) async fn find(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let points = look(account, tenancy).await?;
    let id = |point: &AccessPointDescription| point.access_point_id().unwrap_or_default().to_owned();
    Ok(points.iter().map(|point| Found { id: id(point), owner: whose(tenancy, point) }).collect())
}

/// Whether a point has to do with the tenant: by its name, or by the tags that name tenant and environment.
fn concerns(tenancy: &Tenancy, point: &AccessPointDescription) -> bool {
    let tag = |key: &str| point.tags().iter().find(|tag| tag.key() == key).map(aws_sdk_efs::types::Tag::value);
    let here = tag("environment").is_none_or(|environment| environment == tenancy.environment.as_str());
    is_named(tenancy, point) || (here && tag(tags::TENANT) == Some(tenancy.tenant.as_str()))
}

fn is_named(tenancy: &Tenancy, point: &AccessPointDescription) -> bool {
    point.name() == Some(&tenancy.name(Kind::AccessPoint))
}

/// The tenant's own, unless its tag or its name says another tenant.
fn whose(tenancy: &Tenancy, point: &AccessPointDescription) -> Owner {
    match point.name().and_then(|name| tenancy.other_in_name(Kind::AccessPoint, name)) {
        Some(other) => {
            Owner::Foreign(format!("its tag `{}` is `{}`, but its `Name` is {other}'s", tags::TENANT, tenancy.tenant))
        }
        None => tags::owner(tenancy, point.tags().iter().map(|tag| (tag.key(), tag.value()))),
    }
}

async fn look(account: &Account, tenancy: &Tenancy) -> Result<Vec<AccessPointDescription>, CloudError> {
    let name = tenancy.name(Kind::AccessPoint);
    let doing = format!("Looking for the access point {name}");
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let page = page(account, token, &doing).await?;
        found.extend(page.0.into_iter().filter(|point| concerns(tenancy, point) && stands(point)));
        token = page.1;
        if token.is_none() {
            return Ok(found);
        }
    }
}

async fn page(
    account: &Account,
    token: Option<String>,
    doing: &str,
) -> Result<(Vec<AccessPointDescription>, Option<String>), CloudError> {
    let file_system = account.file_system().await?;
    let call = account
        .efs()
        .await
        .describe_access_points()
        .file_system_id(file_system)
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await;
    let answer = call.map_err(|error| account.failed(doing, &error))?;
    Ok((answer.access_points.unwrap_or_default(), answer.next_token))
}

/// Whether the point is there for good: a deletion cannot be stopped.
fn stands(point: &AccessPointDescription) -> bool {
    !matches!(point.life_cycle_state(), Some(LifeCycleState::Deleting | LifeCycleState::Deleted))
}

/// The id of the tenant's access point, for its tasks. Error where there is none, or none that is its own and usable.
pub(crate) async fn usable(account: &Account, tenancy: &Tenancy) -> Result<String, CloudError> {
    let name = tenancy.name(Kind::AccessPoint);
    let points = look(account, tenancy).await?;
    let mut named = points.iter().filter(|point| is_named(tenancy, point));
    let available = named.find(|point| point.life_cycle_state() != Some(&LifeCycleState::Error));
    available.and_then(|point| point.access_point_id()).map(str::to_owned).ok_or_else(|| {
        CloudError::Permanent(format!("The access point {name} is not there. It must be created first."))
    })
}

pub(crate) async fn ensure(account: &Account, tenancy: &Tenancy) -> Result<Ensured, CloudError> {
    let name = tenancy.name(Kind::AccessPoint);
    let mut points = look(account, tenancy).await?;
    points.retain(|point| is_named(tenancy, point));
    if points.iter().any(|point| point.life_cycle_state() == Some(&LifeCycleState::Error)) {
        return Err(CloudError::Permanent(format!(
            "The access point {name} is in the state `error`. Delete it in EFS, then retry."
        )));
    }
    if let Some(point) = points.first() {
        let id = point.access_point_id().unwrap_or_default().to_owned();
        return super::existing(&name, Found { id, owner: whose(tenancy, point) });
    }
    let doing = format!("Creating the access point {name}");
    let invalid = |error: aws_sdk_efs::error::BuildError| CloudError::Permanent(format!("{doing}: {error}."));
    let user = PosixUser::builder().uid(WWW_DATA).gid(WWW_DATA).build().map_err(invalid)?;
    let owner = CreationInfo::builder().owner_uid(WWW_DATA).owner_gid(WWW_DATA).permissions("755").build();
    let root =
        RootDirectory::builder().path(format!("/{}", tenancy.tenant)).creation_info(owner.map_err(invalid)?).build();
    let mut call = account
        .efs()
        .await
        .create_access_point()
        .client_token(&name)
        .file_system_id(account.file_system().await?)
        .posix_user(user)
        .root_directory(root)
        .tags(Tag::builder().key("Name").value(&name).build().map_err(invalid)?);
    for (key, value) in tags::of(tenancy) {
        call = call.tags(Tag::builder().key(key).value(value).build().map_err(invalid)?);
    }
    match call.send().await {
        Ok(created) => {
            Ok(Ensured::Created(Found { id: created.access_point_id.unwrap_or_default(), owner: Owner::Own }))
        }
        // Somebody was quicker, or the old one of this token is still being deleted: the next look says.
        Err(error)
            if error.as_service_error().is_some_and(
                aws_sdk_efs::operation::create_access_point::CreateAccessPointError::is_access_point_already_exists,
            ) =>
        {
            Err(CloudError::Transient(format!("{doing}: it appeared meanwhile.")))
        }
        Err(error) => Err(account.failed(&doing, &error)),
    }
}

pub(crate) async fn remove(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(Kind::AccessPoint);
    let found = super::all_own(&name, find(account, tenancy).await?)?;
    for point in &found {
        match account.efs().await.delete_access_point().access_point_id(&point.id).send().await {
            Ok(_) => {}
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_efs::operation::delete_access_point::DeleteAccessPointError::is_access_point_not_found,
                ) => {}
            Err(error) => return Err(account.failed(&format!("Deleting the access point {name}"), &error)),
        }
    }
    Ok(found)
}

/// Points without a `Name` are listed by their id.
pub(crate) async fn inventory(account: &Account, page_token: Option<&str>) -> Result<InventoryPage, CloudError> {
    let (points, next) = page(account, page_token.map(str::to_owned), "Listing access points").await?;
    let names = points.into_iter().filter(stands).filter_map(|point| point.name.or(point.access_point_id));
    Ok(InventoryPage { names: names.collect(), next })
}

#[cfg(test)]
mod tests {
    use aws_sdk_efs::types::{AccessPointDescription, Tag};
    use landlord_core::ports::Owner;
    use landlord_core::tenant::{Environment, Tenancy};

    use super::{concerns, whose};

    fn point(name: &str, tags: &[(&str, &str)]) -> AccessPointDescription {
        let tags =
            tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build().expect("tag")).collect();
        AccessPointDescription::builder().name(name).set_tags(Some(tags)).build()
    }

    #[test]
    fn names_and_tags_are_compared_whole_and_must_agree() {
        let acme = Tenancy::new("acme".parse().expect("valid"), Environment::Dev);
        let own = |name: &str, tags: &[(&str, &str)]| {
            let point = point(name, tags);
            concerns(&acme, &point).then(|| whose(&acme, &point) == Owner::Own)
        };
        assert_eq!(own("dev-acme-ap", &[]), Some(true));
        assert_eq!(own("media", &[("tenant_id", "acme"), ("environment", "dev")]), Some(true));
        assert_eq!(own("media", &[("tenant_id", "acme"), ("environment", "sit")]), None);
        assert_eq!(own("dev-acme-2-ap", &[("tenant_id", "acme-2")]), None);
        assert_eq!(own("dev-acme-2-ap", &[]), None);
        assert_eq!(own("dev-acme-ap", &[("tenant_id", "acme-2")]), Some(false));
        assert_eq!(own("dev-acme-2-ap", &[("tenant_id", "acme")]), Some(false));
    }
}
