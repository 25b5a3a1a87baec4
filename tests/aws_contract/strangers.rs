//! Somebody else in the same accounts, with clients of their own: makes resources of tenants' names that are not tenants'.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_ecs::types::{AwsVpcConfiguration, LaunchType, NetworkConfiguration};
use aws_sdk_elasticloadbalancingv2::types as elb;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use aws_smithy_http_client::tls;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use landlord::config::environment::EnvironmentConfig;
use landlord_core::contract::Cannot;
use landlord_core::kind::Kind;
use landlord_core::ports::Subject;
use landlord_core::tenant::{Environment, Tenancy};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use crate::services::Services;

/// The tag of everything that a stranger makes.
pub(crate) const TAG: (&str, &str) = ("tenant_id", "somebody-else");

/// A stranger in one environment.
pub(crate) struct Strangers {
    environment: Environment,
    config: EnvironmentConfig,
    pub(crate) ecs: aws_sdk_ecs::Client,
    pub(crate) efs: aws_sdk_efs::Client,
    pub(crate) elb: aws_sdk_elasticloadbalancingv2::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
    route53: aws_sdk_route53::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
}

impl Strangers {
    pub(crate) async fn of(environment: Environment, config: &EnvironmentConfig) -> Self {
        let http =
            aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::new(config.region.clone()))
            .profile_name(config.profile.clone().expect("a profile"))
            .load()
            .await;
        Self {
            environment,
            config: config.clone(),
            ecs: aws_sdk_ecs::Client::new(&sdk),
            efs: aws_sdk_efs::Client::new(&sdk),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(&sdk),
            logs: aws_sdk_cloudwatchlogs::Client::new(&sdk),
            route53: aws_sdk_route53::Client::new(&sdk),
            s3: aws_sdk_s3::Client::new(&sdk),
            secrets: aws_sdk_secretsmanager::Client::new(&sdk),
        }
    }

    pub(crate) async fn plant(&self, kind: Kind, subject: &Subject) -> Result<(), Cannot> {
        let name = subject.tenancy.name(kind);
        match kind {
            Kind::Service => self.service(&name).await,
            Kind::ListenerRule => self.rule(&self.host(subject)).await,
            Kind::TargetGroup => self.target_group(&name).await,
            Kind::DnsRecord => self.record(ChangeAction::Create, &self.host(subject)).await,
            Kind::TaskDefinition => drop(self.task_definition(&name).await),
            Kind::AccessPoint => self.access_point(&name).await,
            Kind::DatabaseUser => {
                self.sql(&format!("CREATE USER '{name}'@'%' IDENTIFIED BY 'another'")).await;
                self.sql(&format!("GRANT ALL ON `somebody\\_else`.* TO '{name}'@'%'")).await;
            }
            Kind::Database => return Err(Cannot("MySQL has no mark for whose a database is but its name".to_owned())),
            Kind::Secret => {
                let tag = aws_sdk_secretsmanager::types::Tag::builder().key(TAG.0).value(TAG.1).build();
                self.secrets.create_secret().name(name).secret_string("{}").tags(tag).send().await.expect("secret");
            }
            Kind::LogGroup => {
                self.logs.create_log_group().log_group_name(name).tags(TAG.0, TAG.1).send().await.expect("log group");
            }
        }
        Ok(())
    }

    pub(crate) async fn clear(&self, kind: Kind, subject: &Subject) {
        let name = subject.tenancy.name(kind);
        match kind {
            Kind::Service => {
                let delete = self.ecs.delete_service().cluster(&self.config.cluster).service(name).force(true);
                delete.send().await.expect("service gone");
            }
            Kind::ListenerRule => {
                let host = self.host(subject);
                for rule in self.rules().await.iter().filter(|rule| format!("{rule:?}").contains(&host)) {
                    self.elb.delete_rule().rule_arn(rule.rule_arn().unwrap()).send().await.expect("rule gone");
                }
            }
            Kind::TargetGroup => {
                let groups = self.elb.describe_target_groups().names(name).send().await.expect("target group");
                let arn = groups.target_groups()[0].target_group_arn().unwrap().to_owned();
                self.elb.delete_target_group().target_group_arn(arn).send().await.expect("target group gone");
            }
            Kind::DnsRecord => self.record(ChangeAction::Delete, &self.host(subject)).await,
            Kind::TaskDefinition => {
                let arns = self.ecs.list_task_definitions().family_prefix(name).send().await.expect("revisions");
                for arn in arns.task_definition_arns() {
                    self.ecs.deregister_task_definition().task_definition(arn).send().await.expect("revision gone");
                }
            }
            Kind::AccessPoint => self.clear_access_points(&name).await,
            Kind::DatabaseUser => self.sql(&format!("DROP USER '{name}'@'%'")).await,
            Kind::Database => {}
            Kind::Secret => {
                let delete = self.secrets.delete_secret().secret_id(name).force_delete_without_recovery(true);
                delete.send().await.expect("secret gone");
            }
            Kind::LogGroup => {
                self.logs.delete_log_group().log_group_name(name).send().await.expect("log group gone");
            }
        }
    }

    pub(crate) async fn clear_access_points(&self, name: &str) {
        let points = self.efs.describe_access_points().file_system_id(self.file_system().await).max_results(100);
        for point in points.send().await.expect("access points").access_points() {
            if point.name() == Some(name) {
                let id = point.access_point_id().unwrap();
                self.efs.delete_access_point().access_point_id(id).send().await.expect("access point gone");
            }
        }
    }

    pub(crate) fn host(&self, subject: &Subject) -> String {
        Tenancy::host(&subject.subdomain, &self.config.domain)
    }

    async fn service(&self, name: &str) {
        let definition = self.task_definition("stranger").await;
        let vpc = AwsVpcConfiguration::builder()
            .set_subnets(Some(self.config.subnets.clone()))
            .set_security_groups(Some(self.config.security_groups.clone()))
            .build()
            .unwrap();
        self.ecs
            .create_service()
            .cluster(&self.config.cluster)
            .service_name(name)
            .task_definition(definition)
            .desired_count(1)
            .launch_type(LaunchType::Fargate)
            .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
            .tags(aws_sdk_ecs::types::Tag::builder().key(TAG.0).value(TAG.1).build())
            .send()
            .await
            .expect("service");
    }

    async fn task_definition(&self, family: &str) -> String {
        let container = aws_sdk_ecs::types::ContainerDefinition::builder().name("other").image("other:1").build();
        let registered = self
            .ecs
            .register_task_definition()
            .family(family)
            .network_mode(aws_sdk_ecs::types::NetworkMode::Awsvpc)
            .requires_compatibilities(aws_sdk_ecs::types::Compatibility::Fargate)
            .cpu("256")
            .memory("512")
            .container_definitions(container)
            .tags(aws_sdk_ecs::types::Tag::builder().key(TAG.0).value(TAG.1).build())
            .send()
            .await
            .expect("task definition");
        registered.task_definition().and_then(|revision| revision.task_definition_arn()).unwrap().to_owned()
    }

    pub(crate) async fn load_balancer(&self) -> elb::LoadBalancer {
        let name = &self.config.load_balancers[0];
        let found = self.elb.describe_load_balancers().names(name).send().await.expect("load balancer");
        found.load_balancers()[0].clone()
    }

    pub(crate) async fn listener(&self) -> String {
        let arn = self.load_balancer().await.load_balancer_arn.unwrap();
        let found = self.elb.describe_listeners().load_balancer_arn(arn).send().await.expect("listener");
        let https = found.listeners().iter().find(|listener| listener.port() == Some(443));
        https.and_then(|listener| listener.listener_arn()).unwrap().to_owned()
    }

    pub(crate) async fn rules(&self) -> Vec<elb::Rule> {
        let found = self.elb.describe_rules().listener_arn(self.listener().await).send().await.expect("rules");
        found.rules.unwrap_or_default()
    }

    async fn rule(&self, host: &str) {
        let hosts = elb::HostHeaderConditionConfig::builder().values(host).build();
        let response = elb::FixedResponseActionConfig::builder().status_code("200").content_type("text/plain").build();
        let answer =
            elb::Action::builder().r#type(elb::ActionTypeEnum::FixedResponse).fixed_response_config(response).build();
        self.elb
            .create_rule()
            .listener_arn(self.listener().await)
            .priority(rand::random_range(40_000..50_000))
            .conditions(elb::RuleCondition::builder().field("host-header").host_header_config(hosts).build())
            .actions(answer)
            .send()
            .await
            .expect("rule");
    }

    pub(crate) async fn target_group(&self, name: &str) {
        self.elb
            .create_target_group()
            .name(name)
            .protocol(elb::ProtocolEnum::Http)
            .port(80)
            .vpc_id(self.load_balancer().await.vpc_id.unwrap())
            .target_type(elb::TargetTypeEnum::Ip)
            .tags(elb::Tag::builder().key(TAG.0).value(TAG.1).build())
            .send()
            .await
            .expect("target group");
    }

    async fn record(&self, action: ChangeAction, host: &str) {
        let set = ResourceRecordSet::builder()
            .name(host)
            .r#type(RrType::A)
            .ttl(60)
            .resource_records(ResourceRecord::builder().value("192.0.2.1").build().unwrap())
            .build()
            .unwrap();
        let change = Change::builder().action(action).resource_record_set(set).build().unwrap();
        self.route53
            .change_resource_record_sets()
            .hosted_zone_id(self.config.zone.as_deref().expect("a zone"))
            .change_batch(ChangeBatch::builder().changes(change).build().unwrap())
            .send()
            .await
            .expect("record");
    }

    pub(crate) async fn file_system(&self) -> String {
        let found = self.efs.describe_file_systems().send().await.expect("file systems");
        let name = format!("{}-efs", self.environment);
        let named = found.file_systems().iter().find(|fs| fs.name() == Some(&name));
        named.map(|fs| fs.file_system_id().to_owned()).unwrap()
    }

    async fn access_point(&self, name: &str) {
        let tag = |key, value| aws_sdk_efs::types::Tag::builder().key(key).value(value).build().unwrap();
        self.efs
            .create_access_point()
            .client_token(format!("stranger-{name}"))
            .file_system_id(self.file_system().await)
            .tags(tag("Name", name))
            .tags(tag(TAG.0, TAG.1))
            .send()
            .await
            .expect("access point");
    }

    /// Runs a statement as the administrator.
    pub(crate) async fn sql(&self, statement: &str) {
        let mut connection = MySqlConnection::connect(&Services::mysql(self.environment)).await.expect("MySQL");
        connection.execute(AssertSqlSafe(statement.to_owned())).await.expect(statement);
    }
}
