//! How an operation may come out of trouble: done, or held with a reason in the chat and done after Retry.

use crate::world::{Request, World};

/// Waits until the operation has succeeded or holds. A hold is shown with its reason; then `calm` ends the trouble, and Retry
/// ends the operation. Answers whether it held.
pub(crate) async fn comes_through(world: &World, request: &Request<'_>, calm: impl AsyncFnOnce()) -> bool {
    let held = settles(world, request).await;
    if held {
        let card = request.holds().await;
        let operation = request.operation().await;
        let reasons = operation["diagnosis"].as_array().cloned().unwrap_or_default();
        assert!(!reasons.is_empty(), "a hold without a reason: {operation}");
        assert!(card.buttons().contains(&"Retry"), "a hold without Retry:\n{card}");
        eprintln!("{} held: {}", request.id(), reasons[0]);
        calm().await;
        world.member("operator").presses(request, "Retry").await;
    } else {
        calm().await;
    }
    request.succeeds().await;
    request.stands_once().await;
    held
}

async fn settles(world: &World, request: &Request<'_>) -> bool {
    let settled = async || {
        let operation = request.operation().await;
        match operation["state"].as_str() {
            Some("succeeded") => Ok(false),
            Some("holding") => Ok(true),
            _ => Err(operation["state"].to_string()),
        }
    };
    world.until(&format!("{} to succeed or to hold", request.id()), settled).await
}
