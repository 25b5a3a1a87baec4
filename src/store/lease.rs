//! Which of several processes on one PostgreSQL store is the active one: whoever holds an advisory lock on a connection of
//! its own.
//!
//! The server ends that connection when it has heard nothing on it for [`SILENCE`], and the lock goes with it: so a process
//! that is killed lets go at once, and one that hangs, or whose network is gone, after that time. The holder itself counts from
//! when it *sent* its last sign, so its [`Gate`] closes before the server lets go, never after.

use std::str::FromStr as _;
use std::time::Duration;

use landlord_core::ports::StoreError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::database::failed;
use crate::gate::{Gate, Moment};

/// After so long without a sign the server ends the holder's connection.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a sign is good for, from when it was sent: less than [`SILENCE`], for clocks do not go alike.
const GOOD_FOR: Duration = Duration::from_millis(4_500);
/// The time between two signs of the holder.
const BEAT: Duration = Duration::from_secs(1);
/// How long the server may take to answer a sign, or to be connected to.
const ANSWER: Duration = Duration::from_secs(2);
/// How often who waits asks whether the lock is free.
const ASK: Duration = Duration::from_millis(250);

/// One lock for each schema that holds a log.
const TRY: &str = "SELECT pg_try_advisory_lock(hashtextextended('landlord ' || coalesce(current_schema(), ''), 0))";

/// Somebody who would be the active one.
#[derive(Debug)]
pub struct Candidate {
    options: Option<PgConnectOptions>,
    connection: Option<PgConnection>,
}

impl Candidate {
    /// A candidate for the store at this address. On SQLite there is nothing to wait for: its file is locked when it is
    /// opened.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where PostgreSQL cannot be reached now, or is older than 14.
    pub async fn of(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("postgres") {
            return Ok(Self { options: None, connection: None });
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Unavailable(format!("the store's URL: {error}")))?
            .disable_statement_logging();
        let connection = Some(connect(&options).await?);
        Ok(Self { options: Some(options), connection })
    }

    /// Waits until this process is the active one. An outage of the database is waited out.
    pub async fn elected(&mut self) -> Lease {
        let Some(options) = self.options.clone() else { return Lease::alone() };
        let mut heard = true;
        loop {
            let asked = Moment::now();
            match self.ask(&options).await {
                Ok(true) => {
                    if let Some(connection) = self.connection.take() {
                        return Lease::held_by(connection, asked);
                    }
                }
                Ok(false) => heard = true,
                Err(error) => {
                    if std::mem::take(&mut heard) {
                        tracing::warn!(%error, "the store cannot be asked who is active; trying on");
                    }
                    self.connection = None;
                }
            }
            tokio::time::sleep(ASK).await;
        }
    }

    /// Whether there can be others.
    pub fn has_rivals(&self) -> bool {
        self.options.is_some()
    }

    async fn ask(&mut self, options: &PgConnectOptions) -> Result<bool, StoreError> {
        if self.connection.is_none() {
            self.connection = Some(connect(options).await?);
        }
        let Some(connection) = &mut self.connection else { return Ok(false) };
        answered(sqlx::query_scalar(TRY).fetch_one(connection)).await
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    answered(async {
        let mut connection = PgConnection::connect_with(options).await?;
        // There since PostgreSQL 14.
        let silence = SILENCE.as_millis().to_string();
        sqlx::query("SELECT set_config('idle_session_timeout', $1, false)")
            .bind(silence)
            .execute(&mut connection)
            .await?;
        Ok(connection)
    })
    .await
}

/// An answer that comes in time.
async fn answered<T>(call: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    let late = || StoreError::Unavailable(format!("no answer within {} s", ANSWER.as_secs()));
    timeout(ANSWER, call).await.map_err(|_| late())?.map_err(|error| failed(&error))
}

/// Being the active one, until it is released or lost.
#[derive(Debug)]
pub struct Lease {
    gate: Gate,
    lost: watch::Receiver<bool>,
    keeper: Option<JoinHandle<()>>,
    leave: Option<watch::Sender<bool>>,
}

impl Lease {
    /// Of a process beside which there can be no other.
    fn alone() -> Self {
        let (_, lost) = watch::channel(false);
        Self { gate: Gate::open(), lost, keeper: None, leave: None }
    }

    fn held_by(connection: PgConnection, asked: Moment) -> Self {
        let gate = Gate::closed();
        gate.permit(asked, GOOD_FOR);
        let (tell, lost) = watch::channel(false);
        let (leave, left) = watch::channel(false);
        let keeper = tokio::spawn(keep(connection, gate.clone(), tell, left));
        Self { gate, lost, keeper: Some(keeper), leave: Some(leave) }
    }

    /// What closes when the lease is lost, and before anybody else can have it.
    pub fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// Returns when the lease is lost.
    pub async fn lost(&self) {
        let mut lost = self.lost.clone();
        // Of a process that is alone, nobody is there to say so.
        if lost.wait_for(|lost| *lost).await.is_err() && self.keeper.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Lets go, so that another takes over at once.
    pub async fn release(mut self) {
        if let Some(leave) = self.leave.take() {
            leave.send_replace(true);
        }
        if let Some(keeper) = self.keeper.take()
            && timeout(ANSWER, keeper).await.is_err()
        {
            tracing::warn!("the lease could not be released in time; it ends with the connection");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            self.gate.close();
            keeper.abort();
        }
    }
}

/// Gives signs until none is answered, or the lease is released.
async fn keep(mut connection: PgConnection, gate: Gate, lost: watch::Sender<bool>, mut left: watch::Receiver<bool>) {
    loop {
        let sent = Moment::now();
        if let Err(error) = answered(connection.execute("SELECT 1")).await {
            tracing::warn!(%error, "this process is no longer the active one");
            break;
        }
        gate.permit(sent, GOOD_FOR);
        if timeout(BEAT, left.wait_for(|left| *left)).await.is_ok() {
            gate.close();
            if let Err(error) = answered(connection.close()).await {
                tracing::debug!(%error, "the lease's connection did not close cleanly");
            }
            return;
        }
    }
    gate.close();
    lost.send_replace(true);
}
