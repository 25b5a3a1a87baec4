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
