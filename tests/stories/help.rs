//! `/help`: what can be typed, for everyone, out of the commands that the guild has.

use std::collections::BTreeSet;

use landlord_core::spec::Catalogue;

use crate::world::World;

#[tokio::test]
async fn somebody_without_roles_turns_the_pages_of_all_commands() {
    let world = World::start().await;
    let newcomer = world.member("newcomer");
    newcomer.types("/tenant list").await.answer().shows("This needs the role Operator");
    let help = newcomer.types("/help").await;
    assert!(help.answer().is_private() && !help.is_filed());
    let first = help.answer().clone();
    first.shows("**/help**\n`/help` Say what can be typed here, who may use it, and who must approve (everyone)");
    let (mut page, mut all) = (first.clone(), first.to_string());
    while page.buttons().contains(&"On ›") {
        page = newcomer.presses_on(&page, "On ›").await;
        assert_eq!(page.message["id"], first.message["id"], "the same message");
        all.push_str(page.body());
    }
    let catalogue = Catalogue::built_in().unwrap();
    for command in catalogue.commands() {
        assert_eq!(all.matches(&format!("`/{}` ", command.name)).count(), 1, "{} in\n{all}", command.name);
    }
    newcomer.presses_on(&page, "‹ Back").await.shows("What you can type");
    assert_eq!(world.messages(&world.channel()).await.len(), 0, "nobody else saw it");
    world.end().await;
}

#[tokio::test]
async fn each_command_is_explained_whole_to_everybody() {
    let world = World::start().await;
    let newcomer = world.member("newcomer");
    let catalogue = Catalogue::built_in().unwrap();
    for command in catalogue.commands() {
        let help = newcomer.uses("help", &[("command", &command.name)]).await;
        assert!(help.answer().is_private(), "{}", command.name);
        help.answer().shows(&format!("# /{}", command.name)).shows(&command.who.to_string());
        for option in &command.options {
            help.answer().shows(&format!("`{}` ", option.name));
        }
        if help.answer().to_string().contains('…') {
            let name = format!("{}.md", command.name.replace(' ', "-"));
            let whole = String::from_utf8(world.file(help.answer(), &name).await).unwrap();
            assert!(whole.contains(&format!("/{}", command.name)), "{whole}");
        }
    }
    let typed = newcomer.types("/help command:tenant delete").await;
    typed.answer().shows("# /tenant delete").shows("DevOps Lead");
    for unknown in ["tenant demolish", "*tenant* `delete`", "@everyone"] {
        let help = newcomer.uses("help", &[("command", unknown)]).await;
        help.answer().shows("There is no command `/").shows("`/help` shows those there are.");
    }
    world.end().await;
}

#[tokio::test]
async fn commands_are_offered_while_they_are_typed() {
    let world = World::start().await;
    let newcomer = world.member("newcomer");
    let offered: Vec<String> =
        newcomer.is_offered("/help command:tenant del").await.into_iter().map(|(_, value)| value.to_string()).collect();
    assert_eq!(offered, ["\"tenant delete\""]);
    let all: BTreeSet<String> =
        newcomer.is_offered("/help command:").await.into_iter().map(|(_, value)| value.to_string()).collect();
    assert!(all.len() >= 11 && all.len() <= 25, "{all:?}");
    world.end().await;
}
