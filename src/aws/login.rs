//! How a profile of the AWS configuration files gets its credentials, by its keys. Nothing here calls AWS, and no key's value
//! but names leaves this file.

use aws_config::profile::{self, Profile, ProfileSet};

/// How many profiles may stand behind one another.
const DEPTH: usize = 5;

/// What stands at the bottom of a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Base {
    /// A login with IAM Identity Center.
    Sso,
    /// Keys, or a process that gives them.
    #[default]
    Keys,
    /// The profile is not there.
    Missing,
}

/// How a profile logs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Login {
    /// What its credentials come from in the end.
    pub(super) base: Base,
    /// The profile that has them, where it is another.
    pub(super) through: Option<String>,
    /// The role that it assumes with them.
    pub(super) role: Option<String>,
}

impl Login {
    /// Reads the files that the SDK reads. Files that cannot be read are the SDK's to complain of.
    pub(super) async fn read(name: &str) -> Self {
        let (fs, env, files) = Default::default();
        match profile::load(&fs, &env, &files, Some(name.to_owned().into())).await {
            Ok(profiles) => Self::of(&profiles, name),
            Err(_) => Self::default(),
        }
    }

    fn of(profiles: &ProfileSet, name: &str) -> Self {
        let mut login = Self::default();
        let mut at = name;
        for _ in 0..DEPTH {
            let Some(profile) = profiles.get_profile(at) else {
                login.base = Base::Missing;
                break;
            };
            login.base = base(profile);
            let role = profile.get("role_arn");
            login.role = login.role.or_else(|| role.map(str::to_owned));
            match profile.get("source_profile").filter(|source| role.is_some() && *source != at) {
                Some(source) => at = source,
                None => break,
            }
        }
        login.through = (at != name).then(|| at.to_owned());
        login
    }

    /// The profile whose login or keys count.
    pub(super) fn base_profile<'a>(&'a self, profile: &'a str) -> &'a str {
        self.through.as_deref().unwrap_or(profile)
    }
}

fn base(profile: &Profile) -> Base {
    let logs_in = ["sso_session", "sso_start_url"].iter().any(|key| profile.get(key).is_some());
    if logs_in { Base::Sso } else { Base::Keys }
}
