//! An Amazon SNS on this machine: it signs messages as SNS does, serves its certificates over TLS, and remembers what it was asked.
//! The hosts are the true ones: a client of [`LocalSns::client`] finds every name here, and knows who vouches for it.

mod authority;
mod signer;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) use authority::{Authority, named, params, self_signed};
pub(crate) use signer::{CERTIFICATE, Kind, Signer};

/// What is asked of SNS, and what it answers.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<&'static str>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, location: None, body: body.into() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).unwrap(), ..Self::ok("") }
    }

    pub(crate) fn redirect(location: &'static str) -> Self {
        Self { location: Some(location), ..Self::status(302) }
    }
}

#[derive(Debug, Default)]
struct Desk {
    /// By path, the answer; what confirms subscriptions is at `/`.
    answers: HashMap<String, Answer>,
    asked: Vec<String>,
}

/// SNS, at the hosts of these regions.
#[derive(Debug)]
pub(crate) struct LocalSns {
    address: SocketAddr,
    authority: Authority,
    desk: Arc<Mutex<Desk>>,
    serving: JoinHandle<()>,
}

impl LocalSns {
    /// Serves the signers' certificate, and confirms every subscription.
    pub(crate) async fn start(regions: &[&str]) -> Self {
        let authority = Authority::new();
        let hosts = regions.iter().map(|region| format!("sns.{region}.amazonaws.com")).collect();
        let (certificate, key) = authority.server(hosts);
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(key).into())
            .unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let desk: Arc<Mutex<Desk>> = Arc::default();
        let routes = Router::new().fallback(answer).with_state(desk.clone());
        let listener = Tls { tcp, acceptor: TlsAcceptor::from(Arc::new(tls)) };
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let sns = Self { address, authority, desk, serving };
        sns.serves(&sns.authority.certificate(&["sns.amazonaws.com"]));
        sns.answers("/", Answer::ok("<ConfirmSubscriptionResponse/>"));
        sns
    }

    /// Vouches for certificates.
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Has this certificate where the signers' messages say that theirs is.
    pub(crate) fn serves(&self, pem: &str) {
        self.answers(CERTIFICATE, Answer::ok(pem));
    }

    /// Answers so at a path.
    pub(crate) fn answers(&self, path: &str, answer: Answer) {
        self.desk().answers.insert(path.to_owned(), answer);
    }

    /// What was asked so far: host, path and query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.desk().asked.clone()
    }

    /// A client that finds every host here, and trusts who vouches for it.
    pub(crate) fn client(&self) -> reqwest::ClientBuilder {
        let root = reqwest::Certificate::from_der(&self.authority.root()).unwrap();
        self.stranger().add_root_certificate(root)
    }

    /// A client that finds every host here, and trusts nobody new.
    pub(crate) fn stranger(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(Here(self.address)))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LocalSns {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(desk): State<Arc<Mutex<Desk>>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
    desk.asked.push(format!("{host}{uri}"));
    let answer = desk.answers.get(uri.path()).cloned().unwrap_or_else(|| Answer::status(404));
    let location = answer.location.map(|to| [("location", to)]);
    (answer.status, location.unwrap_or([("x-amzn-requestid", "1")]), answer.body).into_response()
}

/// Every name is here.
struct Here(SocketAddr);

impl Resolve for Here {
    fn resolve(&self, _: Name) -> Resolving {
        let here = self.0;
        Box::pin(async move { Ok(Box::new(std::iter::once(here)) as Addrs) })
    }
}

struct Tls {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            // Whoever does not trust the certificate hangs up.
            if let Ok((stream, from)) = self.tcp.accept().await
                && let Ok(stream) = self.acceptor.accept(stream).await
            {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
