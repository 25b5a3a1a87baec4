//! SNS's signing certificates: fetched once, judged, and kept while they are valid.
//!
//! SNS serves each certificate alone, without those that signed it, so that no chain can be followed. That it is SNS's shows by
//! where it was fetched, over TLS, and by whom it is issued to.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::StatusCode;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::parse_x509_pem;

use super::address::Host;
use super::{PATIENCE, Rejected, unanswered};

/// The most bytes of a certificate as it is fetched.
const BYTES_MAX: usize = 16 * 1024;
/// How many certificates are kept. A region uses few at a time.
const KEPT_MAX: usize = 16;
/// How many are fetched at a time. Whoever knows a topic can name certificates that are not there, and each costs a request.
const FETCHES_MAX: usize = 4;

/// A certificate of SNS's.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    /// The public key: DER of an `RSAPublicKey`.
    pub(super) key: Vec<u8>,
    valid: (OffsetDateTime, OffsetDateTime),
}

/// The certificates so far. Only good ones are kept, so that bad ones push none out.
#[derive(Debug)]
pub(super) struct Certificates {
    client: reqwest::Client,
    kept: Mutex<VecDeque<(String, Certificate)>>,
    fetches: Semaphore,
}

impl Certificates {
    pub(super) fn new(client: reqwest::Client) -> Self {
        Self { client, kept: Mutex::default(), fetches: Semaphore::new(FETCHES_MAX) }
    }

    /// The certificate at an address that `host` was found to hold.
    pub(super) async fn at(&self, url: &str, host: &Host, now: OffsetDateTime) -> Result<Certificate, Rejected> {
        if let Some(kept) = self.find(url, now) {
            return Ok(kept);
        }
        let late = |_| Rejected::Unavailable(format!("{} did not answer within {} s", host.name(), PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, self.fetch(url, host, now)).await.map_err(late)?
    }

    async fn fetch(&self, url: &str, host: &Host, now: OffsetDateTime) -> Result<Certificate, Rejected> {
        let closed = |_| Rejected::Unavailable("the bot is stopping".to_owned());
        let _permit = self.fetches.acquire().await.map_err(closed)?;
        // Others may have waited for the same.
        if let Some(kept) = self.find(url, now) {
            return Ok(kept);
        }
        let certificate = judge(&self.body(url, host).await?, host, now).map_err(Rejected::Certificate)?;
        let mut kept = self.kept();
        kept.retain(|(at, _)| at != url);
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back((url.to_owned(), certificate.clone()));
        Ok(certificate)
    }

    async fn body(&self, url: &str, host: &Host) -> Result<Vec<u8>, Rejected> {
        let away = |error| Rejected::Unavailable(unanswered(&host.name(), error));
        let mut response = self.client.get(url).send().await.map_err(away)?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Rejected::Unavailable(format!("{} answered {}", host.name(), status.as_u16())));
        }
        if status != StatusCode::OK {
            return Err(Rejected::Certificate(format!("{} answered {}", host.name(), status.as_u16())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if body.len() + chunk.len() > BYTES_MAX {
                return Err(Rejected::Certificate(format!("it has more than {BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn find(&self, url: &str, now: OffsetDateTime) -> Option<Certificate> {
        let kept = self.kept();
        let (_, certificate) = kept.iter().find(|(at, _)| at == url)?;
        let (begins, ends) = certificate.valid;
        (begins <= now && now <= ends).then(|| certificate.clone())
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(String, Certificate)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a certificate. Error: why it is none of SNS's, in words.
fn judge(body: &[u8], host: &Host, now: OffsetDateTime) -> Result<Certificate, String> {
    let (_, pem) = parse_x509_pem(body).map_err(|_| "what is there is no PEM".to_owned())?;
    if pem.label != "CERTIFICATE" {
        return Err("what is there is another kind of PEM".into());
    }
    let certificate = pem.parse_x509().map_err(|_| "what is there is no X.509".to_owned())?;
    let validity = certificate.validity();
    let valid = (validity.not_before.to_datetime(), validity.not_after.to_datetime());
    if now < valid.0 || valid.1 < now {
        return Err(format!("it is valid from {} to {}", valid.0, valid.1));
    }
    let signers = host.signers();
    if !names(&certificate)?.iter().any(|name| signers.iter().any(|signer| signer.eq_ignore_ascii_case(name))) {
        return Err("it is issued to somebody else".into());
    }
    // A key that vouches for itself is anybody's.
    if certificate.issuer() == certificate.subject() || certificate.verify_signature(None).is_ok() {
        return Err("it is self-signed".into());
    }
    Ok(Certificate { key: certificate.public_key().subject_public_key.data.to_vec(), valid })
}

/// Whom it is issued to: its DNS names, or where it has none its common names (RFC 6125, 6.4.4).
fn names<'a>(certificate: &'a X509Certificate<'a>) -> Result<Vec<&'a str>, String> {
    let twice = |_| "its names cannot be read".to_owned();
    let alternatives = certificate.subject_alternative_name().map_err(twice)?;
    let dns = |name: &'a GeneralName<'a>| if let GeneralName::DNSName(name) = name { Some(*name) } else { None };
    let dns: Vec<&str> =
        alternatives.iter().flat_map(|extension| extension.value.general_names.iter()).filter_map(dns).collect();
    if !dns.is_empty() {
        return Ok(dns);
    }
    Ok(certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok()).collect())
}
