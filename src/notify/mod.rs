//! How people outside the chat are told: owners and teams by mail, a Slack channel, whoever is on call.

mod answer;
pub mod escalations;
pub mod pagerduty;
pub mod ses;
pub mod slack;
