//! `/help`: what can be typed, by pages and one by one, for everyone and from the catalogue alone.

use std::fmt::Write as _;

use landlord_core::fakes::World;
use landlord_core::spec::Catalogue;

#[tokio::test]
async fn somebody_without_a_role_gets_help() {
    let world = World::start();
    let newcomer = world.member("newcomer");
    newcomer.types("/tenant list").await.answer().shows("This needs the role Operator");
    let help = newcomer.types("/help").await;
    assert!(!help.is_filed());
    help.answer()
        .shows("**/help**\n`/help` Say what can be typed here, who may use it, and who must approve (everyone)")
        .shows("**/tenant**\n`/tenant bulk-delete` ")
        .shows("`/tenant delete` Delete a tenant for good from one environment, or from all (Operator; SIT: Team Lead; PROD: DevOps Lead)");
}

#[tokio::test]
async fn every_command_stands_on_one_of_its_pages() {
    let world = World::start();
    let newcomer = world.member("newcomer");
    let mut page = newcomer.types("/help").await.answer().clone();
    let mut all = page.text();
    while page.buttons().contains(&"On ›") {
        page = newcomer.presses_on(&page, "On ›").await;
        all.push_str(&page.text());
    }
    for command in world.house().desk.catalogue.commands() {
        assert_eq!(all.matches(&format!("`/{}` ", command.name)).count(), 1, "{} in {all}", command.name);
    }
    assert!(all.contains("page 2 of "), "{all}");
    newcomer.presses_on(&page, "‹ Back").await.shows("What you can type");
    newcomer.sends("page:4294967295:help:").await.shows("This page is empty by now");
}

#[tokio::test]
async fn all_about_one_command() {
    let world = World::start();
    let newcomer = world.member("newcomer");
    let help = newcomer.types("/help command:tenant delete").await;
    insta::assert_snapshot!(help.answer().text());
    for other in ["/tenant delete", " Tenant  DELETE "] {
        let same = newcomer.uses("help", &[("command", other)]).await;
        assert_eq!(same.answer().text(), help.answer().text(), "{other:?}");
    }
    assert!(help.answer().card.files.is_empty(), "it fits");
}

#[tokio::test]
async fn of_every_command_nothing_is_cut_off() {
    let world = World::start();
    let newcomer = world.member("newcomer");
    for command in world.house().desk.catalogue.commands() {
        let help = newcomer.uses("help", &[("command", &command.name)]).await;
        help.answer().shows(&format!("# /{}", command.name)).shows(&command.who.to_string());
        for option in &command.options {
            help.answer().shows(&format!("`{}` ", option.name));
        }
        let whole = help.answer().card.files.is_empty();
        assert!(whole || help.answer().text().contains('…'), "a file stands beside what does not fit");
    }
}

#[tokio::test]
async fn what_does_not_fit_stands_beside_as_a_file() {
    let world = World::start();
    let mut long = include_str!("../../../commands/tenant-provision.toml").to_owned();
    for number in 0..30 {
        let _ = write!(
            long,
            "\n[[after]]\nitem = \"Line {number} {}\"\nunverifiable = \"nobody looks\"\n",
            "x".repeat(100)
        );
    }
    let help = include_str!("../../../commands/help.toml").to_owned();
    let files = [("commands/help.toml".to_owned(), help), ("commands/tenant-provision.toml".to_owned(), long)];
    world.is_upgraded(Catalogue::parse(&files).unwrap()).await;
    let help = world.member("newcomer").types("/help command:tenant provision").await;
    let file = &help.answer().card.files[0];
    assert_eq!((file.name.as_str(), file.media_type), ("tenant-provision.md", "text/markdown"));
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.contains("- ⚠ Line 29 ") && text.contains("unverifiable: nobody looks"), "{text}");
}

#[tokio::test]
async fn a_command_that_is_not_there() {
    let world = World::start();
    let newcomer = world.member("newcomer");
    for unknown in ["tenant demolish", "", "/", "*tenant* `delete`", &"x".repeat(5_000)] {
        let help = newcomer.uses("help", &[("command", unknown)]).await;
        help.answer().shows("There is no command `/").shows("`/help` shows those there are.");
    }
}

#[tokio::test]
async fn commands_complete_while_they_are_typed() {
    let world = World::start();
    let house = world.house();
    let offered = async |typed: &str| {
        let invocation = world.member("newcomer").line("/help");
        let choices = house.desk.complete(&invocation, "command", typed).await;
        choices.into_iter().map(|choice| choice.value).collect::<Vec<_>>()
    };
    assert_eq!(offered("/tenant del").await, ["tenant delete"]);
    assert_eq!(offered("Proofs of concept").await, ["tenant bulk-delete"]);
    assert!(offered("").await.len() >= 11 && offered("").await.len() <= 25);
    assert!(offered("nothing like it").await.is_empty());
}
