//! A tenant's site as AWS has it where it is changed: the revisions of its task definition, its rules, its logs, and what another
//! hand does with them. Nothing here is asked of the bot.

use landlord_core::ports::{Revisions as _, Rollout};
use landlord_core::tenant::Environment;
use serde_json::{Value, json};

use super::{Tenant, World, text};
use crate::until::until;

impl World {
    /// The active revisions of the tenant's task definition, the oldest first, each whole.
    pub(crate) async fn definitions(&self, tenant: &Tenant, environment: Environment) -> Vec<Value> {
        let family = format!("{environment}-{}", tenant.id);
        let listed = self.aws(environment, &["ecs", "list-task-definitions", "--family-prefix", &family]).await;
        let mut definitions = Vec::new();
        for arn in listed["taskDefinitionArns"].as_array().into_iter().flatten() {
            definitions.push(self.definition(environment, &text(arn)).await["taskDefinition"].clone());
        }
        definitions
    }

    /// A revision, and its tags.
    pub(crate) async fn definition(&self, environment: Environment, name: &str) -> Value {
        self.aws(environment, &["ecs", "describe-task-definition", "--task-definition", name, "--include", "TAGS"])
            .await
    }

    /// What the service wants: the number of the revision, and how many tasks; and how many run.
    pub(crate) async fn wants(&self, tenant: &Tenant, environment: Environment) -> (u64, u64, u64) {
        let service = self.service(tenant, environment).await.expect("the service");
        let revision = text(&service["taskDefinition"]).rsplit(':').next().and_then(|number| number.parse().ok());
        let count = |name: &str| service[name].as_u64().expect("a number");
        (revision.expect("a revision"), count("desiredCount"), count("runningCount"))
    }

    /// Another hand makes the service run a revision of another image; it comes up. Answers its number.
    pub(crate) async fn ships(&self, tenant: &Tenant, environment: Environment, image: &str) -> u32 {
        let standing = self.definition(environment, &format!("{environment}-{}", tenant.id)).await;
        let mut wanted = json!({ "tags": standing["tags"] });
        for key in [
            "family",
            "taskRoleArn",
            "executionRoleArn",
            "networkMode",
            "containerDefinitions",
            "volumes",
            "requiresCompatibilities",
            "cpu",
            "memory",
        ] {
            wanted[key] = standing["taskDefinition"][key].clone();
        }
        wanted["containerDefinitions"][0]["image"] = json!(image);
        let words = ["ecs", "register-task-definition", "--cli-input-json", &wanted.to_string()];
        let made = self.aws(environment, &words).await["taskDefinition"]["revision"].as_u64().expect("a revision");
        let (number, subject) = (u32::try_from(made).expect("a small number"), tenant.subject(environment));
        let cloud = self.cloud().await;
        cloud.deploy(&subject, number, 1).await.expect("deployed");
        until(format!("revision {number} to come up"), async || match cloud.rollout(&subject, Some(number)).await {
            Ok(Rollout::Stable(_)) => Ok(()),
            other => Err(format!("{other:?}")),
        })
        .await;
        number
    }

    /// Another hand stops the tasks that run for the tenant.
    pub(crate) async fn stops_tasks(&self, tenant: &Tenant, environment: Environment) {
        let cluster = self.services.config.environments[&environment].cluster.clone();
        let service = format!("{environment}-{}-service", tenant.id);
        let words = ["ecs", "list-tasks", "--cluster", &cluster, "--service-name", &service];
        let listed = self.aws(environment, &words).await;
        let tasks = listed["taskArns"].as_array().expect("a list");
        assert!(!tasks.is_empty(), "no task runs: {listed}");
        for task in tasks {
            self.aws(environment, &["ecs", "stop-task", "--cluster", &cluster, "--task", &text(task)]).await;
        }
    }

    /// The rules that forward to the tenant, by priority, each as AWS tells it but for its ARN.
    pub(crate) async fn rules(&self, tenant: &Tenant, environment: Environment) -> Vec<Value> {
        let mut rules = self.rules_with_arns(tenant, environment).await;
        for rule in &mut rules {
            rule.as_object_mut().expect("an object").remove("RuleArn");
        }
        rules
    }

    /// The same with their ARNs.
    pub(crate) async fn rules_with_arns(&self, tenant: &Tenant, environment: Environment) -> Vec<Value> {
        let name = format!("{environment}-alb");
        let balancer = self.aws(environment, &["elbv2", "describe-load-balancers", "--names", &name]).await;
        let balancer = text(&balancer["LoadBalancers"][0]["LoadBalancerArn"]);
        let listeners = self.aws(environment, &["elbv2", "describe-listeners", "--load-balancer-arn", &balancer]).await;
        let group = format!("targetgroup/{environment}-{}-tg/", tenant.id);
        let mut own = Vec::new();
        for listener in listeners["Listeners"].as_array().into_iter().flatten() {
            let words = ["elbv2", "describe-rules", "--listener-arn", &text(&listener["ListenerArn"])];
            let rules = self.aws(environment, &words).await;
            let rules = rules["Rules"].as_array().cloned().unwrap_or_default();
            own.extend(rules.into_iter().filter(|rule| rule["Actions"].to_string().contains(&group)));
        }
        own.sort_by_key(|rule| text(&rule["Priority"]).parse::<u32>().unwrap_or_default());
        own
    }

    /// Another hand moves the tenant's rule to a priority that nobody else takes while it is away: the bot itself takes the
    /// lowest that is free, and other stories go on meanwhile.
    pub(crate) async fn moves_rule(&self, tenant: &Tenant, environment: Environment) -> String {
        let rules = self.rules_with_arns(tenant, environment).await;
        let [rule] = rules.as_slice() else { panic!("one rule should lead there: {rules:?}") };
        let priority = rand::random_range(30_000..40_000).to_string();
        let moved = format!("RuleArn={},Priority={priority}", text(&rule["RuleArn"]));
        self.aws(environment, &["elbv2", "set-rule-priorities", "--rule-priorities", &moved]).await;
        priority
    }

    /// For how many days the tenant's logs are kept; none where they are kept for ever.
    pub(crate) async fn logs_are_kept(&self, tenant: &Tenant, environment: Environment) -> Option<u64> {
        let name = format!("/ecs/{environment}-{}", tenant.id);
        let groups = self.aws(environment, &["logs", "describe-log-groups", "--log-group-name-prefix", &name]).await;
        let group = groups["logGroups"].as_array().into_iter().flatten().find(|group| group["logGroupName"] == *name);
        group.unwrap_or_else(|| panic!("no log group {name}: {groups}"))["retentionInDays"].as_u64()
    }

    /// The exports of the tenant's logs.
    pub(crate) async fn exports(&self, tenant: &Tenant, environment: Environment) -> Vec<Value> {
        let name = format!("/ecs/{environment}-{}", tenant.id);
        let tasks = self.aws(environment, &["logs", "describe-export-tasks"]).await;
        let tasks = tasks["exportTasks"].as_array().cloned().unwrap_or_default();
        tasks.into_iter().filter(|task| task["logGroupName"] == *name).collect()
    }
}
