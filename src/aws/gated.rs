//! The last look before a request leaves for AWS: whether this process may still make any.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::gate::Gate;

/// An HTTP client that makes no request once the gate is closed.
#[derive(Debug, Clone)]
pub(super) struct Gated {
    pub(super) inner: SharedHttpClient,
    pub(super) gate: Gate,
}

impl HttpClient for Gated {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, gate: self.gate.clone() })
    }
}

#[derive(Debug, Clone)]
struct Connector {
    inner: SharedHttpConnector,
    gate: Gate,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.gate.pass() {
            Ok(()) => self.inner.call(request),
            Err(closed) => HttpConnectorFuture::ready(Err(ConnectorError::user(closed.into()))),
        }
    }
}
