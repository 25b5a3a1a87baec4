//! The local Discord: an HTTP API, a gateway and a guild called "Platform", as real as a client library demands, for the
//! bot and for members' clients alike. Nothing in here knows what the bot is for.

mod clock;
mod compose;
mod dispatch;
mod doors;
mod error;
mod faults;
mod gateway;
mod http;
mod interactions;
mod limits;
mod model;
mod permissions;
mod render;
mod seed;
mod server;
mod sessions;
mod snowflake;
mod store;
mod world;

pub use clock::{Clock, Pace};
pub use faults::{Fault, Faults};

use axum::serve::ListenerExt;
use faults::GatewayFault;
use serde_json::Value;
use server::Server;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How the local Discord is to run. `..Options::default()` fills in what does not matter.
#[derive(Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder that keeps the guild between runs; without one it begins anew and lives in memory.
    pub state: Option<PathBuf>,
    /// More routes to serve at the same address, such as the simulated cloud's.
    pub routes: axum::Router,
    /// The time it lives by.
    pub clock: Clock,
    /// How time passes on the page.
    pub pace: Pace,
    /// How often clients must show that they live; Discord's 41.25 s by default.
    pub heartbeat: Duration,
    /// Gateway intents that the application is not allowed; asking for one closes with 4014. None by default.
    pub refused_intents: u64,
    /// Whether the bot's requests are remembered for [`LocalDiscord::take_exchanges`].
    pub record: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            state: None,
            routes: axum::Router::new(),
            clock: Clock::system(),
            pace: Pace::default(),
            heartbeat: Duration::from_millis(41_250),
            refused_intents: 0,
            record: false,
        }
    }
}

/// One request of the bot and what it was answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path with `/api/v10` and without the query.
    pub path: String,
    /// The JSON body, or the `payload_json` of a multipart one; null when there was none.
    pub body: Value,
    /// The status of the answer.
    pub status: u16,
    /// The JSON body of the answer; null when there was none.
    pub answer: Value,
}

/// A running local Discord.
#[derive(Debug)]
pub struct LocalDiscord {
    address: SocketAddr,
    server: Arc<Server>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl LocalDiscord {
    /// Binds the address, reads the state folder if one is named, and serves in the background.
    ///
    /// Fails when the address is taken, or when the folder cannot be read or is in use by another process.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let mut world = seed::world(options.clock.now(), format!("http://{}", reachable(address)));
        let store = match &options.state {
            Some(folder) => Store::open(folder, &mut world)?,
            None => Store::default(),
        };
        let (clock, heartbeat) = (options.clock, options.heartbeat);
        let server = Arc::new(Server::new(world, store, clock, heartbeat, options.refused_intents, options.record));
        let router = doors::router(server.clone(), options.pace).merge(options.routes);
        let router = doors::guarded(router, address);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // Dropping the handle without stopping counts as stopping, too.
            let listener = listener.tap_io(|stream| {
                // Small events must not wait for more to come; without it they are only slower.
                let _ = stream.set_nodelay(true);
            });
            let serving = axum::serve(listener, router).with_graceful_shutdown(async { drop(stopped.await) });
            if let Err(error) = serving.await {
                tracing::error!(%error, "the local Discord stopped serving");
            }
        });
        Ok(Self { address, server, stop, task })
    }

    /// All that it serves, for whoever has requests without a socket; of the options only a new guild's count. Nothing listens,
    /// and nothing is kept when it is dropped.
    pub fn router(options: Options) -> axum::Router {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let Options { clock, heartbeat, refused_intents, record, pace, routes, .. } = options;
        let world = seed::world(clock.now(), format!("http://{address}"));
        let server = Arc::new(Server::new(world, Store::default(), clock, heartbeat, refused_intents, record));
        doors::guarded(doors::router(server, pace).merge(routes), address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ids, names and tokens: the body of `/sandbox.json`.
    pub fn description(&self) -> Value {
        self.server.description()
    }

    /// Returns once the bot is connected and has registered its commands.
    pub async fn ready(&self) {
        self.server.ready().await;
    }

    /// Failures on demand.
    pub fn faults(&self) -> &Faults {
        &self.server.faults
    }

    /// The bot's requests since the last call, oldest first; empty unless [`Options::record`] was set.
    pub fn take_exchanges(&self) -> Vec<Exchange> {
        self.server.take_exchanges()
    }

    /// Closes the gateway, lets running requests finish for up to two seconds, and frees the address and the folder.
    pub async fn stop(self) {
        self.server.faults.tell(GatewayFault::Stop);
        // The server may have ended by itself.
        let _ = self.stop.send(());
        let aborter = self.task.abort_handle();
        if tokio::time::timeout(Duration::from_secs(2), self.task).await.is_err() {
            aborter.abort();
        }
    }
}

/// The address as a client on this machine reaches it.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address }
}
