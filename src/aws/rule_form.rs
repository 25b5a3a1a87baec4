//! Listener rules as they are kept until they are put back: conditions and actions in AWS's own form, as its command line
//! writes them, so that a person can use them too.
//!
//! What is read here can be made again just as it was. A rule that says something that is not known here is an error, since to
//! leave it out would be to lose it. One thing AWS never shows: the client secret of `authenticate-oidc`.

use aws_sdk_elasticloadbalancingv2::types as elb;
use landlord_core::ports::CloudError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rule_form_aws::Lossless as _;

/// Texts that one of must match: as patterns, or as regular expressions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Values {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) regex_values: Vec<String>,
}

/// A header of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Header {
    pub(super) http_header_name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) regex_values: Vec<String>,
}

/// Parameters behind a `?`, one of which must match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Query {
    pub(super) values: Vec<Pair>,
}

/// One parameter; without a key, any of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Pair {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    pub(super) value: String,
}

/// What a request must be like. Exactly the part that the field names is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Field", rename_all = "kebab-case")]
pub(super) enum Condition {
    #[serde(rename_all = "PascalCase")]
    HostHeader { host_header_config: Values },
    #[serde(rename_all = "PascalCase")]
    PathPattern { path_pattern_config: Values },
    #[serde(rename_all = "PascalCase")]
    HttpHeader { http_header_config: Header },
    #[serde(rename_all = "PascalCase")]
    HttpRequestMethod { http_request_method_config: Values },
    #[serde(rename_all = "PascalCase")]
    QueryString { query_string_config: Query },
    #[serde(rename_all = "PascalCase")]
    SourceIp { source_ip_config: Values },
}

/// A target group and its share of the requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Share {
    pub(super) target_group_arn: String,
    pub(super) weight: i32,
}

/// Whether a visitor stays with a target group, and for how many seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Stickiness {
    pub(super) enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) duration_seconds: Option<i32>,
}

/// Where requests are forwarded to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Forward {
    pub(super) target_groups: Vec<Share>,
    pub(super) target_group_stickiness_config: Stickiness,
}

/// Where visitors are sent instead; what is not given stays as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Redirect {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) protocol: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) query: Option<String>,
    pub(super) status_code: String,
}

/// What the load balancer answers by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct FixedResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message_body: Option<String>,
    pub(super) status_code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
}

/// How visitors log in before: what both ways have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Login {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) authorization_endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token_endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_info_endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_pool_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_pool_client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_pool_domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session_cookie_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session_timeout: Option<i64>,
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub(super) authentication_request_extra_params: std::collections::BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) on_unauthenticated_request: Option<String>,
}

/// What is done with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Type", rename_all = "kebab-case")]
pub(super) enum Deed {
    #[serde(rename_all = "PascalCase")]
    Forward { forward_config: Forward },
    #[serde(rename_all = "PascalCase")]
    Redirect { redirect_config: Redirect },
    #[serde(rename_all = "PascalCase")]
    FixedResponse { fixed_response_config: FixedResponse },
    #[serde(rename_all = "PascalCase")]
    AuthenticateOidc { authenticate_oidc_config: Login },
    #[serde(rename_all = "PascalCase")]
    AuthenticateCognito { authenticate_cognito_config: Login },
}

/// A deed with its place among the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Action {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<i32>,
    #[serde(flatten)]
    pub(super) deed: Deed,
}

/// What a rule says: the conditions that all must hold, and what is done then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) conditions: Vec<Condition>,
    pub(super) actions: Vec<Action>,
}

impl Form {
    /// What AWS says of a rule. Error: a part that is not known here, in words.
    pub(super) fn read(rule: &elb::Rule) -> Result<Self, String> {
        if !rule.transforms().is_empty() {
            return Err("it rewrites requests (`Transforms`)".to_owned());
        }
        Ok(Self {
            conditions: rule.conditions().iter().map(Condition::of).collect::<Result<_, _>>()?,
            actions: rule.actions().iter().map(Action::of).collect::<Result<_, _>>()?,
        })
    }

    /// What was kept of a rule. Error: it is not what [`Form::conditions_json`] and [`Form::actions_json`] wrote.
    pub(super) fn kept(conditions: &Value, actions: &Value) -> Result<Self, CloudError> {
        let torn = |error: serde_json::Error| {
            CloudError::Permanent(format!("What was kept of the rule is not readable ({error}). Make it by hand."))
        };
        Ok(Self {
            conditions: serde_json::from_value(conditions.clone()).map_err(torn)?,
            actions: serde_json::from_value(actions.clone()).map_err(torn)?,
        })
    }

    /// The conditions as they are kept. Error: never for what was read, since all keys are texts.
    pub(super) fn conditions_json(&self) -> Result<Value, String> {
        serde_json::to_value(&self.conditions).map_err(|error| error.to_string())
    }

    /// The actions as they are kept.
    pub(super) fn actions_json(&self) -> Result<Value, String> {
        serde_json::to_value(&self.actions).map_err(|error| error.to_string())
    }

    /// The same with all that means nothing in one order, so that what says the same is the same.
    pub(super) fn settled(mut self) -> Self {
        for condition in &mut self.conditions {
            match condition {
                Condition::HostHeader { host_header_config: values }
                | Condition::PathPattern { path_pattern_config: values }
                | Condition::HttpRequestMethod { http_request_method_config: values }
                | Condition::SourceIp { source_ip_config: values } => {
                    values.values.sort();
                    values.regex_values.sort();
                }
                Condition::HttpHeader { http_header_config: header } => {
                    header.values.sort();
                    header.regex_values.sort();
                }
                Condition::QueryString { query_string_config: query } => query.values.sort(),
            }
        }
        self.conditions.sort_by_cached_key(|condition| format!("{condition:?}"));
        self.actions.sort_by_key(|action| action.order);
        if let [only] = self.actions.as_mut_slice() {
            only.order = None;
        }
        for action in &mut self.actions {
            if let Deed::Forward { forward_config } = &mut action.deed {
                forward_config.target_groups.sort();
            }
        }
        self
    }

    /// The ARNs of the target groups that it forwards to.
    pub(super) fn leads_to(&self) -> impl Iterator<Item = &str> {
        self.actions
            .iter()
            .flat_map(|action| match &action.deed {
                Deed::Forward { forward_config } => forward_config.target_groups.as_slice(),
                _ => &[],
            })
            .map(|share| share.target_group_arn.as_str())
    }

    /// Whether AWS keeps a part of it to itself, so that only a person can make it again.
    pub(super) fn has_a_secret(&self) -> bool {
        self.actions.iter().any(|action| matches!(action.deed, Deed::AuthenticateOidc { .. }))
    }

    /// In AWS's own form, to be created.
    pub(super) fn to_aws(&self) -> (Vec<elb::RuleCondition>, Vec<elb::Action>) {
        (self.conditions.iter().map(Condition::to_aws).collect(), self.actions.iter().map(Action::to_aws).collect())
    }
}
