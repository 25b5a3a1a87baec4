//! What only the store in memory promises: faults on order, and the contract that it shares with the real ones.

use std::future::{Ready, ready};
use std::sync::Arc;

use super::MemoryStore;
use crate::chain;
use crate::contract::store::Fresh;
use crate::contract::store::samples::Writer;
use crate::event::Event;
use crate::ports::{Store, StoreError};
use crate::tenant::Environment;

fn fresh() -> Ready<Fresh> {
    ready(Fresh { store: Arc::new(MemoryStore::new()), guard: Box::new(()) })
}

crate::store_contract!(fresh);

fn writer(store: &MemoryStore) -> Writer {
    let store: Arc<dyn Store> = Arc::new(store.clone());
    Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev)
}

#[tokio::test]
async fn a_clone_is_the_same_store() {
    let store = MemoryStore::new();
    let writer = writer(&store);
    writer.file().await.unwrap();
    assert_eq!(store.clone().events(&writer.operation.id, 0).await, Ok(vec![writer.first.clone()]));
}

#[tokio::test]
async fn it_fails_as_often_as_it_is_told_and_writes_nothing() {
    let store = MemoryStore::new();
    let writer = writer(&store);
    store.fail_next(2);
    for _ in 0..2 {
        assert!(matches!(writer.file().await, Err(StoreError::Unavailable(_))));
    }
    assert_eq!(store.events(&writer.operation.id, 0).await, Ok(vec![]));
    writer.file().await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_lost_hides_a_write_that_happened() {
    let store = MemoryStore::new();
    let mut writer = writer(&store);
    writer.file().await.unwrap();
    store.lose_answers(1);
    assert!(matches!(writer.append(Event::Expired).await, Err(StoreError::Unavailable(_))));
    assert_eq!(writer.append(Event::Expired).await, Err(StoreError::Conflict));
    assert_eq!(store.events(&writer.operation.id, 0).await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_has_been_taken_over_writes_nothing_more() {
    let before = MemoryStore::new();
    assert_eq!(before.claim(), Ok(1));
    let mut old = writer(&before);
    old.file().await.unwrap();

    let after = before.rival();
    let mut new = Writer { store: Arc::new(after.clone()), ..old.clone() };
    assert_eq!(new.append(Event::Expired).await, Err(StoreError::Conflict), "not claimed yet");
    assert_eq!(after.claim(), Ok(2));
    assert_eq!(old.append(Event::Expired).await, Err(StoreError::Conflict));
    new.append(Event::Expired).await.unwrap();
    assert_eq!(before.events(&old.operation.id, 0).await.unwrap().len(), 2, "it still reads");
}

#[tokio::test]
async fn its_log_is_a_chain() {
    let store = MemoryStore::new();
    let mut writer = writer(&store);
    writer.file().await.unwrap();
    writer.append(Event::Expired).await.unwrap();
    assert_eq!(chain::verify(&store.log(), &store.head()), Ok(2));
}
