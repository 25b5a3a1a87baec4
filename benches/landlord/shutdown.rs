//! How long an emergency shutdown takes in the sandbox, from the typed command until both of its effects are started, which is
//! when its first step is done; and until nothing runs any more.

use std::time::Instant;

use serde_json::Value;

use crate::people::{at_work, until};
use crate::provision;
use crate::table::{Table, median};

/// How many tenants are shut down, one after the other.
const TENANTS: usize = 5;

/// Adds the medians.
pub(crate) async fn measure(table: &mut Table) {
    at_work(async |people| {
        let (mut cut, mut down) = (Vec::new(), Vec::new());
        for n in 0..TENANTS {
            provision::types(&people, n).await;
            until(&people, &format!("tenant=bench-{n}&state=succeeded"), |_| true).await;
            let begun = Instant::now();
            let tenant = format!("bench-{n}");
            let given = [("tenant", tenant.as_str()), ("environment", "dev"), ("reason", "abuse was detected")];
            people.types("on-call", "shutdown", &given).await;
            let ours = format!("tenant={tenant}");
            until(&people, &ours, |operation| is_shutdown(operation) && !operation["steps"][0]["ended"].is_null())
                .await;
            cut.push(begun.elapsed().as_secs_f64());
            until(&people, &ours, |operation| is_shutdown(operation) && operation["state"] == "succeeded").await;
            down.push(begun.elapsed().as_secs_f64());
        }
        table.add("shutdown: command to cut off, median of 5", median(cut), "s");
        table.add("shutdown: command to nothing runs, median of 5", median(down), "s");
    })
    .await;
}

fn is_shutdown(operation: &Value) -> bool {
    operation["command"] == "tenant shutdown"
}
