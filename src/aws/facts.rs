//! The shared infrastructure of an environment, found from AWS: load balancers with their listeners, file system, zone,
//! network, roles. Remembered for a few minutes, since it changes by hand and seldom.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{Listener, ProtocolEnum};
use landlord_core::ports::CloudError;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::accounts::Account;
use super::quota::Quota;

/// How long a fact is believed.
const BELIEVED: Duration = Duration::from_mins(5);

/// What is known of an environment's infrastructure.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    load_balancers: Fact<Arc<[LoadBalancer]>>,
    file_system: Fact<String>,
    mount_groups: Fact<Vec<String>>,
    zone: Fact<String>,
}

/// An application load balancer that tenants are placed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoadBalancer {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// The listener that tenants' rules stand on: HTTPS on 443, else the only one.
    pub(crate) listener: String,
    /// All of its listeners: rules on any of them may lead to a tenant.
    pub(crate) listeners: Vec<String>,
    pub(crate) dns_name: String,
    /// The hosted zone of `dns_name`, for alias records.
    pub(crate) zone: String,
    pub(crate) vpc: String,
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Vec<String>,
}

/// Where a service's tasks run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Vec<String>,
}

/// A value with the time it was learnt.
#[derive(Debug)]
struct Fact<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Fact<T> {
    /// The value as remembered, else as learnt now; many callers wait for one learning. The learning is boxed, since a
    /// walk through the SDK is too large to be part of every caller.
    async fn get(&self, learn: Pin<Box<impl Future<Output = Result<T, CloudError>>>>) -> Result<T, CloudError> {
        let mut known = self.0.lock().await;
        if let Some((since, value)) = &*known
            && since.elapsed() < BELIEVED
        {
            return Ok(value.clone());
        }
        let value = learn.await?;
        *known = Some((Instant::now(), value.clone()));
        Ok(value)
    }
}

impl Account {
    /// The environment's load balancers, in the order of the configuration.
    pub(crate) async fn load_balancers(&self) -> Result<Arc<[LoadBalancer]>, CloudError> {
        self.facts.load_balancers.get(Box::pin(self.learn_load_balancers())).await
    }

    /// A load balancer of the environment by its name.
    pub(crate) async fn load_balancer(&self, name: &str) -> Result<LoadBalancer, CloudError> {
        let known = self.load_balancers().await?;
        known.iter().find(|lb| lb.name == name).cloned().ok_or_else(|| {
            CloudError::Permanent(format!(
                "The load balancer `{name}` is not one of {}. Name it in `load_balancers`, or plan again.",
                self.environment.title()
            ))
        })
    }

    async fn learn_load_balancers(&self) -> Result<Arc<[LoadBalancer]>, CloudError> {
        let names = &self.config.load_balancers;
        let doing = format!("Looking for the load balancers {}", names.join(", "));
        let call = self.elb(Quota::ElbRead).await.describe_load_balancers().set_names(Some(names.clone())).send().await;
        let answer = call.map_err(|error| match error.code() {
            Some("LoadBalancerNotFound") => CloudError::Permanent(format!(
                "{doing}: at least one is not in account {}. Correct `load_balancers`.",
                self.config.account
            )),
            _ => self.failed(&doing, &error),
        })?;
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let lb = answer.load_balancers().iter().find(|lb| lb.load_balancer_name() == Some(name));
            let lb = lb.ok_or_else(|| CloudError::Permanent(format!("{doing}: `{name}` is not there.")))?;
            let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
            let arn = text(lb.load_balancer_arn());
            let (listener, listeners) = self.learn_listeners(name, &arn).await?;
            found.push(LoadBalancer {
                name: name.clone(),
                listener,
                listeners,
                arn,
                dns_name: text(lb.dns_name()),
                zone: text(lb.canonical_hosted_zone_id()),
                vpc: text(lb.vpc_id()),
                subnets: lb.availability_zones().iter().filter_map(|az| az.subnet_id().map(str::to_owned)).collect(),
                security_groups: lb.security_groups().to_vec(),
            });
        }
        Ok(found.into())
    }

    /// The listener that tenants' rules stand on, and all there are.
    async fn learn_listeners(&self, name: &str, arn: &str) -> Result<(String, Vec<String>), CloudError> {
        let doing = format!("Looking for the HTTPS listener of {name}");
        let mut all: Vec<Listener> = Vec::new();
        let mut marker = None;
        loop {
            let client = self.elb(Quota::ElbRead).await;
            let call = client.describe_listeners().load_balancer_arn(arn).set_marker(marker).send().await;
            let page = call.map_err(|error| self.failed(&doing, &error))?;
            all.extend(page.listeners.into_iter().flatten());
            marker = page.next_marker;
            if marker.is_none() {
                break;
            }
        }
        let chosen = tenants_listener(&all).ok_or_else(|| {
            CloudError::Permanent(format!("{doing}: there is none on port 443. Add one to the load balancer."))
        })?;
        Ok((chosen, all.into_iter().filter_map(|listener| listener.listener_arn).collect()))
    }

    /// The id of the environment's file system.
    pub(crate) async fn file_system(&self) -> Result<String, CloudError> {
        if self.config.file_system.starts_with("fs-") {
            return Ok(self.config.file_system.clone());
        }
        self.facts.file_system.get(Box::pin(self.learn_file_system())).await
    }

    async fn learn_file_system(&self) -> Result<String, CloudError> {
        let name = &self.config.file_system;
        let doing = format!("Looking for the file system {name}");
        let mut marker = None;
        let mut found = Vec::new();
        loop {
            let call = self.efs().await.describe_file_systems().set_marker(marker).send().await;
            let page = call.map_err(|error| self.failed(&doing, &error))?;
            let named = page.file_systems().iter().filter(|fs| fs.name() == Some(name));
            found.extend(named.map(|fs| fs.file_system_id().to_owned()));
            marker = page.next_marker;
            if marker.is_none() {
                break;
            }
        }
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                Err(CloudError::Permanent(format!("{doing}: no file system has this `Name`. Correct `file_system`.")))
            }
            _ => Err(CloudError::Permanent(format!(
                "{doing}: {} have this `Name` ({}). Give the id in `file_system`.",
                found.len(),
                found.join(", ")
            ))),
        }
    }

    /// The id of the hosted zone of the environment's domain.
    pub(crate) async fn zone(&self) -> Result<String, CloudError> {
        if let Some(zone) = &self.config.zone {
            return Ok(zone.trim_start_matches("/hostedzone/").to_owned());
        }
        self.facts.zone.get(Box::pin(self.learn_zone())).await
    }

    async fn learn_zone(&self) -> Result<String, CloudError> {
        let domain = &self.config.domain;
        let doing = format!("Looking for the hosted zone of {domain}");
        let call = self.route53().await.list_hosted_zones_by_name().dns_name(domain).send().await;
        let answer = call.map_err(|error| self.failed(&doing, &error))?;
        let public: Vec<&str> = answer
            .hosted_zones()
            .iter()
            .filter(|zone| zone.name().trim_end_matches('.') == domain)
            .filter(|zone| !zone.config().is_some_and(aws_sdk_route53::types::HostedZoneConfig::private_zone))
            .map(|zone| zone.id().trim_start_matches("/hostedzone/"))
            .collect();
        match public.as_slice() {
            [one] => Ok((*one).to_owned()),
            [] => Err(CloudError::Permanent(format!("{doing}: there is no public one. Give its id in `zone`."))),
            _ => Err(CloudError::Permanent(format!(
                "{doing}: there are {} ({}). Give the right id in `zone`.",
                public.len(),
                public.join(", ")
            ))),
        }
    }

    /// Where the tasks of a tenant on this load balancer run.
    pub(crate) async fn network(&self, lb: &LoadBalancer) -> Result<Network, CloudError> {
        let given = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
        let subnets = given(&self.config.subnets).unwrap_or_else(|| lb.subnets.clone());
        let security_groups = match given(&self.config.security_groups) {
            Some(groups) => groups,
            None => self.facts.mount_groups.get(Box::pin(self.learn_mount_groups())).await?,
        };
        let security_groups = given(&security_groups).unwrap_or_else(|| lb.security_groups.clone());
        Ok(Network { subnets, security_groups })
    }

    /// The security groups of the file system's mount targets: who may reach it is in them.
    async fn learn_mount_groups(&self) -> Result<Vec<String>, CloudError> {
        let file_system = self.file_system().await?;
        let doing = format!("Looking for the mount targets of {file_system}");
        let call = self.efs().await.describe_mount_targets().file_system_id(&file_system).send().await;
        let targets = call.map_err(|error| self.failed(&doing, &error))?;
        let Some(target) = targets.mount_targets().first() else {
            return Ok(Vec::new());
        };
        let groups = self
            .efs()
            .await
            .describe_mount_target_security_groups()
            .mount_target_id(target.mount_target_id())
            .send()
            .await;
        Ok(groups.map_err(|error| self.failed(&doing, &error))?.security_groups)
    }

    /// The ARN of a role given by name or ARN, else of the playbook's name.
    pub(crate) fn role(&self, given: Option<&str>, suffix: &str) -> String {
        let name = match given {
            Some(arn) if arn.starts_with("arn:") => return arn.to_owned(),
            Some(name) => name.to_owned(),
            None => format!("{}-{suffix}", self.environment),
        };
        format!("arn:{}:iam::{}:role/{name}", partition(&self.config.region), self.config.account)
    }
}

/// The partition of a region, as in ARNs.
fn partition(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// HTTPS on 443, else the only listener there is.
fn tenants_listener(listeners: &[Listener]) -> Option<String> {
    let https = |l: &&Listener| l.port() == Some(443) && l.protocol() == Some(&ProtocolEnum::Https);
    let chosen = match listeners {
        [only] => Some(only),
        several => several.iter().find(https),
    };
    chosen.and_then(|listener| listener.listener_arn()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{Listener, ProtocolEnum};

    use super::{partition, tenants_listener};

    fn listener(arn: &str, port: i32, protocol: ProtocolEnum) -> Listener {
        Listener::builder().listener_arn(arn).port(port).protocol(protocol).build()
    }

    #[test]
    fn rules_stand_on_the_https_listener_or_the_only_one() {
        let http = listener("http", 80, ProtocolEnum::Http);
        let https = listener("https", 443, ProtocolEnum::Https);
        let other = listener("other", 8_443, ProtocolEnum::Https);
        assert_eq!(tenants_listener(&[http.clone(), https]).as_deref(), Some("https"));
        assert_eq!(tenants_listener(std::slice::from_ref(&http)).as_deref(), Some("http"));
        assert_eq!(tenants_listener(&[http, other]), None);
        assert_eq!(tenants_listener(&[]), None);
    }

    #[test]
    fn regions_know_their_partition() {
        assert_eq!(["af-south-1", "cn-north-1", "us-gov-west-1"].map(partition), ["aws", "aws-cn", "aws-us-gov"]);
    }
}
