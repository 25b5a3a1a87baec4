//! What the doctor looks at in Discord: the token, the server, its channels and roles.

use super::Place;
use crate::config::DiscordConfig;

/// What was looked at, and what was seen or is missing.
type Finding = (String, Result<String, String>);

impl Place {
    /// Looks at everything in Discord that the bot needs. Changes nothing.
    pub async fn examine(&self, config: &DiscordConfig) -> Vec<Finding> {
        let me = self.http.get_current_user().await;
        let mut findings: Vec<Finding> =
            vec![("token".into(), me.map(|user| format!("is that of {}", user.name)).map_err(|error| said(&error)))];
        let channels = match self.http.get_channels(self.guild).await {
            Ok(channels) => channels,
            Err(error) => {
                // Without the server nothing can be said about what is in it.
                let why = format!("{}; is the bot invited to the server {}?", said(&error), config.guild);
                findings.push(("server".into(), Err(why)));
                return findings;
            }
        };
        findings.push(("server".into(), Ok(format!("has {} channels", channels.len()))));
        for (name, id) in &config.channels {
            let there = channels.iter().any(|channel| channel.id.to_string() == *id);
            let seen = if there { Ok("is there".into()) } else { Err(format!("there is no channel {id}")) };
            findings.push((format!("channel {name:?}").to_lowercase(), seen));
        }
        let roles = self.http.get_guild_roles(self.guild).await.map_or(Vec::new(), |roles| roles);
        for role in landlord_core::role::Role::ALL {
            let seen = match config.roles.get(&role) {
                None => Err(format!("is not configured, so nobody holds it; add `{role}` to [discord.roles]")),
                Some(id) => match roles.iter().find(|standing| standing.id.to_string() == *id) {
                    Some(standing) => Ok(format!("is {}", standing.name)),
                    None => Err(format!("the server has no role {id}")),
                },
            };
            findings.push((format!("role {role}"), seen));
        }
        findings
    }
}

/// What Discord or the network said, without a full stop.
fn said(error: &serenity::Error) -> String {
    super::chat::failure(error).to_string().trim_end_matches('.').to_owned()
}
