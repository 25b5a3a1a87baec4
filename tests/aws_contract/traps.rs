//! What a removal may trip over, set by somebody else in the same accounts.

use aws_sdk_efs::types::Tag;
use aws_sdk_elasticloadbalancingv2::types as elb;
use landlord_core::contract::Trap;
use landlord_core::kind::Kind;
use landlord_core::ports::Subject;

use crate::strangers::{Strangers, TAG};

impl Strangers {
    pub(crate) async fn set(&self, trap: Trap, subject: &Subject) {
        let tenant = &subject.tenancy.tenant;
        let group = subject.tenancy.name(Kind::TargetGroup);
        let name = |kind| subject.tenancy.name(kind);
        match trap {
            Trap::SecondRule => self.rule_to(&self.trap_host(subject), &[group], None).await,
            Trap::StrangersRule => self.rule_to(&self.trap_host(subject), &[group], Some(TAG)).await,
            Trap::SharedRule => {
                let other = other_group(subject);
                self.target_group(&other).await;
                self.rule_to(&self.trap_host(subject), &[group, other], None).await;
            }
            Trap::TaggedAccessPoint => self.tagged_access_point("media", subject).await,
            Trap::NeighboursAccessPoint => {
                self.tagged_access_point(&format!("{}-{tenant}-2-ap", subject.tenancy.environment), subject).await;
            }
            Trap::ScheduledSecret => {
                let delete = self.secrets.delete_secret().secret_id(name(Kind::Secret)).recovery_window_in_days(7);
                delete.send().await.expect("scheduled");
            }
            Trap::UserWithoutGrants => {
                self.sql(&format!("CREATE USER '{}'@'10.0.%' IDENTIFIED BY 'x'", name(Kind::DatabaseUser))).await;
            }
        }
    }

    pub(crate) async fn unset(&self, trap: Trap, subject: &Subject) {
        match trap {
            Trap::StrangersRule | Trap::SharedRule => {
                let host = self.trap_host(subject);
                for rule in self.rules().await.iter().filter(|rule| format!("{rule:?}").contains(&host)) {
                    self.elb.delete_rule().rule_arn(rule.rule_arn().unwrap()).send().await.expect("rule gone");
                }
                let groups = self.elb.describe_target_groups().names(other_group(subject)).send().await;
                for group in groups.ok().and_then(|found| found.target_groups).unwrap_or_default() {
                    let arn = group.target_group_arn.unwrap();
                    self.elb.delete_target_group().target_group_arn(arn).send().await.expect("target group gone");
                }
            }
            Trap::NeighboursAccessPoint => {
                let name = format!("{}-{}-2-ap", subject.tenancy.environment, subject.tenancy.tenant);
                self.clear_access_points(&name).await;
            }
            Trap::SecondRule | Trap::TaggedAccessPoint | Trap::ScheduledSecret | Trap::UserWithoutGrants => {}
        }
    }

    fn trap_host(&self, subject: &Subject) -> String {
        format!("trap-{}", self.host(subject))
    }

    /// A rule on the HTTPS listener that shares the host's requests out between these target groups.
    async fn rule_to(&self, host: &str, groups: &[String], tag: Option<(&str, &str)>) {
        self.rule_on(&self.listener().await, host, groups, tag).await;
    }

    /// The same on any listener.
    pub(crate) async fn rule_on(&self, listener: &str, host: &str, groups: &[String], tag: Option<(&str, &str)>) {
        let mut config = elb::ForwardActionConfig::builder();
        for group in groups {
            let found = self.elb.describe_target_groups().names(group).send().await.expect("target group");
            let arn = found.target_groups()[0].target_group_arn().unwrap();
            config = config.target_groups(elb::TargetGroupTuple::builder().target_group_arn(arn).weight(1).build());
        }
        let hosts = elb::HostHeaderConditionConfig::builder().values(host).build();
        let forward =
            elb::Action::builder().r#type(elb::ActionTypeEnum::Forward).forward_config(config.build()).build();
        let tags = tag.map(|(key, value)| vec![elb::Tag::builder().key(key).value(value).build()]);
        self.elb
            .create_rule()
            .listener_arn(listener)
            .priority(rand::random_range(30_000..40_000))
            .conditions(elb::RuleCondition::builder().field("host-header").host_header_config(hosts).build())
            .actions(forward)
            .set_tags(tags)
            .send()
            .await
            .expect("rule");
    }

    /// An access point of any name, without tags.
    pub(crate) async fn plain_access_point(&self, name: &str) {
        self.make_access_point(vec![tag("Name", name)]).await;
    }

    /// An access point of any name that bears the tenant's tag.
    async fn tagged_access_point(&self, name: &str, subject: &Subject) {
        self.make_access_point(vec![tag("Name", name), tag("tenant_id", subject.tenancy.tenant.as_str())]).await;
    }

    async fn make_access_point(&self, tags: Vec<Tag>) {
        self.efs
            .create_access_point()
            .client_token(format!("trap-{:016x}", rand::random::<u64>()))
            .file_system_id(self.file_system().await)
            .set_tags(Some(tags))
            .send()
            .await
            .expect("access point");
    }
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn other_group(subject: &Subject) -> String {
    format!("trap-{}", subject.tenancy.tenant)
}
