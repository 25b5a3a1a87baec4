//! Any body in the place of Alertmanager's, SNS's or CloudWatch's.
//!
//! It is taken within the limits, or refused in a short line; what is shown of it means nothing to the chat.

use landlord_core::alert::alertmanager::Notification;
use landlord_core::alert::cloudwatch::Alarm;
use landlord_core::alert::sns::Envelope;
use landlord_core::alert::{LABELS_MAX, Labels, Malformed, Text};

use crate::seen::unseen;

/// Takes one input.
pub fn run(data: &[u8]) {
    match Notification::read(data) {
        Ok(notification) => {
            assert!(!notification.alerts.is_empty());
            [&notification.group, &notification.receiver, &notification.external_url].into_iter().for_each(shown);
            for alert in &notification.alerts {
                assert!(!alert.fingerprint.is_empty());
                shown(&alert.generator);
                [&alert.labels, &alert.annotations].into_iter().for_each(bounded);
            }
        }
        Err(error) => refused(&error),
    }
    match Envelope::read(data) {
        Ok(envelope) => {
            assert!(envelope.certificate_url.starts_with("https://") && !envelope.signature.is_empty());
            alarm(&envelope.message);
        }
        Err(error) => refused(&error),
    }
    if let Ok(text) = std::str::from_utf8(data) {
        alarm(text);
    }
}

fn alarm(message: &str) {
    match Alarm::read(message) {
        Ok(alarm) => {
            [&alarm.name, &alarm.arn, &alarm.reason].into_iter().chain(&alarm.description).for_each(shown);
            assert_eq!(alarm.account.len(), 12);
            if let Some(trigger) = &alarm.trigger {
                bounded(&trigger.dimensions);
                assert!(trigger.threshold.is_none_or(f64::is_finite));
            }
        }
        Err(error) => refused(&error),
    }
}

fn bounded(labels: &Labels) {
    assert!(labels.len() <= LABELS_MAX);
    labels.values().for_each(shown);
}

/// One line, nothing unseen, and no markup that is not escaped.
fn shown(text: &Text) {
    for most in [1, 40, 1_000] {
        let shown = text.shown(most);
        assert!(!shown.contains('\n') && !shown.chars().any(unseen), "{shown:?}");
        assert!(shown.chars().count() <= 2 * most, "longer than {most}: {shown:?}");
        let mut escaped = false;
        for c in shown.chars() {
            assert!(escaped || !"*_~|[<>#`".contains(c), "markup: {shown:?}");
            escaped = c == '\\' && !escaped;
        }
    }
}

fn refused(error: &Malformed) {
    let said = error.to_string();
    assert!(!said.chars().any(unseen) && said.chars().count() <= 400, "{said:?}");
}
