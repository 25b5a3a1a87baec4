//! Conditions and actions from AWS's types to ours and back, part by part: nothing is left out on either way, which the tests
//! below hold by making both ways.

use aws_sdk_elasticloadbalancingv2::types as elb;

use super::rule_form::{
    Action, Condition, Deed, FixedResponse, Forward, Header, Login, Pair, Query, Redirect, Share, Stickiness, Values,
};

/// What can be read from AWS and written for it without a loss.
pub(super) trait Lossless<Theirs>: Sized {
    /// Reads it. Error: a part that is not known here, in words.
    fn of(theirs: &Theirs) -> Result<Self, String>;
    /// Writes it.
    fn to_aws(&self) -> Theirs;
}

fn values(plain: &[String], regex: &[String]) -> Values {
    Values { values: plain.to_vec(), regex_values: regex.to_vec() }
}

/// None where there are none, as AWS wants it.
fn some(values: &[String]) -> Option<Vec<String>> {
    (!values.is_empty()).then(|| values.to_vec())
}

/// A part that must be there.
fn part<'p, T>(part: Option<&'p T>, name: &str) -> Result<&'p T, String> {
    part.ok_or_else(|| format!("`{name}` is not there"))
}

fn text(part: Option<&str>, name: &str) -> Result<String, String> {
    part.map(str::to_owned).ok_or_else(|| format!("`{name}` is not there"))
}

impl Lossless<elb::RuleCondition> for Condition {
    fn of(theirs: &elb::RuleCondition) -> Result<Self, String> {
        // For these two AWS tells the same in an older form besides.
        let older = || values(theirs.values(), theirs.regex_values());
        Ok(match theirs.field().unwrap_or_default() {
            "host-header" => Self::HostHeader {
                host_header_config: theirs
                    .host_header_config()
                    .map_or_else(older, |config| values(config.values(), config.regex_values())),
            },
            "path-pattern" => Self::PathPattern {
                path_pattern_config: theirs
                    .path_pattern_config()
                    .map_or_else(older, |config| values(config.values(), config.regex_values())),
            },
            "http-header" => {
                let config = part(theirs.http_header_config(), "HttpHeaderConfig")?;
                Self::HttpHeader {
                    http_header_config: Header {
                        http_header_name: text(config.http_header_name(), "HttpHeaderName")?,
                        values: config.values().to_vec(),
                        regex_values: config.regex_values().to_vec(),
                    },
                }
            }
            "http-request-method" => {
                let config = part(theirs.http_request_method_config(), "HttpRequestMethodConfig")?;
                Self::HttpRequestMethod { http_request_method_config: values(config.values(), &[]) }
            }
            "query-string" => {
                let config = part(theirs.query_string_config(), "QueryStringConfig")?;
                let pair = |pair: &elb::QueryStringKeyValuePair| {
                    Ok(Pair { key: pair.key().map(str::to_owned), value: text(pair.value(), "Value")? })
                };
                let values = config.values().iter().map(pair).collect::<Result<_, String>>()?;
                Self::QueryString { query_string_config: Query { values } }
            }
            "source-ip" => {
                let config = part(theirs.source_ip_config(), "SourceIpConfig")?;
                Self::SourceIp { source_ip_config: values(config.values(), &[]) }
            }
            other => return Err(format!("its condition `{other}` is not known here")),
        })
    }

    fn to_aws(&self) -> elb::RuleCondition {
        let new = elb::RuleCondition::builder();
        match self {
            Self::HostHeader { host_header_config: Values { values, regex_values } } => {
                let config = elb::HostHeaderConditionConfig::builder().set_values(some(values));
                new.field("host-header").host_header_config(config.set_regex_values(some(regex_values)).build())
            }
            Self::PathPattern { path_pattern_config: Values { values, regex_values } } => {
                let config = elb::PathPatternConditionConfig::builder().set_values(some(values));
                new.field("path-pattern").path_pattern_config(config.set_regex_values(some(regex_values)).build())
            }
            Self::HttpHeader { http_header_config: Header { http_header_name, values, regex_values } } => {
                let config = elb::HttpHeaderConditionConfig::builder().http_header_name(http_header_name);
                let config = config.set_values(some(values)).set_regex_values(some(regex_values));
                new.field("http-header").http_header_config(config.build())
            }
            Self::HttpRequestMethod { http_request_method_config: config } => {
                let config = elb::HttpRequestMethodConditionConfig::builder().set_values(some(&config.values));
                new.field("http-request-method").http_request_method_config(config.build())
            }
            Self::QueryString { query_string_config: Query { values } } => {
                let pair = |Pair { key, value }: &Pair| {
                    elb::QueryStringKeyValuePair::builder().set_key(key.clone()).value(value).build()
                };
                let config = elb::QueryStringConditionConfig::builder();
                let config = config.set_values(Some(values.iter().map(pair).collect()));
                new.field("query-string").query_string_config(config.build())
            }
            Self::SourceIp { source_ip_config: config } => {
                let config = elb::SourceIpConditionConfig::builder().set_values(some(&config.values));
                new.field("source-ip").source_ip_config(config.build())
            }
        }
        .build()
    }
}

impl Lossless<elb::Action> for Action {
    fn of(theirs: &elb::Action) -> Result<Self, String> {
        use elb::ActionTypeEnum as Type;
        let deed = match part(theirs.r#type(), "Type")? {
            Type::Forward => Deed::Forward { forward_config: forward(theirs)? },
            Type::Redirect => {
                Deed::Redirect { redirect_config: Redirect::of(part(theirs.redirect_config(), "RedirectConfig")?)? }
            }
            Type::FixedResponse => {
                let config = part(theirs.fixed_response_config(), "FixedResponseConfig")?;
                Deed::FixedResponse {
                    fixed_response_config: FixedResponse {
                        message_body: config.message_body().map(str::to_owned),
                        status_code: text(config.status_code(), "StatusCode")?,
                        content_type: config.content_type().map(str::to_owned),
                    },
                }
            }
            Type::AuthenticateOidc => Deed::AuthenticateOidc {
                authenticate_oidc_config: Login::of(part(
                    theirs.authenticate_oidc_config(),
                    "AuthenticateOidcConfig",
                )?)?,
            },
            Type::AuthenticateCognito => Deed::AuthenticateCognito {
                authenticate_cognito_config: Login::of(part(
                    theirs.authenticate_cognito_config(),
                    "AuthenticateCognitoConfig",
                )?)?,
            },
            other => return Err(format!("its action `{other}` is not known here")),
        };
        Ok(Self { order: theirs.order(), deed })
    }

    fn to_aws(&self) -> elb::Action {
        use elb::ActionTypeEnum as Type;
        let new = elb::Action::builder().set_order(self.order);
        match &self.deed {
            Deed::Forward { forward_config } => write_forward(new.r#type(Type::Forward), forward_config),
            Deed::Redirect { redirect_config } => new.r#type(Type::Redirect).redirect_config(redirect_config.to_aws()),
            Deed::FixedResponse { fixed_response_config: given } => {
                let config = elb::FixedResponseActionConfig::builder()
                    .set_message_body(given.message_body.clone())
                    .status_code(&given.status_code)
                    .set_content_type(given.content_type.clone());
                new.r#type(Type::FixedResponse).fixed_response_config(config.build())
            }
            Deed::AuthenticateOidc { authenticate_oidc_config } => {
                new.r#type(Type::AuthenticateOidc).authenticate_oidc_config(authenticate_oidc_config.to_aws())
            }
            Deed::AuthenticateCognito { authenticate_cognito_config } => {
                new.r#type(Type::AuthenticateCognito).authenticate_cognito_config(authenticate_cognito_config.to_aws())
            }
        }
        .build()
    }
}

/// A single group is told by its ARN, by a list of one, or both.
fn forward(theirs: &elb::Action) -> Result<Forward, String> {
    let share = |group: &elb::TargetGroupTuple| {
        Ok(Share {
            target_group_arn: text(group.target_group_arn(), "TargetGroupArn")?,
            weight: group.weight().unwrap_or(1),
        })
    };
    let config = theirs.forward_config();
    let listed = config.map(elb::ForwardActionConfig::target_groups).unwrap_or_default();
    let target_groups = match (listed, theirs.target_group_arn()) {
        ([], Some(only)) => vec![Share { target_group_arn: only.to_owned(), weight: 1 }],
        ([], None) => return Err("it forwards to nothing that is told".to_owned()),
        (listed, _) => listed.iter().map(share).collect::<Result<_, String>>()?,
    };
    let sticky = config.and_then(|config| config.target_group_stickiness_config());
    let enabled = sticky.and_then(elb::TargetGroupStickinessConfig::enabled).unwrap_or(false);
    let duration_seconds = sticky.and_then(elb::TargetGroupStickinessConfig::duration_seconds);
    Ok(Forward { target_groups, target_group_stickiness_config: Stickiness { enabled, duration_seconds } })
}

fn write_forward(new: elb::builders::ActionBuilder, forward: &Forward) -> elb::builders::ActionBuilder {
    let Forward { target_groups, target_group_stickiness_config: sticky } = forward;
    if let ([Share { target_group_arn, weight: 1 }], Stickiness { enabled: false, duration_seconds: None }) =
        (target_groups.as_slice(), sticky)
    {
        return new.target_group_arn(target_group_arn);
    }
    let shares = target_groups.iter().map(|share| {
        elb::TargetGroupTuple::builder().target_group_arn(&share.target_group_arn).weight(share.weight).build()
    });
    let sticky = elb::TargetGroupStickinessConfig::builder()
        .enabled(sticky.enabled)
        .set_duration_seconds(sticky.duration_seconds)
        .build();
    let config = elb::ForwardActionConfig::builder().set_target_groups(Some(shares.collect()));
    new.forward_config(config.target_group_stickiness_config(sticky).build())
}

impl Lossless<elb::RedirectActionConfig> for Redirect {
    fn of(theirs: &elb::RedirectActionConfig) -> Result<Self, String> {
        Ok(Self {
            protocol: theirs.protocol().map(str::to_owned),
            port: theirs.port().map(str::to_owned),
            host: theirs.host().map(str::to_owned),
            path: theirs.path().map(str::to_owned),
            query: theirs.query().map(str::to_owned),
            status_code: text(theirs.status_code().map(elb::RedirectActionStatusCodeEnum::as_str), "StatusCode")?,
        })
    }

    fn to_aws(&self) -> elb::RedirectActionConfig {
        elb::RedirectActionConfig::builder()
            .set_protocol(self.protocol.clone())
            .set_port(self.port.clone())
            .set_host(self.host.clone())
            .set_path(self.path.clone())
            .set_query(self.query.clone())
            .status_code(self.status_code.as_str().into())
            .build()
    }
}

impl Lossless<elb::AuthenticateOidcActionConfig> for Login {
    fn of(theirs: &elb::AuthenticateOidcActionConfig) -> Result<Self, String> {
        Ok(Self {
            issuer: theirs.issuer().map(str::to_owned),
            authorization_endpoint: theirs.authorization_endpoint().map(str::to_owned),
            token_endpoint: theirs.token_endpoint().map(str::to_owned),
            user_info_endpoint: theirs.user_info_endpoint().map(str::to_owned),
            client_id: theirs.client_id().map(str::to_owned),
            user_pool_arn: None,
            user_pool_client_id: None,
            user_pool_domain: None,
            session_cookie_name: theirs.session_cookie_name().map(str::to_owned),
            scope: theirs.scope().map(str::to_owned),
            session_timeout: theirs.session_timeout(),
            authentication_request_extra_params: theirs
                .authentication_request_extra_params()
                .map(|all| all.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
                .unwrap_or_default(),
            on_unauthenticated_request: theirs.on_unauthenticated_request().map(|what| what.as_str().to_owned()),
        })
    }

    fn to_aws(&self) -> elb::AuthenticateOidcActionConfig {
        let extra = &self.authentication_request_extra_params;
        elb::AuthenticateOidcActionConfig::builder()
            .set_issuer(self.issuer.clone())
            .set_authorization_endpoint(self.authorization_endpoint.clone())
            .set_token_endpoint(self.token_endpoint.clone())
            .set_user_info_endpoint(self.user_info_endpoint.clone())
            .set_client_id(self.client_id.clone())
            .set_session_cookie_name(self.session_cookie_name.clone())
            .set_scope(self.scope.clone())
            .set_session_timeout(self.session_timeout)
            .set_authentication_request_extra_params((!extra.is_empty()).then(|| extra.clone().into_iter().collect()))
            .set_on_unauthenticated_request(self.on_unauthenticated_request.as_deref().map(Into::into))
            .build()
    }
}

impl Lossless<elb::AuthenticateCognitoActionConfig> for Login {
    fn of(theirs: &elb::AuthenticateCognitoActionConfig) -> Result<Self, String> {
        Ok(Self {
            issuer: None,
            authorization_endpoint: None,
            token_endpoint: None,
            user_info_endpoint: None,
            client_id: None,
            user_pool_arn: theirs.user_pool_arn().map(str::to_owned),
            user_pool_client_id: theirs.user_pool_client_id().map(str::to_owned),
            user_pool_domain: theirs.user_pool_domain().map(str::to_owned),
            session_cookie_name: theirs.session_cookie_name().map(str::to_owned),
            scope: theirs.scope().map(str::to_owned),
            session_timeout: theirs.session_timeout(),
            authentication_request_extra_params: theirs
                .authentication_request_extra_params()
                .map(|all| all.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
                .unwrap_or_default(),
            on_unauthenticated_request: theirs.on_unauthenticated_request().map(|what| what.as_str().to_owned()),
        })
    }

    fn to_aws(&self) -> elb::AuthenticateCognitoActionConfig {
        let extra = &self.authentication_request_extra_params;
        elb::AuthenticateCognitoActionConfig::builder()
            .set_user_pool_arn(self.user_pool_arn.clone())
            .set_user_pool_client_id(self.user_pool_client_id.clone())
            .set_user_pool_domain(self.user_pool_domain.clone())
            .set_session_cookie_name(self.session_cookie_name.clone())
            .set_scope(self.scope.clone())
            .set_session_timeout(self.session_timeout)
            .set_authentication_request_extra_params((!extra.is_empty()).then(|| extra.clone().into_iter().collect()))
            .set_on_unauthenticated_request(self.on_unauthenticated_request.as_deref().map(Into::into))
            .build()
    }
}
