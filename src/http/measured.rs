//! What is so now, read from the log and the connections each time that the metrics are asked for.

use landlord_core::engine;
use landlord_core::ledger::Ledger;
use landlord_core::ports::StoreError;

use super::Side;
use crate::metrics::now::{Log, Now, Read};

/// What is so now. A log that cannot be read is told as such, and keeps nothing else from being told.
pub(super) async fn now(side: &Side) -> Now {
    let Some(ledger) = side.ledger() else { return Now { connected: side.health.ready(), log: None } };
    let read = read(&ledger).await.inspect_err(|error| tracing::warn!(%error, "the log cannot be measured")).ok();
    let writable = read.is_some() && ledger.store().writable().await.is_ok();
    Now { connected: side.health.ready(), log: Some(Log { writable, read }) }
}

async fn read(ledger: &Ledger) -> Result<Read, StoreError> {
    Ok(Read {
        operations: ledger.store().counts().await?,
        incidents: ledger.store().incident_counts().await?,
        oldest_due: engine::oldest_due(ledger).await?,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use landlord_core::contract::store::samples::Writer;
    use landlord_core::fakes::{MemoryStore, TestClock};
    use landlord_core::ports::Store;
    use landlord_core::tenant::Environment;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::http::{bind, serve};
    use crate::metrics::CONTENT_TYPE;

    /// A side that is asked over the network, as Prometheus asks it.
    struct Asked {
        address: std::net::SocketAddr,
        side: Side,
    }

    impl Asked {
        async fn new() -> Self {
            let side = Side::default();
            let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(serve(listener, side.clone()));
            Self { address, side }
        }

        /// The head of the answer, and its body.
        async fn metrics(&self) -> (String, String) {
            let mut connection = tokio::net::TcpStream::connect(self.address).await.unwrap();
            let request = "GET /metrics HTTP/1.1\r\nHost: landlord\r\nConnection: close\r\n\r\n";
            connection.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).await.unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            (head.to_owned(), body.to_owned())
        }
    }

    #[tokio::test]
    async fn every_state_is_told_over_the_network_and_a_log_that_is_away_too() {
        let memory = MemoryStore::new();
        let store: Arc<dyn Store> = Arc::new(memory.clone());
        Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev).file().await.unwrap();
        let asked = Asked::new().await;

        let (_, standing_by) = asked.metrics().await;
        assert!(standing_by.contains("\nlandlord_active 0\n"), "{standing_by}");
        assert!(!standing_by.contains("landlord_operations"), "{standing_by}");

        asked.side.active(Arc::new(Ledger::new(store, Arc::new(TestClock::default()))), None);
        asked.side.health.connected(true);
        asked.side.health.registered(true);
        asked.side.metrics.alert_refused("sns", "signature");
        let (head, text) = asked.metrics().await;
        assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains(CONTENT_TYPE), "{head}");
        assert!(text.ends_with("# EOF\n"), "{text}");
        for line in [
            "landlord_active 1",
            "landlord_connected 1",
            "landlord_store_writable 1",
            "# TYPE landlord_operations gauge",
            "landlord_operations{state=\"awaiting_approval\"} 1",
            "landlord_operations{state=\"holding\"} 0",
            "landlord_incidents{state=\"open\"} 0",
            "landlord_alerts_total{source=\"sns\",result=\"refused: signature\"} 1",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        assert_eq!(text.lines().filter(|line| line.starts_with("landlord_operations{")).count(), 11, "{text}");

        memory.fail_next(1);
        let (head, text) = asked.metrics().await;
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(text.contains("\nlandlord_store_writable 0\n"), "{text}");
        assert!(!text.contains("landlord_operations"), "what cannot be read is not told: {text}");
        assert!(text.contains("landlord_alerts_total"), "what was counted is: {text}");
    }
}
