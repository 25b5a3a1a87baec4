//! What somebody else does to tenants, past the bot: takes things away, puts things there, makes tenants that nobody has told it of.

use std::sync::PoisonError;

use futures::{StreamExt as _, stream};
use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud as _, CloudError, Workload as _};
use landlord_core::tenant::Environment;
use serde_json::Value;

use super::residents::{AT_ONCE, stand};
use super::{Tenant, World, blueprint};
use crate::until::until;

/// The mark of everything that is somebody else's.
const TAG: &str = "tenant_id=somebody-else";

impl World {
    /// The account of an environment by the services' configuration.
    pub(crate) fn account_of(environment: Environment) -> String {
        super::Services::running().config.environments[&environment].account.clone()
    }

    /// A new tenant of a name that other stories of this time do not have.
    pub(crate) fn tenant_named(&self, id: &str) -> Tenant {
        let tenant = Tenant { id: id.to_owned(), subdomain: format!("at-{id}") };
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).push(tenant.clone());
        tenant
    }

    /// Lets these tenants stand in these environments, at work; the bot has not been told.
    pub(crate) async fn inhabit(&self, tenants: &[Tenant], environments: &[Environment]) {
        let cloud = self.cloud().await;
        let places = tenants.iter().flat_map(|tenant| environments.iter().map(move |at| (tenant, *at)));
        let making = places.map(|(tenant, environment)| stand(&cloud, blueprint(tenant, environment)));
        stream::iter(making).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }

    /// Something of these kinds that bears the tenant's name and mark comes to be there.
    pub(crate) async fn gains(&self, tenant: &Tenant, environment: Environment, kinds: &[Kind]) {
        let cloud = self.cloud().await;
        for kind in kinds {
            let made = cloud.ensure(*kind, &blueprint(tenant, environment)).await;
            made.unwrap_or_else(|error| panic!("{kind} of {}: {error}", tenant.id));
        }
    }

    /// What the tenant has of these kinds goes.
    pub(crate) async fn loses(&self, tenant: &Tenant, environment: Environment, kinds: &[Kind]) {
        let cloud = self.cloud().await;
        let subject = tenant.subject(environment);
        for kind in kinds {
            let what = format!("the {kind} of {} to go", tenant.id);
            if *kind == Kind::Service {
                cloud.force_remove(&subject).await.unwrap_or_else(|error| panic!("{what}: {error}"));
                until(what, async || match cloud.tasks(&subject).await {
                    Ok(None) => Ok(()),
                    other => Err(format!("{other:?}")),
                })
                .await;
                continue;
            }
            until(what.clone(), async || match cloud.remove(*kind, &subject).await {
                Err(CloudError::Transient(why)) => Err(why),
                gone => {
                    gone.unwrap_or_else(|error| panic!("{what}: {error}"));
                    Ok(())
                }
            })
            .await;
        }
    }

    /// The service is told to want so many tasks.
    pub(crate) async fn is_scaled(&self, tenant: &Tenant, environment: Environment, tasks: u32) {
        self.cloud().await.scale(&tenant.subject(environment), tasks).await.expect("scaled");
    }

    /// Every task of the service is stopped, so that it starts others.
    pub(crate) async fn tasks_are_stopped(&self, tenant: &Tenant, environment: Environment) {
        let cluster = self.services.config.environments[&environment].cluster.clone();
        let service = format!("{environment}-{}-service", tenant.id);
        let words = ["ecs", "list-tasks", "--cluster", &cluster, "--service-name", &service];
        let tasks = self.aws(environment, &words).await;
        for task in tasks["taskArns"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.aws(environment, &["ecs", "stop-task", "--cluster", &cluster, "--task", task]).await;
        }
    }

    /// A log group of the tenant's name that bears somebody else's mark.
    pub(crate) async fn strangers_log_group(&self, tenant: &Tenant, environment: Environment) {
        let name = format!("/ecs/{environment}-{}", tenant.id);
        self.aws(environment, &["logs", "create-log-group", "--log-group-name", &name, "--tags", TAG]).await;
    }

    /// A rule of somebody else's that leads another host to the tenant's target group; its ARN.
    pub(crate) async fn strangers_rule_to(&self, tenant: &Tenant, environment: Environment) -> String {
        let (group, balancer) = (format!("{environment}-{}-tg", tenant.id), format!("{environment}-alb"));
        let words = ["describe-target-groups", "--names", &group];
        let group = self.arn(environment, &words, "TargetGroups", "TargetGroupArn").await;
        let words = ["describe-load-balancers", "--names", &balancer];
        let balancer = self.arn(environment, &words, "LoadBalancers", "LoadBalancerArn").await;
        let words = ["describe-listeners", "--load-balancer-arn", &balancer, "--query", "{l: Listeners[?Port==`443`]}"];
        let listener = self.arn(environment, &words, "l", "ListenerArn").await;
        let host = format!("other-{}.{}", tenant.subdomain, self.services.config.environments[&environment].domain);
        let (condition, action) =
            (format!("Field=host-header,Values={host}"), format!("Type=forward,TargetGroupArn={group}"));
        let priority = rand::random_range(40_000..50_000).to_string();
        let words = ["create-rule", "--listener-arn", &listener, "--priority", &priority, "--conditions", &condition];
        let more = ["--actions", &action, "--tags", "Key=tenant_id,Value=somebody-else"];
        self.arn(environment, &[&words[..], &more].concat(), "Rules", "RuleArn").await
    }

    /// The ARN of the first entry of a list that the load balancers' API answers.
    async fn arn(&self, environment: Environment, words: &[&str], list: &str, key: &str) -> String {
        let answer = self.aws(environment, &[&["elbv2"], words].concat()).await;
        answer[list][0][key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}")).to_owned()
    }

    /// Takes it away again, which the end of a story does not: it is not the tenant's.
    pub(crate) async fn strangers_log_group_goes(&self, tenant: &Tenant, environment: Environment) {
        let name = format!("/ecs/{environment}-{}", tenant.id);
        self.aws(environment, &["logs", "delete-log-group", "--log-group-name", &name]).await;
    }
}
