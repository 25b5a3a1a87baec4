//! Names that AWS only gives within ARNs.

/// The name in a target group's ARN: `arn:…:targetgroup/NAME/ID`.
pub(super) fn target_group(arn: &str) -> Option<&str> {
    arn.split_once(":targetgroup/")?.1.split('/').next()
}

/// The load balancer's name in a rule's ARN: `arn:…:listener-rule/app/NAME/ID/LISTENER/RULE`.
pub(super) fn balancer_of_rule(arn: &str) -> Option<&str> {
    arn.split_once(":listener-rule/app/")?.1.split('/').next()
}

/// Family and revision in an ARN: `arn:…:task-definition/FAMILY:REVISION`.
pub(super) fn revision(arn: &str) -> Option<(&str, u32)> {
    let (_, name) = arn.rsplit_once('/')?;
    let (family, revision) = name.rsplit_once(':')?;
    Some((family, revision.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{balancer_of_rule, revision, target_group};

    #[test]
    fn an_arn_holds_its_groups_exact_name() {
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:536580886816:targetgroup/dev-acme-tg/50dc6c495c0c9188";
        assert_eq!(target_group(arn), Some("dev-acme-tg"));
        assert_eq!(target_group("arn:aws:ecs:eu-west-1:536580886816:service/dev-cluster/x"), None);
    }

    #[test]
    fn an_arn_holds_the_load_balancer_of_its_rule() {
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/dev-alb/50dc6c495c0c9188/0467ef3c8400ae65/9683b2d02a6c";
        assert_eq!(balancer_of_rule(arn), Some("dev-alb"));
        assert_eq!(balancer_of_rule("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-alb/1"), None);
    }

    #[test]
    fn an_arn_holds_family_and_revision() {
        assert_eq!(revision("arn:aws:ecs:eu-west-1:1:task-definition/dev-acme-2:14"), Some(("dev-acme-2", 14)));
        assert_eq!(revision("arn:aws:ecs:eu-west-1:1:task-definition/dev-acme"), None);
    }
}
