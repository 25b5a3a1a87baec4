//! `docs/commands.md` is what the catalogue says.

use std::path::Path;

use landlord_core::card::handbook;
use landlord_core::spec::Catalogue;

const MEND: &str = "cargo run -- commands docs > docs/commands.md";

#[test]
fn the_page_is_what_the_catalogue_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/commands.md");
    let standing = std::fs::read_to_string(page).unwrap_or_default();
    let written = handbook(&Catalogue::built_in().unwrap());
    let differs = standing.lines().zip(written.lines()).position(|(one, other)| one != other);
    assert!(
        standing == written,
        "docs/commands.md is not what commands/ says (the first difference is in line {}). This mends it:\n\n    {MEND}\n",
        differs.unwrap_or_else(|| standing.lines().count().min(written.lines().count())) + 1
    );
}

#[test]
fn every_command_option_role_and_step_is_in_it() {
    let catalogue = Catalogue::built_in().unwrap();
    let page = handbook(&catalogue);
    for command in catalogue.commands() {
        let begins = format!("\n## /{}\n", command.name);
        assert_eq!(page.matches(&begins).count(), 1, "{begins:?}");
        let section = page.split(&begins).nth(1).unwrap().split("\n## /").next().unwrap();
        assert!(section.contains(&format!("{}. For {}.", command.summary, command.who)), "{section}");
        for option in &command.options {
            assert!(section.contains(&format!("| `{}` |", option.name)), "{} in {section}", option.name);
        }
        let Some((_, spec)) = catalogue.operation(&command.name) else { continue };
        assert!(spec.steps.iter().all(|step| section.contains(&format!("*{step}*"))), "{section}");
        assert!(spec.checklist.iter().all(|line| section.contains(&line.item)), "{section}");
        for (environment, demands) in &spec.policy {
            let row = section.lines().find(|line| line.starts_with(&format!("| {} |", environment.title()))).unwrap();
            assert!(demands.policy.approve.iter().all(|role| row.contains(role.title())), "{row}");
        }
    }
}

#[test]
fn what_breaks_a_table_is_escaped() {
    let list = include_str!("../../../commands/tenant-list.toml").replace("List the tenants", "List | the tenants");
    let catalogue = Catalogue::parse(&[("commands/x.toml".to_owned(), list)]).unwrap();
    assert!(handbook(&catalogue).contains("| List \\| the tenants"));
}
