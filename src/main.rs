//! The program: reads its arguments and wires the rooms together.

#[cfg(feature = "sandbox")]
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use landlord::config::{self, Config};
use landlord_core::chain::Witness;
use landlord_core::spec::Catalogue;
use tracing_subscriber::EnvFilter;

/// The ChatOps bot for tenants.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// How logs are written, to stderr.
    #[arg(long, global = true, value_enum, default_value_t = LogForm::Text)]
    log: LogForm,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogForm {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Local Discord, its page, a simulated cloud and the bot, in one process.
    #[cfg(feature = "sandbox")]
    Sandbox {
        /// Where the page is; the bot's own HTTP side is at the next port.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Keep everything in this folder, and go on where it ended.
        #[arg(long)]
        state: Option<PathBuf>,
        /// The environments of this configuration, through the real adapters.
        #[arg(long)]
        config: Option<PathBuf>,
        /// How much faster people's waiting passes: at 3600 an hour takes a second.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        time_scale: u32,
    },
    /// The local Discord and its page alone, for a bot in another process.
    #[cfg(feature = "sandbox")]
    LocalDiscord {
        /// Where it listens.
        #[arg(long)]
        listen: SocketAddr,
        /// Keep everything in this folder, and go on where it ended.
        #[arg(long)]
        state: Option<PathBuf>,
    },
    /// The bot. Its token comes from `DISCORD_TOKEN`, or the file that `DISCORD_TOKEN_FILE` names.
    Serve {
        /// The configuration, `landlord.toml`.
        #[arg(long)]
        config: PathBuf,
    },
    /// Checks everything that the bot needs, one line each.
    Doctor {
        /// The configuration, `landlord.toml`.
        #[arg(long)]
        config: PathBuf,
    },
    /// Files the adoption of tenants that stand already, out of a CSV file with the columns tenant, company, subdomain,
    /// environments and, where wanted, email, organisation, cpu, memory, storage, kind. On SQLite the bot must not run meanwhile.
    Import {
        /// The file.
        file: PathBuf,
        /// The configuration, `landlord.toml`.
        #[arg(long)]
        config: PathBuf,
        /// Only say what would be filed, or what is wrong.
        #[arg(long)]
        dry_run: bool,
    },
    /// The catalogue of commands.
    #[command(subcommand)]
    Commands(Commands),
    /// The event log.
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Says whether the log is what was written.
    Verify {
        /// The configuration, `landlord.toml`.
        #[arg(long)]
        config: PathBuf,
        /// What was posted of the log: it must have that event. May be given more than once.
        #[arg(long = "anchor", value_name = "POSITION:HASH")]
        anchors: Vec<Witness>,
    },
    /// Writes every event as one JSON line.
    Export {
        /// The configuration, `landlord.toml`.
        #[arg(long)]
        config: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Commands {
    /// Validates the command files of a folder, or those that are built in.
    Check {
        /// The folder.
        folder: Option<PathBuf>,
    },
    /// Prints the commands with their options and policies.
    List,
    /// Prints the handbook of the commands, `docs/commands.md`.
    Docs,
}

/// Exit code: something was found wrong.
const FOUND_WRONG: u8 = 1;
/// Exit code: could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr(arguments.log);
    let ended = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| {
        let ended = runtime.block_on(run(arguments.command));
        // A name that nobody resolves must not keep the process from ending.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("landlord: {error}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn log_to_stderr(form: LogForm) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,serenity=warn,aws_config=warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match form {
        LogForm::Text => logs.with_target(false).init(),
        LogForm::Json => logs.json().init(),
    }
}

async fn run(command: Command) -> Result<ExitCode, Box<dyn std::error::Error>> {
    match command {
        #[cfg(feature = "sandbox")]
        Command::Sandbox { listen, state, config, time_scale } => {
            let config = config.as_deref().map(Config::read).transpose()?;
            let sandbox = landlord::sandbox::Sandbox { listen, state, config, time_scale };
            let started = |address| {
                println!("The sandbox is at http://{address} — open it in a browser. Ctrl-C ends it.");
            };
            tokio::select! {
                ended = sandbox.run(Catalogue::built_in()?, started) => ended?,
                () = told_to_end()? => {}
            }
            Ok(ExitCode::SUCCESS)
        }
        #[cfg(feature = "sandbox")]
        Command::LocalDiscord { listen, state } => {
            local_discord(listen, state).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { config } => {
            let (config, token) = (Config::read(&config)?, config::discord_token()?);
            let started = |address| tracing::info!(%address, "the bot's own HTTP side listens");
            let told_to_end = told_to_end()?;
            landlord::serve::serve(&config, Catalogue::built_in()?, token.expose(), started, told_to_end).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor { config } => {
            let config = Config::read(&config)?;
            let token = config::discord_token().map(|token| token.expose().to_owned()).map_err(|e| e.to_string());
            let well = landlord::doctor::examine(&config, token, |finding| println!("{finding}")).await;
            Ok(code(well))
        }
        Command::Audit(AuditCommand::Verify { config, anchors }) => {
            let url = Config::read(&config)?.store.url;
            let (intact, line) = landlord::audit::verify(url.expose(), &anchors).await?;
            println!("{line}");
            Ok(code(intact))
        }
        Command::Audit(AuditCommand::Export { config }) => {
            let url = Config::read(&config)?.store.url;
            let count = landlord::audit::export(url.expose(), std::io::stdout().lock()).await?;
            eprintln!("{count} events");
            Ok(ExitCode::SUCCESS)
        }
        Command::Import { file, config, dry_run } => import(&file, &config, dry_run).await,
        Command::Commands(Commands::Check { folder }) => Ok(check(folder)),
        Command::Commands(Commands::List) => {
            list(&Catalogue::built_in()?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Commands(Commands::Docs) => {
            print!("{}", landlord_core::card::handbook(&Catalogue::built_in()?));
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn import(file: &Path, config: &Path, dry_run: bool) -> Result<ExitCode, Box<dyn std::error::Error>> {
    use landlord::import::ImportError;
    match landlord::import::import(&Config::read(config)?, &Catalogue::built_in()?, file, dry_run).await {
        Ok(said) => {
            println!("{said}");
            Ok(ExitCode::SUCCESS)
        }
        Err(wrong @ ImportError::Wrong(_)) => {
            eprintln!("landlord: {wrong}");
            Ok(ExitCode::from(FOUND_WRONG))
        }
        Err(error) => Err(error.into()),
    }
}

/// What returns when the process is asked to end; from here on it is not killed by that.
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

fn code(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::from(FOUND_WRONG) }
}

#[cfg(feature = "sandbox")]
async fn local_discord(listen: SocketAddr, state: Option<PathBuf>) -> std::io::Result<()> {
    use landlord_sandbox::discord::{LocalDiscord, Options};
    let discord = LocalDiscord::start(Options { listen, state, ..Options::default() }).await?;
    println!("{}", discord.description());
    told_to_end()?.await;
    discord.stop().await;
    Ok(())
}

fn check(folder: Option<PathBuf>) -> ExitCode {
    let catalogue = folder.map_or_else(Catalogue::built_in, |folder| Catalogue::read(&folder));
    match catalogue {
        Ok(catalogue) => {
            println!("{} commands, all valid", catalogue.commands().len());
            ExitCode::SUCCESS
        }
        Err(errors) => {
            eprintln!("{errors}");
            ExitCode::from(FOUND_WRONG)
        }
    }
}

fn list(catalogue: &Catalogue) {
    for command in catalogue.commands() {
        let options =
            command.options.iter().map(|option| format!(" {}{}:", option.name, if option.required { "" } else { "?" }));
        println!("/{}{}\n    {}", command.name, options.collect::<String>(), command.summary);
        if let landlord_core::spec::Does::Operation(spec) = &command.does {
            for (environment, demands) in &spec.policy {
                let roles: Vec<&str> = demands.policy.approve.iter().map(|role| role.title()).collect();
                let who = if roles.is_empty() { "no approval".to_owned() } else { roles.join(" and ") };
                println!("    {}: {who}", environment.title());
            }
            println!("    {} steps: {}", spec.steps.len(), spec.steps.join(", "));
        }
    }
}
