//! Forms and menus over the real wires.

use serenity::all::{
    ChannelId, ClientBuilder, Context, CreateActionRow, CreateAttachment, CreateEmbed, CreateInputText,
    CreateInteractionResponse, CreateMessage, CreateModal, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption, EventHandler, GatewayIntents, InputTextStyle, Interaction, Ready,
};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::world::World;

/// A bot that answers every command with a form.
struct Asks {
    ready: UnboundedSender<()>,
}

#[serenity::async_trait]
impl EventHandler for Asks {
    async fn ready(&self, _: Context, _: Ready) {
        self.ready.send(()).unwrap();
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let input = CreateInputText::new(InputTextStyle::Short, "The tenant's name", "tenant").max_length(32);
        let form = CreateModal::new("gone:1", "Delete?").components(vec![CreateActionRow::InputText(input)]);
        let command = interaction.command().unwrap();
        command.create_response(&context.http, CreateInteractionResponse::Modal(form)).await.unwrap();
    }
}

#[tokio::test]
async fn a_form_of_an_earlier_version_is_answered_and_files_nothing() {
    let world = World::start().await;
    world.bot_dies().await;
    let (ready, mut is_ready) = unbounded_channel();
    let mut client = ClientBuilder::new_with_http(world.account(), GatewayIntents::GUILDS)
        .event_handler(Asks { ready })
        .await
        .unwrap();
    let shards = client.shard_manager.clone();
    let running = tokio::spawn(async move { client.start().await });
    is_ready.recv().await.unwrap();
    let operator = world.member("operator");
    let form = operator.is_asked("/tenant list").await;
    shards.shutdown_all().await;
    running.await.unwrap().unwrap();

    world.bot_starts().await;
    let handed_in = operator.hands_in(&form, &[("tenant", " GoldenCrust ")]).await;
    handed_in.answer().shows("This form is of an older version. Use the command again.");
    assert!(handed_in.answer().is_private());
    assert!(world.operations().await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_choice_from_a_menu_is_a_press_with_its_value() {
    let world = World::start().await;
    let options = vec![CreateSelectMenuOption::new("the first", "0000000x")];
    let menu = CreateSelectMenu::new("cancel", CreateSelectMenuKind::String { options });
    let list = CreateAttachment::bytes("[]", "tenants.json");
    let card = CreateMessage::new().embed(CreateEmbed::new().title("A card")).add_file(list);
    let card = card.components(vec![CreateActionRow::SelectMenu(menu)]);
    let channel: ChannelId = world.channel().parse().unwrap();
    let card = channel.send_message(world.account(), card).await.unwrap();
    let shown = world.message(&world.channel(), &card.id.to_string()).await;
    shown.shows("@ tenants.json (2 bytes)");
    let told = world.member("operator").chooses_on(&shown, "the first").await;
    assert!(told.shows("There is no operation `0000000x`.").is_private());
    world.end().await;
}
