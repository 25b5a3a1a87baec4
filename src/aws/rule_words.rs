//! What a listener rule does, in words for people: `golden.wpdev.kimmyai.io → dev-goldencrust-tg`.

use aws_sdk_elasticloadbalancingv2::types::Rule;

use super::rule_form::{Condition, Deed, Form, Pair};
use super::{arn, rule_look};

/// The longest text, in characters: a rule may have many long values.
const WORDS_MAX: usize = 200;

/// The rule in one line.
pub(super) fn words(form: &Form) -> String {
    let when: Vec<String> = form.conditions.iter().map(condition).collect();
    let when = if when.is_empty() { "everything".to_owned() } else { when.join(" and ") };
    let mut actions: Vec<_> = form.actions.iter().collect();
    actions.sort_by_key(|action| action.order);
    let then: Vec<String> = actions.into_iter().map(|action| deed(&action.deed)).collect();
    shortened(&format!("{when} → {}", then.join(", then ")))
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= WORDS_MAX {
        return line.to_owned();
    }
    line.chars().take(WORDS_MAX - 1).chain(['…']).collect()
}

/// A rule that is not wholly understood, by what is: for which host names it is, and where it leads.
pub(super) fn outline(rule: &Rule) -> String {
    let hosts: Vec<&str> = rule_look::hosts(rule).collect();
    let groups: Vec<&str> = rule_look::leads_to(rule).filter_map(arn::target_group).collect();
    shortened(&format!("{} → {}", hosts.join(" or "), groups.join(", ")))
}

fn condition(condition: &Condition) -> String {
    let any = |values: &[String], regex: &[String]| {
        let regex = regex.iter().map(|one| format!("/{one}/"));
        values.iter().cloned().chain(regex).collect::<Vec<_>>().join(" or ")
    };
    match condition {
        Condition::HostHeader { host_header_config: one } => any(&one.values, &one.regex_values),
        Condition::PathPattern { path_pattern_config: one } => format!("path {}", any(&one.values, &one.regex_values)),
        Condition::HttpHeader { http_header_config: one } => {
            format!("header {}: {}", one.http_header_name, any(&one.values, &one.regex_values))
        }
        Condition::HttpRequestMethod { http_request_method_config: one } => format!("method {}", any(&one.values, &[])),
        Condition::QueryString { query_string_config: one } => {
            let pair = |Pair { key, value }: &Pair| match key {
                Some(key) => format!("{key}={value}"),
                None => value.clone(),
            };
            format!("query {}", any(&one.values.iter().map(pair).collect::<Vec<_>>(), &[]))
        }
        Condition::SourceIp { source_ip_config: one } => format!("from {}", any(&one.values, &[])),
    }
}

fn deed(deed: &Deed) -> String {
    match deed {
        Deed::Forward { forward_config } => {
            let groups = forward_config.target_groups.iter();
            let name = |arn: &str| arn::target_group(arn).unwrap_or(arn).to_owned();
            match forward_config.target_groups.as_slice() {
                [only] => name(&only.target_group_arn),
                _ => groups
                    .map(|share| format!("{} ({})", name(&share.target_group_arn), share.weight))
                    .collect::<Vec<_>>()
                    .join(" or "),
            }
        }
        Deed::Redirect { redirect_config } => {
            format!("redirected to {}", redirect_config.host.as_deref().unwrap_or("itself"))
        }
        Deed::FixedResponse { fixed_response_config } => format!("answered {}", fixed_response_config.status_code),
        Deed::AuthenticateOidc { .. } | Deed::AuthenticateCognito { .. } => "login".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use aws_sdk_elasticloadbalancingv2::types::{Action, Rule, RuleCondition};

    use super::super::rule_form::Form;
    use super::{outline, words};

    fn said(conditions: &serde_json::Value, actions: &serde_json::Value) -> String {
        words(&Form::kept(conditions, actions).expect("a rule"))
    }

    #[test]
    fn a_rule_is_told_in_one_line() {
        let group = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-acme-tg/1";
        let stays = json!({"Enabled": false});
        let forward = json!([{"Type": "forward", "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}], "TargetGroupStickinessConfig": stays}}]);
        let hosts = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example", "b.example"]}}]);
        assert_eq!(said(&hosts, &forward), "a.example or b.example → dev-acme-tg");
        let away = json!([{"Type": "redirect", "RedirectConfig": {"Host": "c.example", "StatusCode": "HTTP_302"}}]);
        let query = json!([
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/x"]}},
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a", "Value": "1"}, {"Value": "2"}]}}]);
        assert_eq!(said(&query, &away), "path /x and query a=1 or 2 → redirected to c.example");
    }

    #[test]
    fn what_is_not_understood_is_left_out_of_the_line() {
        let group = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-acme-tg/1";
        let host = RuleCondition::builder().field("host-header").values("a.example").build();
        let mood = RuleCondition::builder().field("visitor-mood").values("calm").build();
        let forward = Action::builder().target_group_arn(group).build();
        let rule = Rule::builder().conditions(host).conditions(mood).actions(forward).build();
        assert!(Form::read(&rule).is_err());
        assert_eq!(outline(&rule), "a.example → dev-acme-tg");
    }

    #[test]
    fn a_long_rule_is_cut() {
        let long = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["x".repeat(500)]}}]);
        assert_eq!(said(&long, &json!([])).chars().count(), 200);
    }
}
