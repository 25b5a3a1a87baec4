//! What only AWS can show of rules that are put back and of logs that are kept: every condition and action, and what is gone.

use aws_sdk_elasticloadbalancingv2::types as elb;
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, Cloud, CloudError, PutBack, Rule, Traffic};
use serde_json::json;

use crate::promises::{DEV, LOOKS, cloud, tenant};
use crate::services::{ROOM, Services, fault, no_fault};
use crate::strangers::Strangers;
use crate::until::another_look;

const KINDS: [Kind; 2] = [Kind::TargetGroup, Kind::ListenerRule];

async fn built(cloud: &impl Cloud, kinds: &[Kind]) -> Blueprint {
    let tenant = tenant();
    for kind in kinds {
        cloud.ensure(*kind, &tenant).await.expect("ensured");
    }
    tenant
}

async fn goes(cloud: &impl Cloud, tenant: &Blueprint) {
    for kind in [Kind::ListenerRule, Kind::TargetGroup, Kind::LogGroup] {
        cloud.remove(kind, &tenant.subject).await.expect("removed");
    }
}

/// A rule with every condition, which lets visitors log in and then forwards them; made by a person.
async fn by_hand(stranger: &Strangers, listener: &str, group: &str) {
    let of = |field: &str| elb::RuleCondition::builder().field(field);
    let path = elb::PathPatternConditionConfig::builder().values("/in/*").values("/out/*").build();
    let header = elb::HttpHeaderConditionConfig::builder().http_header_name("X-Way").values("a*").build();
    let method = elb::HttpRequestMethodConditionConfig::builder().values("GET").build();
    let pair = elb::QueryStringKeyValuePair::builder().key("v").value("1").build();
    let source = elb::SourceIpConditionConfig::builder().values("10.0.0.0/8").build();
    let conditions = vec![
        of("path-pattern").path_pattern_config(path).build(),
        of("http-header").http_header_config(header).build(),
        of("http-request-method").http_request_method_config(method).build(),
        of("query-string").query_string_config(elb::QueryStringConditionConfig::builder().values(pair).build()).build(),
        of("source-ip").source_ip_config(source).build(),
    ];
    let pool = elb::AuthenticateCognitoActionConfig::builder()
        .user_pool_arn("arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_x")
        .user_pool_client_id("client")
        .user_pool_domain("login")
        .session_timeout(3_600)
        .build();
    let sticky = elb::TargetGroupStickinessConfig::builder().enabled(true).duration_seconds(300).build();
    let share = elb::TargetGroupTuple::builder().target_group_arn(group).weight(7).build();
    let forward = elb::ForwardActionConfig::builder().target_groups(share).target_group_stickiness_config(sticky);
    let new = |kind, order| elb::Action::builder().r#type(kind).order(order);
    stranger
        .elb
        .create_rule()
        .listener_arn(listener)
        .priority(rand::random_range(20_000..30_000))
        .set_conditions(Some(conditions))
        .actions(new(elb::ActionTypeEnum::AuthenticateCognito, 1).authenticate_cognito_config(pool).build())
        .actions(new(elb::ActionTypeEnum::Forward, 2).forward_config(forward.build()).build())
        .tags(elb::Tag::builder().key("made-by").value("a person").build())
        .send()
        .await
        .expect("rule");
}

#[tokio::test]
async fn every_condition_action_and_tag_is_put_back() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = built(&cloud, &KINDS).await;
    let subject = &tenant.subject;
    let group = cloud.find(Kind::TargetGroup, subject).await.expect("found").remove(0).id;
    let listener = cloud.rules(subject).await.expect("rules").remove(0).listener;
    by_hand(&stranger, &listener, &group).await;
    let before = cloud.rules(subject).await.expect("rules");
    assert_eq!(before.len(), 2, "{before:?}");
    let whole = before.iter().find(|rule| rule.tags.contains_key("made-by")).expect("the person's rule");
    for word in ["path-pattern", "X-Way", "GET", "\"v\"", "10.0.0.0/8"] {
        assert!(whole.conditions.to_string().contains(word), "{word}: {whole:?}");
    }
    let text = whole.actions.to_string();
    assert!(text.contains("userpool") && text.contains("\"Weight\":7") && text.contains("300"), "{text}");
    cloud.remove(Kind::ListenerRule, subject).await.expect("removed");
    for rule in &before {
        let put = cloud.put_back(subject, rule, false).await;
        assert!(matches!(put, Ok(PutBack::Stands(_))), "{put:?}");
    }
    let after = cloud.rules(subject).await.expect("rules");
    let unnamed = |rules: Vec<Rule>| {
        let mut rules: Vec<Rule> = rules.into_iter().map(|rule| Rule { id: String::new(), ..rule }).collect();
        rules.sort_by_key(|rule| rule.priority);
        rules
    };
    assert_eq!(unnamed(after), unnamed(before));
    goes(&cloud, &tenant).await;
}

#[tokio::test]
async fn a_rule_is_not_put_back_for_somebody_else_or_where_its_listener_is_gone() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let (one, other) = (built(&cloud, &KINDS).await, tenant());
    let rule = cloud.rules(&one.subject).await.expect("rules").remove(0);
    let foreign = cloud.put_back(&other.subject, &rule, true).await;
    assert!(matches!(foreign, Err(CloudError::Foreign { .. })), "{foreign:?}");
    let lost = Rule { listener: format!("{}0", rule.listener), ..rule.clone() };
    let gone = cloud.put_back(&one.subject, &lost, false).await;
    assert!(matches!(&gone, Err(CloudError::Permanent(why)) if why.contains(&lost.listener)), "{gone:?}");
    let secret = Rule {
        actions: json!([{"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {"ClientId": "client"}}]),
        priority: 19_999,
        ..rule
    };
    let by_hand = cloud.put_back(&one.subject, &secret, false).await;
    assert!(matches!(&by_hand, Err(CloudError::Permanent(why)) if why.contains("client secret")), "{by_hand:?}");
    goes(&cloud, &one).await;
}

#[tokio::test]
async fn logs_are_exported_below_the_run_and_kept_until_somebody_says_otherwise() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = built(&cloud, &[Kind::LogGroup]).await;
    let (subject, id) = (&tenant.subject, tenant.subject.tenancy.tenant.as_str());
    let mut kept = Err(CloudError::Transient("not asked".to_owned()));
    for _ in 0..LOOKS {
        kept = cloud.preserve_logs(subject, "run-1").await;
        // The account may still export what another test asked for.
        match &kept {
            Err(CloudError::Transient(why)) => assert!(why.contains("one at a time"), "{why}"),
            _ => break,
        }
        another_look().await;
    }
    let first = kept.expect("kept").expect("a log group");
    let prefix = format!("_logs/{id}/run-1");
    let (place, export) = first.export.clone().expect("a bucket");
    assert_eq!(place, format!("s3://dev-tenant-backups/{prefix}"));
    let another = cloud.preserve_logs(subject, "run-1").await.expect("kept").expect("a log group");
    assert_eq!(another.export, Some((place, export)));
    let objects = stranger.s3.list_objects_v2().bucket("dev-tenant-backups").prefix(&prefix).send().await;
    assert!(!objects.expect("a bucket").contents().is_empty());

    assert_eq!(cloud.retention(subject).await, Ok(None));
    cloud.ensure(Kind::LogGroup, &tenant).await.expect("ensured");
    assert_eq!(cloud.retention(subject).await, Ok(None), "what is kept for ever on purpose is no oversight");
    cloud.retain_logs(subject, 14).await.expect("retained");
    assert_eq!(cloud.retention(subject).await, Ok(Some(14)));
    goes(&cloud, &tenant).await;
}

#[tokio::test]
async fn a_bucket_that_refuses_is_said_with_what_to_do_and_without_one_logs_stay() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let refused = cloud(&services, |_| {}).await;
    let tenant = built(&refused, &[Kind::LogGroup]).await;
    let id = tenant.subject.tenancy.tenant.as_str();
    fault("export-refused", json!({"tenant": id})).await;
    let answer = refused.preserve_logs(&tenant.subject, "run-1").await;
    let Err(CloudError::Permanent(why)) = answer else { panic!("{answer:?}") };
    assert!(why.contains("docs/running.md") && why.contains("GetBucketAcl"), "{why}");
    no_fault("export-refused", id).await;
    let without = cloud(&services, |config| (config.log_archive, config.backup) = (None, None)).await;
    let kept = without.preserve_logs(&tenant.subject, "run-2").await.expect("kept").expect("a log group");
    assert_eq!(kept.export, None);
    goes(&without, &tenant).await;
}
