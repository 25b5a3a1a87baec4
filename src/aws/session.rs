//! Why there is no session with an environment's account, and exactly what to do about it (playbook 3.3).
//!
//! Architecture invariant: every sentence about logging in, keys and roles is made in [`Session::said`] out of the
//! environment's section, the profile's own keys and the cause; nothing else writes such text. Nothing here calls AWS.

use std::sync::{Mutex, PoisonError};

use landlord_core::tenant::Environment;

use super::login::{Base, Login};
use crate::config::environment::EnvironmentConfig;

/// Where an environment's credentials come from, by its section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A profile of the AWS configuration files.
    Profile(String),
    /// A role that the bot's own credentials assume.
    Role { arn: String, external_id: Option<String> },
    /// What the machine gives: variables, the task's or the instance's role.
    Chain,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// Nobody has logged in on this machine.
    NeverLoggedIn,
    /// The login has ended.
    LoggedOut,
    /// The login is good, and gives no right to that account or role.
    NoAccess,
    /// AWS knows the credentials no more: expired, deleted, or never valid.
    Refused,
    /// STS does not let the role be assumed.
    RoleRefused,
    /// There are no credentials at all.
    Nothing,
    /// The machine's clock is wrong, so that no signature is accepted.
    Clock,
    /// Another account answers.
    OtherAccount(String),
}

/// What is known of an environment's session without asking AWS.
#[derive(Debug)]
pub(super) struct Session {
    environment: Environment,
    account: String,
    pub(super) source: Source,
    /// How the profile logs in, as read when credentials were last fetched.
    login: Mutex<Login>,
}

impl Session {
    /// The session of an environment by its section.
    pub(super) fn new(environment: Environment, config: &EnvironmentConfig) -> Self {
        let source = match (&config.profile, &config.role_arn) {
            (Some(profile), _) => Source::Profile(profile.clone()),
            (None, Some(arn)) => Source::Role { arn: arn.clone(), external_id: config.external_id.clone() },
            (None, None) => Source::Chain,
        };
        Self { environment, account: config.account.clone(), source, login: Mutex::default() }
    }

    /// Reads anew how the profile logs in. Answers the account that must answer.
    pub(super) async fn read(&self) {
        if let Source::Profile(profile) = &self.source {
            let login = Login::read(profile).await;
            *self.login.lock().unwrap_or_else(PoisonError::into_inner) = login;
        }
    }

    /// The account that must answer.
    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// The environment as people call it.
    pub(super) fn title(&self) -> &'static str {
        self.environment.title()
    }

    /// What is wrong and what to do. `seen` is what was tried and how AWS or the machine put it.
    pub(super) fn said(&self, cause: &Cause, seen: &str) -> String {
        let seen = if seen.is_empty() { String::new() } else { format!(" ({})", seen.trim_end_matches('.')) };
        format!("{}{seen}. {}", self.wrong(cause), self.remedy(cause))
    }

    fn wrong(&self, cause: &Cause) -> String {
        let title = self.title();
        match cause {
            Cause::NeverLoggedIn => format!("No session for {title}: nobody has logged in where the bot runs"),
            Cause::LoggedOut => format!("No session for {title}: its login has ended"),
            Cause::NoAccess => format!("No session for {title}: the login gives no access"),
            Cause::Refused => format!("No session for {title}: AWS refuses its credentials"),
            Cause::RoleRefused => format!("No session for {title}: the role may not be assumed"),
            Cause::Nothing => format!("No credentials for {title}"),
            Cause::Clock => format!("No session for {title}: the clock of the bot's machine is wrong"),
            Cause::OtherAccount(account) => {
                format!(
                    "The credentials of {title} answer for account {account}, but the configuration names {}",
                    self.account
                )
            }
        }
    }

    /// What to do, in sentences.
    pub(super) fn remedy(&self, cause: &Cause) -> String {
        if *cause == Cause::Clock {
            return "Set it, best by NTP; AWS accepts a difference of no more than 15 minutes.".to_owned();
        }
        match &self.source {
            Source::Profile(profile) => {
                let login = self.login.lock().unwrap_or_else(PoisonError::into_inner).clone();
                self.of_profile(profile, &login, cause)
            }
            Source::Role { arn, external_id } => self.of_role(arn, external_id.is_some(), cause),
            Source::Chain => self.of_chain(cause),
        }
    }

    fn of_profile(&self, profile: &str, login: &Login, cause: &Cause) -> String {
        let section = format!("[environments.{}]", self.environment);
        let check = format!("`aws --profile {profile} sts get-caller-identity` must say {}", self.account);
        let base = login.base_profile(profile);
        match (cause, &login.base) {
            (_, Base::Missing) => format!(
                "The profile {base} is not in the AWS configuration files of the user that the bot runs as. Add it (`aws \
                 configure sso --profile {base}`), or correct `profile` in {section}; {check}."
            ),
            (Cause::RoleRefused, _) => format!(
                "The profile {profile} assumes {} with the credentials of {base}. Its trust policy must name them, and they \
                 must be allowed `sts:AssumeRole` on it; where the trust policy asks for an external id, the profile needs \
                 `external_id`. Then {check}.",
                login.role.as_deref().unwrap_or("a role")
            ),
            (Cause::OtherAccount(_), Base::Sso) => format!(
                "Clear the SSO cache (`rm -rf ~/.aws/sso/cache/*`), log in to each profile again (`aws sso login --profile \
                 {base}`), and {check}. If it still says another, correct `sso_account_id` of {profile}."
            ),
            (Cause::OtherAccount(_), Base::Keys) => {
                format!(
                    "Give the profile {base} keys of account {} (`aws configure --profile {base}`); {check}.",
                    self.account
                )
            }
            (Cause::NoAccess, Base::Sso) => format!(
                "Whoever administers IAM Identity Center must assign the role of the profile's `sso_role_name` in account {}, \
                 or correct `sso_account_id` and `sso_role_name` of {base}. Then {check}.",
                self.account
            ),
            (_, Base::Sso) => format!(
                "Log in where the bot runs, as the user that it runs as: `aws sso login --profile {base}`. Then {check}. The bot \
                 needs no restart."
            ),
            (_, Base::Keys) => format!(
                "Renew the keys of the profile {base} (`aws configure --profile {base}`) where the bot runs. Then {check}. The \
                 bot needs no restart."
            ),
        }
    }

    fn of_role(&self, arn: &str, external_id: bool, cause: &Cause) -> String {
        let own = "The bot's own credentials are those of its machine (variables, `AWS_PROFILE`, the task's or the instance's \
                   role); `aws sts get-caller-identity` where it runs says whose they are";
        match cause {
            Cause::OtherAccount(_) => format!(
                "The role {arn} is not of that account: correct `role_arn` or `account` in [environments.{}].",
                self.environment
            ),
            Cause::RoleRefused | Cause::NoAccess => {
                let id = if external_id {
                    "with the `sts:ExternalId` that `external_id` gives"
                } else {
                    "and ask for no `sts:ExternalId`, else give `external_id`"
                };
                format!(
                    "The trust policy of {arn} must name the bot's own principal, {id}; and that principal must be allowed \
                     `sts:AssumeRole` on it. {own}."
                )
            }
            Cause::Refused => {
                format!("The role {arn} was assumed and is refused now: see that it still stands. {own}.")
            }
            _ => format!("Without credentials of its own the bot cannot assume {arn}. {own}; renew them."),
        }
    }

    fn of_chain(&self, cause: &Cause) -> String {
        let section = format!("[environments.{}]", self.environment);
        let check = format!("`aws sts get-caller-identity` where the bot runs must say {}", self.account);
        match cause {
            Cause::OtherAccount(_) => format!(
                "They are those of the bot's machine. Give `profile` or `role_arn` in {section}, or run the bot with a role of \
                 that account; {check}."
            ),
            Cause::Nothing => format!(
                "Run the bot as an ECS task or on an instance with a role, set `AWS_PROFILE`, or give `profile` or `role_arn` in \
                 {section}. Then {check}."
            ),
            _ => format!(
                "They are those of the bot's machine: renew the keys in its variables or files, or see that the task's or the \
                 instance's role still stands. Then {check}."
            ),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use landlord_core::tenant::Environment;

    use super::super::login::{Base, Login};
    use super::{Cause, Session};

    /// The session of DEV with these keys in its section.
    pub(in super::super) fn session(keys: &str) -> Session {
        let section = format!(
            "account = \"536580886816\"\nregion = \"eu-west-1\"\ncluster = \"c\"\ndomain = \"d.example\"\n\
             load_balancers = [\"lb\"]\nfile_system = \"fs\"\ndatabase = {{ host = \"h\", user = \"u\", password = \"p\" }}\n{keys}"
        );
        Session::new(Environment::Dev, &toml::from_str(&section).expect("a section"))
    }

    fn with(base: Base, role: Option<&str>) -> Session {
        let session = session("profile = \"Tebogo-dev\"");
        *session.login.lock().expect("free") = Login { base, role: role.map(str::to_owned), ..Login::default() };
        session
    }

    #[test]
    fn a_login_that_has_ended_is_answered_with_the_command() {
        for cause in [Cause::LoggedOut, Cause::NeverLoggedIn, Cause::Refused] {
            let said = with(Base::Sso, None).said(&cause, "Asking");
            assert!(said.contains("`aws sso login --profile Tebogo-dev`"), "{said}");
            assert!(
                said.contains("`aws --profile Tebogo-dev sts get-caller-identity` must say 536580886816"),
                "{said}"
            );
        }
    }

    #[test]
    fn one_account_for_all_profiles_is_the_cache() {
        let said = with(Base::Sso, None).said(&Cause::OtherAccount("815856636111".to_owned()), "");
        assert_eq!(
            said,
            "The credentials of DEV answer for account 815856636111, but the configuration names 536580886816. Clear the SSO \
             cache (`rm -rf ~/.aws/sso/cache/*`), log in to each profile again (`aws sso login --profile Tebogo-dev`), and `aws \
             --profile Tebogo-dev sts get-caller-identity` must say 536580886816. If it still says another, correct \
             `sso_account_id` of Tebogo-dev."
        );
    }

    #[test]
    fn who_has_no_sso_is_not_told_to_log_in() {
        let role = "role_arn = \"arn:aws:iam::536580886816:role/landlord\"";
        let sessions = [with(Base::Keys, None), session(role), session("")];
        for session in sessions {
            for cause in [
                Cause::LoggedOut,
                Cause::Refused,
                Cause::RoleRefused,
                Cause::Nothing,
                Cause::OtherAccount("815856636111".to_owned()),
            ] {
                let said = session.said(&cause, "");
                assert!(!said.contains("sso"), "{cause:?}: {said}");
            }
        }
    }

    #[test]
    fn a_role_is_answered_with_its_trust_policy_and_whose_credentials_assume_it() {
        let arn = "arn:aws:iam::536580886816:role/landlord";
        let plain = session(&format!("role_arn = \"{arn}\"")).said(&Cause::RoleRefused, "");
        assert!(plain.contains(arn) && plain.contains("ask for no `sts:ExternalId`"), "{plain}");
        let with_id = session(&format!("role_arn = \"{arn}\"\nexternal_id = \"e-17\"")).said(&Cause::RoleRefused, "");
        assert!(with_id.contains("that `external_id` gives") && !with_id.contains("e-17"), "{with_id}");
        let of_profile = with(Base::Sso, Some(arn)).said(&Cause::RoleRefused, "");
        assert!(of_profile.contains(arn) && of_profile.contains("trust policy"), "{of_profile}");
    }

    #[test]
    fn a_profile_that_is_not_there_is_said_to_be_missing() {
        let said = with(Base::Missing, None).said(&Cause::Nothing, "");
        assert!(said.contains("The profile Tebogo-dev is not in the AWS configuration files"), "{said}");
        assert!(said.contains("[environments.dev]"), "{said}");
    }

    #[test]
    fn a_wrong_clock_is_nobodys_login() {
        for session in [with(Base::Sso, None), session("")] {
            let said = session.said(&Cause::Clock, "");
            assert!(said.contains("clock") && !said.contains("login"), "{said}");
        }
    }
}
