//! The files beside an audit.

use landlord_core::kind::Kind;
use serde_json::json;

use super::{ACME, Dev, Sit, acme_in, audits, client};

#[tokio::test]
async fn the_files_have_everything() {
    let world = acme_in(&[Dev, Sit]).await;
    let subject = world.subject(&client("acme"), Sit);
    world.cloud.vanish(Kind::Secret, &subject);
    world.cloud.vanish(Kind::TargetGroup, &subject);
    world.cloud.plant_foreign(Kind::TargetGroup, Sit, "sit-acme-tg", "=cmd|' /C calc'!A0, \"quoted\"\nand more");
    let shown = audits(&world, ACME).await;
    let [csv, json] = shown.card.files.as_slice() else { panic!("{shown}") };
    assert_eq!((csv.media_type, json.media_type), ("text/csv", "application/json"));

    let mut table = csv::Reader::from_reader(csv.bytes.as_slice());
    let head: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(head[..5], ["tenant", "environment", "account", "registry", "worked on by"]);
    assert_eq!(head[5..15], Kind::DELETION_ORDER.map(Kind::words));
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let cell = |row: usize, name: &str| rows[row].get(head.iter().position(|one| one == name).unwrap()).unwrap();
    assert_eq!((cell(0, "environment"), cell(0, "account"), cell(0, "registry")), ("dev", "536580886816", "validated"));
    assert_eq!((cell(1, "secret"), cell(1, "target group"), cell(1, "service")), ("missing", "different", "stands"));
    assert_eq!((cell(2, "service"), cell(2, "registry")), ("absent", ""));
    assert!(cell(1, "notes").contains("=cmd|' /C calc'!A0, \"quoted\" and more"), "{}", cell(1, "notes"));
    for text in rows.iter().flat_map(csv::StringRecord::iter) {
        assert!(!text.starts_with(['=', '+', '-', '@', '\t', '\r']), "{text:?} could be a formula");
    }

    let json: serde_json::Value = serde_json::from_slice(&json.bytes).unwrap();
    assert_eq!(json["environments"][1]["account"], "815856636111");
    assert_eq!(json["tenants"][1]["kinds"]["secret"], json!({ "mark": "missing" }));
    assert_eq!(json["tenants"][1]["kinds"]["target group"]["mark"], "different");
    assert_eq!(json["tenants"][0]["kinds"]["database"], json!({ "mark": "stands", "found": ["acme_db"] }));
}
