//! Certificates that a test makes for itself.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs8::EncodePrivateKey as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use super::signer::KEYS;

/// Who vouches for the server, and for SNS's certificates.
#[derive(Debug)]
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = params("Amazon RSA 2048 M01");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), root }
    }

    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.root.clone()
    }

    /// A certificate of a server, and its key as PKCS #8.
    pub(crate) fn server(&self, hosts: Vec<String>) -> (CertificateDer<'static>, Vec<u8>) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(hosts).unwrap().signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key.serialize_der())
    }

    /// A certificate for SNS's key, issued to these DNS names, as PEM.
    pub(crate) fn certificate(&self, names: &[&str]) -> String {
        self.certify(&named(names))
    }

    /// A certificate for SNS's key, as PEM.
    pub(crate) fn certify(&self, params: &CertificateParams) -> String {
        params.signed_by(&rsa(), &self.issuer).unwrap().pem()
    }
}

/// Parameters of a certificate that has these DNS names.
pub(crate) fn named(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::OrganizationName, "Amazon");
    params
}

/// Parameters of a certificate that has a common name alone.
pub(crate) fn params(common_name: &str) -> CertificateParams {
    let mut params = named(&[]);
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

/// A certificate that its own key signed, under its own name or another's, as PEM.
pub(crate) fn self_signed(params: &CertificateParams, under: Option<CertificateParams>) -> String {
    match under {
        None => params.self_signed(&rsa()).unwrap().pem(),
        Some(other) => params.signed_by(&rsa(), &Issuer::new(other, rsa())).unwrap().pem(),
    }
}

fn rsa() -> KeyPair {
    let key = KEYS[0].to_pkcs8_der().unwrap();
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key.as_bytes()), &PKCS_RSA_SHA256).unwrap()
}
