//! Each call of AWS, told to the metrics as it ends.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry as _, RetryAction, RetryReason};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;

use crate::metrics::{Metrics, Outcome};

/// Counts the calls of a client.
#[derive(Debug, Clone)]
pub(super) struct Counted(pub(super) Metrics);

#[dyn_dispatch_hint]
impl Intercept for Counted {
    fn name(&self) -> &'static str {
        "Counted"
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = bag.load::<Metadata>() {
            self.0.aws(call.service(), call.name(), outcome(context, components));
        }
        Ok(())
    }
}

fn outcome(context: &FinalizerInterceptorContextRef<'_>, components: &RuntimeComponents) -> Outcome {
    if matches!(context.output_or_error(), Some(Ok(_))) {
        return Outcome::Ok;
    }
    let Some(response) = context.response() else { return Outcome::Unanswered };
    // Nothing is retried here, but what AWS calls throttling the SDK knows best.
    let throttled = components.retry_classifiers().any(|classifier| {
        let action = classifier.classify_retry(context.inner());
        matches!(
            action,
            RetryAction::RetryIndicated(RetryReason::RetryableError { kind: ErrorKind::ThrottlingError, .. })
        )
    });
    match response.status().as_u16() {
        _ if throttled => Outcome::Throttled,
        429 => Outcome::Throttled,
        500.. => Outcome::Failed,
        _ => Outcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
    use aws_smithy_runtime_api::client::http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;

    use super::*;
    use crate::metrics::now::Now;

    /// An AWS that answers everything so; with no status it cannot be reached.
    #[derive(Debug, Clone)]
    struct Aws(Option<u16>, &'static str);

    impl HttpClient for Aws {
        fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
            SharedHttpConnector::new(self.clone())
        }
    }

    impl HttpConnector for Aws {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let answer = match self.0 {
                Some(status) => Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(self.1))),
                None => Err(ConnectorError::io("nobody is there".into())),
            };
            HttpConnectorFuture::ready(answer)
        }
    }

    #[tokio::test]
    async fn each_call_is_told_once_by_how_it_came_out() {
        let metrics = Metrics::default();
        for (answer, expected) in [
            (Aws(Some(200), r#"{"clusters":[]}"#), "ok"),
            (Aws(Some(400), r#"{"__type":"ClusterNotFoundException"}"#), "refused"),
            (Aws(Some(400), r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#), "throttled"),
            (Aws(Some(429), "slow down"), "throttled"),
            (Aws(Some(500), r#"{"__type":"ServerException"}"#), "failed"),
            (Aws(None, ""), "unanswered"),
        ] {
            let config = aws_sdk_ecs::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-west-1"))
                .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
                .retry_config(RetryConfig::disabled())
                .http_client(answer)
                .interceptor(Counted(metrics.clone()))
                .build();
            let outcome = aws_sdk_ecs::Client::from_conf(config).describe_clusters().send().await;
            assert_eq!(outcome.is_ok(), expected == "ok", "{outcome:?}");
        }
        let text = metrics.text(&Now::default());
        for (outcome, count) in [("ok", 1), ("refused", 1), ("throttled", 2), ("failed", 1), ("unanswered", 1)] {
            let labels = format!("service=\"ECS\",operation=\"DescribeClusters\",outcome=\"{outcome}\"");
            let line = format!("landlord_aws_calls_total{{{labels}}} {count}");
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("landlord_aws_throttles_total{service=\"ECS\"} 2"), "{text}");
    }
}
