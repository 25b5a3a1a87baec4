//! Plans as earlier versions wrote them: a log is readable for ever. Nothing here is written any more.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::Plan;

/// Reads a plan of this version or of an earlier one.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<Plan>, D::Error> {
    let mut value = Value::deserialize(deserializer)?;
    if let Some(fields) = value.as_object_mut().filter(|fields| fields.contains_key("tenancy")) {
        from_one_site(fields);
    }
    let plan: Plan = serde_json::from_value(value).map_err(D::Error::custom)?;
    let whole = !plan.tenants.is_empty() && plan.steps.iter().all(|step| step.site < plan.sites.len());
    if !whole || plan.sites.is_empty() {
        return Err(D::Error::custom("the plan names no tenant, no site, or a step at a site that it does not have"));
    }
    Ok(Box::new(plan))
}

/// Version 0.1 of before deletions: one tenant at one site, its fields among the plan's own.
fn from_one_site(fields: &mut Map<String, Value>) {
    let mut take = |name: &str| fields.remove(name).unwrap_or(Value::Null);
    let details = take("details");
    let in_the_way = match take("in_the_way") {
        Value::Null => json!([]),
        list => list,
    };
    let site = json!({
        "tenancy": take("tenancy"),
        "subdomain": details["subdomain"],
        "host": take("host"),
        "account": take("account"),
        "load_balancer": take("load_balancer"),
        "adopts": take("adopts"),
        "in_the_way": in_the_way,
    });
    fields.insert("tenants".into(), json!([details]));
    fields.insert("sites".into(), json!([site]));
}

#[cfg(test)]
mod tests {
    use crate::event::Event;
    use crate::tenant::Environment;

    /// As the log of version 0.1 has it, shortened to what a plan cannot do without.
    const FILED: &str = r#"{"kind":"filed","payload":{"plan":{"operation":"0123abcd","command":"tenant provision",
        "purpose":"provision","tenancy":{"tenant":"goldencrust","environment":"sit"},"details":{"tenant":"goldencrust",
        "company":"Golden Crust","subdomain":"golden","email":"owner@golden.example","organisation":null,
        "size":{"cpu":256,"memory":512,"storage":20},"engagement":"client"},"host":"golden.wpsit.kimmyai.io",
        "load_balancer":"sit-alb","account":"815856636111","steps":[{"step":"ensure secret","resource":"s"}],
        "adopts":["one"],"policy":{"approve":["team-lead"],"expires_after":60,"remind_after":6},"checklist":[]},
        "digest":"d","requester":{"id":"1","name":"operator"},"channel":"c","reason":null}}"#;

    #[test]
    fn a_plan_of_one_site_is_read_as_it_was_meant() {
        let Ok(Event::Filed { plan, .. }) = serde_json::from_str(FILED) else { panic!("not read") };
        assert_eq!(plan.details().company.as_str(), "Golden Crust");
        assert_eq!(plan.site().tenancy.environment, Environment::Sit);
        assert_eq!((plan.site().host.as_str(), plan.site().adopts.len()), ("golden.wpsit.kimmyai.io", 1));
        assert!(plan.steps[0].commits && plan.site().in_the_way.is_empty());
    }

    #[test]
    fn a_plan_without_a_site_is_not_read() {
        let none = FILED.replace("\"tenancy\"", "\"sites\":[],\"tenants\":[],\"x\"");
        assert!(serde_json::from_str::<Event>(&none).is_err());
    }
}
