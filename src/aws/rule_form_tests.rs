//! What is read of a rule, kept, and written again is the rule.

use aws_sdk_elasticloadbalancingv2::types::{self as elb, ActionTypeEnum as Type};
use serde_json::json;

use super::rule_form::Form;

const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-acme-tg/1";

fn values(field: &str) -> elb::builders::RuleConditionBuilder {
    elb::RuleCondition::builder().field(field)
}

fn every_condition() -> Vec<elb::RuleCondition> {
    let host = elb::HostHeaderConditionConfig::builder().values("a.example").values("*.b.example").build();
    let path = elb::PathPatternConditionConfig::builder().regex_values("^/api/[a-z]+$").build();
    let header = elb::HttpHeaderConditionConfig::builder().http_header_name("X-Way").values("in").regex_values("^o");
    let method = elb::HttpRequestMethodConditionConfig::builder().values("GET").values("HEAD").build();
    let pair = |key: Option<&str>, value: &str| {
        elb::QueryStringKeyValuePair::builder().set_key(key.map(str::to_owned)).value(value).build()
    };
    let query = elb::QueryStringConditionConfig::builder().values(pair(Some("a"), "1")).values(pair(None, "2")).build();
    let source = elb::SourceIpConditionConfig::builder().values("10.0.0.0/8").build();
    vec![
        values("host-header").host_header_config(host).build(),
        values("path-pattern").path_pattern_config(path).build(),
        values("http-header").http_header_config(header.build()).build(),
        values("http-request-method").http_request_method_config(method).build(),
        values("query-string").query_string_config(query).build(),
        values("source-ip").source_ip_config(source).build(),
    ]
}

fn every_action() -> Vec<elb::Action> {
    let cognito = elb::AuthenticateCognitoActionConfig::builder()
        .user_pool_arn("arn:pool")
        .user_pool_client_id("client")
        .user_pool_domain("domain")
        .session_cookie_name("cookie")
        .scope("openid")
        .session_timeout(3_600)
        .authentication_request_extra_params("display", "page")
        .on_unauthenticated_request(elb::AuthenticateCognitoActionConditionalBehaviorEnum::Authenticate);
    let oidc = elb::AuthenticateOidcActionConfig::builder()
        .issuer("https://login.example")
        .authorization_endpoint("https://login.example/a")
        .token_endpoint("https://login.example/t")
        .user_info_endpoint("https://login.example/u")
        .client_id("client")
        .session_timeout(60)
        .on_unauthenticated_request(elb::AuthenticateOidcActionConditionalBehaviorEnum::Deny);
    let redirect = elb::RedirectActionConfig::builder()
        .protocol("HTTPS")
        .port("443")
        .host("#{host}")
        .path("/#{path}")
        .query("#{query}")
        .status_code(elb::RedirectActionStatusCodeEnum::Http301);
    let fixed = elb::FixedResponseActionConfig::builder().status_code("503").content_type("text/plain");
    let share = |arn: &str, weight| elb::TargetGroupTuple::builder().target_group_arn(arn).weight(weight).build();
    let sticky = elb::TargetGroupStickinessConfig::builder().enabled(true).duration_seconds(300).build();
    let forward = elb::ForwardActionConfig::builder().target_groups(share(GROUP, 9)).target_groups(share("arn:b", 0));
    let new = |kind, order| elb::Action::builder().r#type(kind).order(order);
    vec![
        new(Type::AuthenticateCognito, 1).authenticate_cognito_config(cognito.build()).build(),
        new(Type::AuthenticateOidc, 2).authenticate_oidc_config(oidc.build()).build(),
        new(Type::Redirect, 3).redirect_config(redirect.build()).build(),
        new(Type::FixedResponse, 4).fixed_response_config(fixed.message_body("later").build()).build(),
        new(Type::Forward, 5).forward_config(forward.target_group_stickiness_config(sticky).build()).build(),
    ]
}

fn rule(conditions: Vec<elb::RuleCondition>, actions: Vec<elb::Action>) -> elb::Rule {
    elb::Rule::builder().set_conditions(Some(conditions)).set_actions(Some(actions)).build()
}

fn kept(form: &Form) -> Form {
    Form::kept(&form.conditions_json().expect("JSON"), &form.actions_json().expect("JSON")).expect("kept")
}

#[test]
fn every_condition_and_action_comes_back_as_it_was() {
    let whole = rule(every_condition(), every_action());
    let form = Form::read(&whole).expect("known");
    assert_eq!(kept(&form), form);
    assert_eq!(kept(&form).to_aws(), (every_condition(), every_action()));
    assert!(form.has_a_secret());
}

#[test]
fn what_is_kept_is_what_the_command_line_takes() {
    let plain = elb::Action::builder().r#type(Type::Forward).target_group_arn(GROUP).build();
    let form = Form::read(&rule(every_condition()[..1].to_vec(), vec![plain])).expect("known");
    let host = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example", "*.b.example"]}}]);
    assert_eq!(form.conditions_json(), Ok(host));
    let forward = json!([{"Type": "forward", "ForwardConfig": {
        "TargetGroups": [{"TargetGroupArn": GROUP, "Weight": 1}], "TargetGroupStickinessConfig": {"Enabled": false}}}]);
    assert_eq!(form.actions_json(), Ok(forward));
}

#[test]
fn what_says_the_same_in_another_form_is_the_same() {
    let older = values("host-header").values("*.b.example").values("a.example").build();
    let both = elb::ForwardActionConfig::builder()
        .target_groups(elb::TargetGroupTuple::builder().target_group_arn(GROUP).weight(1).build())
        .target_group_stickiness_config(elb::TargetGroupStickinessConfig::builder().enabled(false).build());
    let told = elb::Action::builder().r#type(Type::Forward).target_group_arn(GROUP).order(1);
    let told = rule(vec![older], vec![told.forward_config(both.build()).build()]);
    let made = elb::Action::builder().r#type(Type::Forward).target_group_arn(GROUP).build();
    let made = rule(every_condition()[..1].to_vec(), vec![made]);
    let settled = |rule: &elb::Rule| Form::read(rule).expect("known").settled();
    assert_eq!(settled(&told), settled(&made));
    let other = rule(every_condition()[..2].to_vec(), made.actions().to_vec());
    assert_ne!(settled(&other), settled(&made));
}

#[test]
fn what_is_not_known_is_an_error_and_never_left_out() {
    let forward = elb::Action::builder().r#type(Type::Forward).target_group_arn(GROUP).build();
    let jwt = elb::Action::builder().r#type(Type::JwtValidation).build();
    let new = elb::Action::builder().r#type("divert".into()).build();
    let rewrites = elb::RuleTransform::builder().r#type(elb::TransformTypeEnum::UrlRewrite).build();
    let transforming = elb::Rule::builder().actions(forward.clone()).transforms(rewrites).build();
    for (unknown, says) in [
        (rule(vec![values("weather").build()], vec![forward.clone()]), "weather"),
        (rule(vec![values("source-ip").build()], vec![forward.clone()]), "SourceIpConfig"),
        (rule(Vec::new(), vec![jwt, forward.clone()]), "jwt-validation"),
        (rule(Vec::new(), vec![new, forward]), "divert"),
        (transforming, "Transforms"),
    ] {
        let why = Form::read(&unknown).expect_err(says);
        assert!(why.contains(says), "{why}");
    }
    let torn = Form::kept(&json!([{"Field": "weather"}]), &json!([]));
    assert!(torn.is_err(), "{torn:?}");
}
