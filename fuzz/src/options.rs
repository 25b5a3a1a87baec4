//! A slash command with any options: `MEMBER COMMAND WORDS`, and an option after each line that begins with two hyphens.
//!
//! The bot answers with what can be shown; what it files is made of valid values; what is completed fits Discord.

use futures::executor::block_on;
use landlord_core::fakes::World;

use crate::{seen, stage};

/// Options whose text people choose freely.
const FREE: [&str; 2] = ["company", "organisation"];

/// Takes one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (who, command) = text.lines().next().unwrap_or_default().split_once(' ').unwrap_or_default();
    let mut options = stage::fields(text);
    let mut strangers = Vec::new();
    for name in FREE {
        if let Some(value) = options.get_mut(name) {
            *value = format!("{}{value}", seen::MARK);
            strangers.push(value.trim().to_owned());
        }
    }
    let marked = |value: &String| value.contains(seen::MARK);
    if options.iter().any(|(name, value)| !FREE.contains(&name.as_str()) && marked(value))
        || strangers.len() != options.values().filter(|value| marked(value)).count()
    {
        return;
    }
    block_on(async {
        let world = World::start();
        let person = world.member(stage::member(who));
        if command != "tenant provision" {
            let provision = "/tenant provision environment:dev tenant:goldencrust company:Golden Crust subdomain:golden \
                             email:owner@golden.example";
            world.member("operator").types(provision).await;
        }
        let invocation = person.invocation(command, options);
        let house = world.house();
        for (name, typed) in &invocation.options {
            for choice in house.desk.complete(&invocation, name, typed).await {
                let fits = |text: &str| (1..=100).contains(&text.chars().count());
                assert!(fits(&choice.label) && fits(&choice.value), "Discord refuses {choice:?}");
            }
        }
        let reply = world.lives(Box::pin(house.desk.command(&invocation))).await.expect("it does not stop");
        stage::answered(&reply, &strangers);
        world.settles().await;
        stage::stands(&world, &strangers);
    });
}
