//! How a world is to be.

/// How the bot reaches an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// As the services' configuration says.
    Usual,
    /// It has no credentials.
    NoCredentials,
    /// The database server only by tasks.
    DatabasesByTasks,
    /// By a login with IAM Identity Center, with the files of this home. For a process of its own.
    ByLogin(&'static str),
    /// By names that can be taken from it; Discord and AWS too. For a process of its own.
    ByNames,
}

impl Reach {
    /// What goes over the configuration's file for DEV.
    pub(super) fn variables(self) -> Vec<(String, String)> {
        let mut more = Vec::new();
        let all: &[(&str, &str)] = match self {
            Self::Usual | Self::ByNames => &[],
            Self::NoCredentials => &[("PROFILE", "nobody")],
            Self::ByLogin(home) => {
                more.push(("HOME".to_owned(), home.to_owned()));
                more.push(("AWS_CONFIG_FILE".to_owned(), format!("{home}/config")));
                &[("PROFILE", "ours")]
            }
            // Nothing listens at the port.
            Self::DatabasesByTasks => {
                &[("DATABASE__ACCESS", "task"), ("DATABASE__TASK", "dev-generic-db"), ("DATABASE__PORT", "1")]
            }
        };
        let named = |(key, value): &(&str, &str)| (format!("LANDLORD_ENVIRONMENTS__DEV__{key}"), (*value).to_owned());
        all.iter().map(named).chain(more).collect()
    }
}

/// How the bot lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// Within the tests' process, by the story's time.
    InProcess,
    /// As `landlord serve`, a process of its own, by the machine's time.
    Process,
}

/// How a world is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Nobody else is served meanwhile: for faults that hit every tenant, and for counting requests.
    pub(crate) alone: bool,
    /// How many times faster the bot's own waiting passes, its deadlines included. A process of its own knows no haste.
    pub(crate) haste: u32,
    /// The log is on PostgreSQL.
    pub(crate) postgres: bool,
    /// How the bot reaches DEV.
    pub(crate) dev: Reach,
    /// How the bot lives.
    pub(crate) life: Life,
    /// There are monitoring systems, and people outside the chat, who tell and are told.
    pub(crate) alerts: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self { alone: false, haste: 1, postgres: false, dev: Reach::Usual, life: Life::InProcess, alerts: false }
    }
}
