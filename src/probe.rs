//! Looks from outside: does a host name resolve, and does WordPress answer under it? Nothing here knows AWS or MySQL.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use landlord_core::ports::Verdict;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Response, Url, redirect};

use crate::config::environment::{ProbesConfig, Scheme};

/// How long a look may take.
const LOOK: Duration = Duration::from_secs(10);
/// How much of a page is read, in bytes.
const PAGE_MAX: usize = 64 * 1024;
/// How many redirects within the host are followed.
const REDIRECTS_MAX: usize = 5;
/// What shows that WordPress made a page.
const WORDPRESS: [&str; 4] = ["WordPress", "wp-content", "wp-includes", "wp-json"];

/// Looks at the sites of one environment.
#[derive(Debug, Clone)]
pub struct Probe {
    names: Names,
    scheme: Scheme,
    client: reqwest::Client,
}

/// Where addresses come from.
#[derive(Debug, Clone)]
enum Names {
    /// The machine's own resolver.
    System,
    /// A server of the configuration.
    Server(Box<TokioResolver>),
}

impl Names {
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((host, 0)).await.map_err(|error| error.to_string())?;
                Ok(found.map(|address| address.ip()).collect())
            }
            // With the last dot, so that no search domain of the machine is tried.
            Self::Server(resolver) => match resolver.lookup_ip(format!("{host}.")).await {
                Ok(found) => Ok(found.iter().collect()),
                Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
                Err(error) => Err(error.to_string()),
            },
        }
    }
}

/// Answers every host name of a site with the configured address, or by the configured server.
struct Addresses {
    names: Names,
    connect: Option<SocketAddr>,
}

impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, connect) = (self.names.clone(), self.connect);
        Box::pin(async move {
            if let Some(address) = connect {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let found = names.addresses(name.as_str()).await?;
            // Port 0 is the scheme's own.
            Ok(Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

impl Probe {
    /// Looks as the section says. Error: a client that cannot be built, in words.
    pub fn new(config: &ProbesConfig) -> Result<Self, String> {
        let names = match config.resolver {
            Some(address) => Names::Server(Box::new(resolver(address)?)),
            None => Names::System,
        };
        let mut builder = reqwest::Client::builder()
            .timeout(LOOK)
            .user_agent("landlord")
            .redirect(redirect::Policy::custom(within_host))
            .dns_resolver(std::sync::Arc::new(Addresses { names: names.clone(), connect: config.connect }));
        if config.connect.is_some() {
            // The address is the way; a proxy of the machine would be another.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| format!("no HTTP client for probes: {error}"))?;
        Ok(Self { names, scheme: config.scheme, client })
    }

    /// Whether the host name resolves now.
    pub async fn resolves(&self, host: &str) -> Verdict {
        match tokio::time::timeout(LOOK, self.names.addresses(host)).await {
            Ok(Ok(found)) if found.is_empty() => Verdict::NotYet(format!("{host} has no address")),
            Ok(Ok(found)) => {
                let addresses: Vec<String> = found.iter().map(IpAddr::to_string).collect();
                Verdict::Passed(format!("{host} is {}", addresses.join(", ")))
            }
            Ok(Err(why)) => Verdict::NotYet(format!("{host} does not resolve ({why})")),
            Err(_) => Verdict::NotYet(format!("{host} does not resolve in time")),
        }
    }

    /// Whether WordPress answers under the host name.
    pub async fn answers(&self, host: &str) -> Verdict {
        let url = format!("{}://{host}/", self.scheme.as_str());
        match self.client.get(&url).send().await {
            Ok(response) => judge(response).await,
            Err(error) => Verdict::NotYet(format!("{url} does not answer ({})", innermost(&error))),
        }
    }
}

fn resolver(address: SocketAddr) -> Result<TokioResolver, String> {
    let mut server = NameServerConfig::udp_and_tcp(address.ip());
    for connection in &mut server.connections {
        connection.port = address.port();
    }
    let config = ResolverConfig::from_name_servers(vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    // A look is about now: nothing is remembered, least of all that a name is not there yet.
    builder.options_mut().cache_size = 0;
    builder.options_mut().timeout = Duration::from_secs(2);
    builder.build().map_err(|error| format!("no resolver at {address}: {error}"))
}

/// Follows a redirect only to the host that was asked.
fn within_host(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let asked = attempt.previous().first().and_then(Url::host_str);
    if asked == attempt.url().host_str() && attempt.previous().len() <= REDIRECTS_MAX {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

async fn judge(mut response: Response) -> Verdict {
    let (url, status) = (response.url().clone(), response.status());
    let by_header = response.headers().iter().any(|(_, value)| value.to_str().is_ok_and(is_wordpress));
    let elsewhere = response.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
    let page = page(&mut response).await;
    if !(200..400).contains(&status.as_u16()) {
        let database = page.contains("Error establishing a database connection");
        let why = if database { ": WordPress has no connection to its database" } else { "" };
        return Verdict::NotYet(format!("{url} answers {status}{why}"));
    }
    if by_header || is_wordpress(&page) {
        return Verdict::Passed(format!("WordPress answers {status} at {url}"));
    }
    match elsewhere {
        Some(to) => Verdict::NotYet(format!("{url} answers {status} and sends visitors to {to}")),
        None => Verdict::NotYet(format!("{url} answers {status}, but it does not look like WordPress")),
    }
}

/// The page's beginning; what broke off counts as far as it came.
async fn page(response: &mut Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < PAGE_MAX
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_wordpress(text: &str) -> bool {
    WORDPRESS.iter().any(|sign| text.contains(sign))
}

/// The error that the others only wrap.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::response::{IntoResponse, Redirect};
    use axum::routing::get;
    use landlord_core::ports::Verdict;

    use super::Probe;
    use crate::config::environment::{ProbesConfig, Scheme};

    /// What a tenant's load balancer would answer, by host name.
    async fn site(headers: HeaderMap) -> axum::response::Response {
        let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
        match host.split('.').next().unwrap_or_default() {
            "golden" => "<meta name=\"generator\" content=\"WordPress 6.4\">".into_response(),
            "fresh" => Redirect::to("/wp-admin/install.php").into_response(),
            "moved" => Redirect::to("http://elsewhere.example/").into_response(),
            "loop" => Redirect::to("/").into_response(),
            "plain" => "It works!".into_response(),
            "broken" => (StatusCode::INTERNAL_SERVER_ERROR, "Error establishing a database connection").into_response(),
            _ => (StatusCode::NOT_FOUND, "no such tenant").into_response(),
        }
    }

    async fn serve() -> SocketAddr {
        let router = Router::new()
            .route("/", get(site))
            .route("/wp-admin/install.php", get(|| async { "WordPress › Installation" }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn probe(connect: SocketAddr) -> Probe {
        let config = ProbesConfig { resolver: None, connect: Some(connect), scheme: Scheme::Http };
        Probe::new(&config).expect("a probe")
    }

    #[tokio::test]
    async fn only_wordpress_under_its_own_host_name_passes() {
        let probe = probe(serve().await);
        for host in ["golden", "fresh"] {
            let seen = probe.answers(&format!("{host}.example")).await;
            assert!(
                matches!(&seen, Verdict::Passed(said) if said.contains("WordPress answers 200")),
                "{host}: {seen:?}"
            );
        }
        for (host, why) in [
            ("moved", "sends visitors to http://elsewhere.example/"),
            ("loop", "answers 303"),
            ("plain", "does not look like WordPress"),
            ("broken", "answers 500 Internal Server Error: WordPress has no connection to its database"),
            ("nobody", "answers 404"),
        ] {
            let seen = probe.answers(&format!("{host}.example")).await;
            assert!(matches!(&seen, Verdict::NotYet(said) if said.contains(why)), "{host}: {seen:?}");
        }
    }

    #[tokio::test]
    async fn a_site_that_nobody_serves_is_not_there_yet() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let seen = probe(free).answers("golden.example").await;
        assert!(matches!(&seen, Verdict::NotYet(said) if said.contains("does not answer")), "{seen:?}");
    }

    #[tokio::test]
    async fn a_name_server_that_does_not_answer_is_said_to_be_the_trouble() {
        let free = std::net::UdpSocket::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let config = ProbesConfig { resolver: Some(free), ..ProbesConfig::default() };
        let seen = Probe::new(&config).expect("a probe").resolves("golden.example").await;
        assert!(matches!(&seen, Verdict::NotYet(said) if said.contains("does not resolve")), "{seen:?}");
    }
}
