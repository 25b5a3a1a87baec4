//! What the doctor looks at in Discord: the token, the server, its channels and roles.

use super::Place;
use crate::config::DiscordConfig;

/// What was looked at, and what was seen or is missing.
type Finding = (String, Result<String, String>);

impl Place {
    /// Looks at everything in Discord that the bot needs. Changes nothing.
    pub async fn examine(&self, config: &DiscordConfig) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let me = self.http.get_current_user().await;
        findings.push(("token".into(), me.map(|user| format!("is that of {}", user.name)).map_err(|e| e.to_string())));
        let channels = self.http.get_channels(self.guild).await;
        let standing: Vec<String> =
            channels.as_ref().map_or(Vec::new(), |all| all.iter().map(|c| c.id.to_string()).collect());
        let server = channels
            .map(|all| format!("has {} channels", all.len()))
            .map_err(|error| format!("{error}; invite the bot to the server {}", config.guild));
        findings.push(("server".into(), server));
        for (name, id) in &config.channels {
            let seen =
                if standing.contains(id) { Ok("is there".into()) } else { Err(format!("there is no channel {id}")) };
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
