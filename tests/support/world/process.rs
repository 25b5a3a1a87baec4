//! `landlord serve` as a process of its own, as people run it, and the signals that end, stop and wake it. It lives by the
//! machine's time. What it logs is kept, and printed when the story fails; it never outlives the story.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::bot::Recipe;
use super::ear::PATIENCE;

/// What it says when its HTTP side can be asked.
const LISTENS: &str = "the bot's own HTTP side listens";

/// How many of its last lines are told with a failure.
const TOLD: usize = 40;

/// A process, with all its lives: it can die and start again on the same log.
pub(crate) struct Process {
    recipe: Recipe,
    child: Child,
    said: Said,
    /// What it said in earlier lives.
    before: Vec<String>,
}

/// What a process has written to stderr, line by line. The sender is gone when the process has ended.
struct Said {
    lines: Arc<Mutex<Vec<String>>>,
    count: watch::Receiver<usize>,
}

impl Process {
    /// Starts one and waits for nothing.
    pub(crate) fn spawn(recipe: &Recipe) -> Self {
        let (child, said) = begin(recipe);
        Self { recipe: recipe.clone(), child, said, before: Vec::new() }
    }

    /// Starts again what has died or ended, and waits for nothing.
    pub(crate) fn restarts(&mut self) {
        let (child, said) = begin(&self.recipe);
        self.child = child;
        self.before.extend(std::mem::replace(&mut self.said, said).all());
    }

    /// Where its HTTP side listens, as soon as it does.
    ///
    /// # Panics
    /// When it ends before.
    pub(crate) async fn listens(&self) -> SocketAddr {
        self.comes_to_say(LISTENS).await;
        self.side().expect("it was said")
    }

    /// Where its HTTP side listens, if it does yet.
    pub(crate) fn side(&self) -> Option<SocketAddr> {
        let line = self.said.first_after(0, LISTENS)?;
        Some(line["fields"]["address"].as_str().expect("an address").parse().expect("an address"))
    }

    /// Returns when it is connected to Discord and has read its open cards again.
    ///
    /// # Panics
    /// When it ends before.
    pub(crate) async fn works(&self) {
        self.works_after(0).await;
    }

    /// The same, of the lines after so many.
    ///
    /// # Panics
    /// As above.
    pub(crate) async fn works_after(&self, mark: usize) {
        self.comes_to_say_after(mark, "the open cards are read again").await;
    }

    /// The first line of this life whose message begins so, as soon as it is written: a JSON object with `fields.message`.
    ///
    /// # Panics
    /// When the process ends before, or the line does not come in time.
    pub(crate) async fn comes_to_say(&self, beginning: &str) -> Value {
        self.comes_to_say_after(0, beginning).await
    }

    /// The same, of the lines after so many.
    ///
    /// # Panics
    /// As above.
    pub(crate) async fn comes_to_say_after(&self, mark: usize, beginning: &str) -> Value {
        let search = async {
            let mut count = self.said.count.clone();
            loop {
                let seen = *count.borrow_and_update();
                if let Some(line) = self.said.first_after(mark, beginning) {
                    return Some(line);
                }
                // What was written last may have come with the end.
                if count.changed().await.is_err() && *count.borrow() == seen {
                    return None;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await.ok().flatten();
        found.unwrap_or_else(|| {
            let how = if self.ended().is_some() { "it ended" } else { "it goes on" };
            panic!("the process never said {beginning:?}; {how}:\n{}", self.last_words())
        })
    }

    /// Kills it with SIGKILL, whatever it is doing or whether it is stopped; returns when it is gone.
    pub(crate) async fn dies(&mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// Sends SIGTERM: it is asked to end, as an init system does.
    pub(crate) fn is_told_to_end(&self) {
        self.signal(Signal::TERM);
    }

    /// Waits until it has ended by itself or by a signal, and its last words are read; answers how.
    ///
    /// # Panics
    /// When it goes on.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let how = ended.unwrap_or_else(|_| panic!("it does not end:\n{}", self.last_words()));
        while self.said.count.changed().await.is_ok() {}
        how.expect("a child can be waited for")
    }

    /// Sends SIGSTOP, and returns when all of it stands still: it does nothing more, and its connections stay open.
    pub(crate) fn stops(&self) {
        self.signal(Signal::STOP);
        waitid(WaitId::Pid(self.pid()), WaitIdOptions::STOPPED).expect("a child can be waited for");
    }

    /// Sends SIGCONT: a stopped process goes on as if no time had passed.
    pub(crate) fn goes_on(&self) {
        self.signal(Signal::CONT);
    }

    /// What it said last, if it has ended.
    pub(crate) fn ended(&self) -> Option<String> {
        self.said.count.has_changed().is_err().then(|| self.last_words())
    }

    /// Every line that it has written to stderr in this life.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.all()
    }

    fn last_words(&self) -> String {
        let lines = self.said.all();
        lines[lines.len().saturating_sub(TOLD)..].join("\n")
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a child can be signalled");
    }

    fn pid(&self) -> Pid {
        self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw).expect("the process runs")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let lines: Vec<String> = self.before.drain(..).chain(self.said.all()).collect();
            eprintln!("what `landlord serve` said:\n{}", lines.join("\n"));
        }
    }
}

impl Said {
    fn all(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first line after so many whose message begins so.
    fn first_after(&self, mark: usize, beginning: &str) -> Option<Value> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed = lines.iter().skip(mark).filter_map(|line| serde_json::from_str::<Value>(line).ok());
        parsed.into_iter().find(|line| says(line, beginning))
    }
}

fn says(line: &Value, beginning: &str) -> bool {
    line["fields"]["message"].as_str().is_some_and(|message| message.starts_with(beginning))
}

fn begin(recipe: &Recipe) -> (Child, Said) {
    let program = env!("CARGO_BIN_EXE_landlord");
    let variables = recipe.environment();
    let mut command = match &recipe.names {
        Some(names) => names.around(program, &variables),
        None => Command::new(program),
    };
    command.args(["--log", "json", "serve", "--config"]).arg(&recipe.file).envs(variables);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("the program can be run");
    let mut from = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let (told, count) = watch::channel(0);
    let kept = Arc::clone(&lines);
    tokio::spawn(async move {
        while let Ok(Some(line)) = from.next_line().await {
            let mut lines = kept.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(line);
            told.send_replace(lines.len());
        }
    });
    (child, Said { lines, count })
}
