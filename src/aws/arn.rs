//! Names that AWS only gives within ARNs.

/// The name in a target group's ARN: `arn:…:targetgroup/NAME/ID`.
pub(super) fn target_group(arn: &str) -> Option<&str> {
    arn.split_once(":targetgroup/")?.1.split('/').next()
}

/// Family and revision in an ARN: `arn:…:task-definition/FAMILY:REVISION`.
pub(super) fn revision(arn: &str) -> Option<(&str, u32)> {
    let (_, name) = arn.rsplit_once('/')?;
    let (family, revision) = name.rsplit_once(':')?;
    Some((family, revision.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{revision, target_group};

    #[test]
    fn an_arn_holds_its_groups_exact_name() {
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:536580886816:targetgroup/dev-acme-tg/50dc6c495c0c9188";
        assert_eq!(target_group(arn), Some("dev-acme-tg"));
        assert_eq!(target_group("arn:aws:ecs:eu-west-1:536580886816:service/dev-cluster/x"), None);
    }

    #[test]
    fn an_arn_holds_family_and_revision() {
        assert_eq!(revision("arn:aws:ecs:eu-west-1:1:task-definition/dev-acme-2:14"), Some(("dev-acme-2", 14)));
        assert_eq!(revision("arn:aws:ecs:eu-west-1:1:task-definition/dev-acme"), None);
    }
}
