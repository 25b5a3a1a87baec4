//! Names that only a story's bot knows and that can be taken from it: a hosts file of its own in the place of the machine's,
//! in a mount namespace of the bot's process, and a name server for sites that can fall silent. Nothing of the machine is
//! changed.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// The domain of all these names, which is nobody's (RFC 2606).
const DOMAIN: &str = "landlord.test";

/// Puts this folder's files in the place of the machine's, and then is the program.
const INSIDE: &str = r#"
for file in hosts resolv.conf nsswitch.conf; do
  [ ! -e "/etc/$file" ] || mount --bind "$0/$file" "/etc/$file" || exit 2
done
exec "$@"
"#;

/// The names of one bot.
pub(crate) struct Names {
    folder: TempDir,
    shared: Arc<Shared>,
    server: SocketAddr,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    silent: AtomicBool,
    unanswered: AtomicUsize,
}

impl Names {
    /// Whether this machine gives a process a mount namespace.
    pub(crate) fn possible() -> bool {
        let mut probe = Command::new("unshare");
        probe.args(["--user", "--map-root-user", "--mount", "mount", "--bind", "/etc/hosts", "/etc/hosts"]);
        probe.output().is_ok_and(|tried| tried.status.success())
    }

    /// Names that are known.
    pub(super) async fn known() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("resolv.conf"), "").expect("a file");
        fs::write(folder.path().join("nsswitch.conf"), "hosts: files\n").expect("a file");
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a port");
        let server = socket.local_addr().expect("an address");
        let upstream = std::env::var("RESOLVER_ADDRESS").expect("RESOLVER_ADDRESS of `dev/services env`");
        let upstream = upstream.parse().expect("an address");
        let shared = Arc::new(Shared::default());
        let serving = tokio::spawn(serve(socket, upstream, Arc::clone(&shared)));
        let names = Self { folder, shared, server, serving };
        names.come_back();
        names
    }

    /// The name of the same place.
    pub(super) fn of(what: &str, numeric: &str) -> String {
        numeric.replacen("127.0.0.1", &format!("{what}.{DOMAIN}"), 1)
    }

    /// What goes over the configuration's file, so that DEV's servers are reached by name.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let (host, server) = (Self::of("mysql", "127.0.0.1"), self.server.to_string());
        let over = [("DATABASE__HOST", host), ("PROBES__RESOLVER", server)];
        over.map(|(key, value)| (format!("LANDLORD_ENVIRONMENTS__DEV__{key}"), value)).into()
    }

    /// The program, in a place where these names are known. The variables go through `env`: a shell drops those whose names
    /// it could not have given.
    pub(super) fn around(&self, program: &str, variables: &[(String, String)]) -> tokio::process::Command {
        let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("AWS_ENDPOINT_URL of `dev/services env`");
        let mut command = tokio::process::Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", INSIDE]).arg(self.folder.path());
        command.arg("env").arg(format!("AWS_ENDPOINT_URL={}", Self::of("aws", &endpoint)));
        command.args(variables.iter().map(|(key, value)| format!("{key}={value}"))).arg(program);
        command
    }

    /// From here on no name resolves, and the name server is silent.
    pub(crate) fn go(&self) {
        self.shared.silent.store(true, Ordering::SeqCst);
        self.say("127.0.0.1 localhost\n");
    }

    /// From here on all of them resolve again.
    pub(crate) fn come_back(&self) {
        self.say(&format!("127.0.0.1 localhost aws.{DOMAIN} discord.{DOMAIN} mysql.{DOMAIN}\n"));
        self.shared.silent.store(false, Ordering::SeqCst);
    }

    /// How many questions the name server has not answered.
    pub(crate) fn unanswered(&self) -> usize {
        self.shared.unanswered.load(Ordering::SeqCst)
    }

    /// Written into the same file, for it is the file that was mounted.
    fn say(&self, hosts: &str) {
        fs::write(self.folder.path().join("hosts"), hosts).expect("the hosts file can be written");
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Passes questions on, and answers back, one after the other.
async fn serve(socket: UdpSocket, upstream: SocketAddr, shared: Arc<Shared>) {
    let mut question = [0; 4_096];
    let mut answer = [0; 4_096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut question).await else { continue };
        if shared.silent.load(Ordering::SeqCst) {
            shared.unanswered.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        let asking = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a port");
        asking.connect(upstream).await.expect("an address of this machine");
        if asking.send(&question[..length]).await.is_ok()
            && let Ok(length) = asking.recv(&mut answer).await
        {
            // Who asked may be gone.
            let _ = socket.send_to(&answer[..length], from).await;
        }
    }
}
