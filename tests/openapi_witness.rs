//! A witness between serenity, unchanged, and the local Discord: neither may say what Discord's description does not know.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/openapi/mod.rs"]
mod openapi;

use landlord_sandbox::discord::{Clock, LocalDiscord, Options};
use openapi::{Description, Side, Witness};
use serde_json::{Value, json};
use serenity::all::{
    ActionRow, ActionRowComponent, AutoArchiveDuration, Builder as _, ClientBuilder, CommandInteraction,
    CommandOptionType, ComponentInteractionDataKind, Context, CreateActionRow, CreateAllowedMentions, CreateAttachment,
    CreateAutocompleteResponse, CreateButton, CreateCommand, CreateCommandOption, CreateEmbed, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateMessage,
    CreateModal, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, CreateThread, EditAttachments,
    EditInteractionResponse, EditMessage, EditThread, Error, EventHandler, GatewayIntents, GetMessages, GuildId, Http,
    HttpBuilder, InputTextStyle, Interaction, Nonce, ReactionType,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Hands every interaction to the story.
struct Ear(UnboundedSender<Interaction>);

#[serenity::async_trait]
impl EventHandler for Ear {
    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.0.send(interaction).unwrap();
    }
}

/// The local Discord, the witness before it, and one member who acts behind its back.
struct World {
    discord: LocalDiscord,
    clock: Clock,
    witness: Witness,
    about: Value,
    web: reqwest::Client,
}

impl World {
    async fn start() -> Self {
        let clock = Clock::manual();
        let discord = LocalDiscord::start(Options { clock: clock.clone(), ..Options::default() }).await.unwrap();
        let witness = Witness::start(discord.address()).await;
        let about = discord.description();
        Self { discord, clock, witness, about, web: reqwest::Client::new() }
    }

    fn text(&self, pointer: &str) -> &str {
        self.about.pointer(pointer).and_then(Value::as_str).unwrap()
    }

    fn id(&self, pointer: &str) -> u64 {
        self.text(pointer).parse().unwrap()
    }

    fn http(&self) -> Http {
        HttpBuilder::new(self.text("/bot_token"))
            .application_id(self.id("/application_id").into())
            .proxy(format!("http://{}", self.witness.address()))
            .ratelimiter_disabled(true)
            .build()
    }

    /// A request as the member `operator`, past the witness.
    async fn member(&self, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/api/v10{path}", self.discord.address());
        let request = self.web.request(method, url).header("authorization", self.text("/members/operator/token"));
        let answer = if body.is_null() { request } else { request.json(body) }.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn interacts(&self, kind: u8, data: Value, more: Value) {
        let mut body = json!({
            "type": kind, "application_id": self.about["application_id"], "guild_id": self.about["guild_id"],
            "channel_id": self.about["channels"]["tenant-ops"], "session_id": "story", "nonce": "1", "data": data,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        self.member(reqwest::Method::POST, "/interactions", &body).await;
    }

    /// A member runs `/tenant provision`, or types in it with kind 4.
    async fn runs(&self, kind: u8, option: Value) {
        let path = format!("/guilds/{}/application-command-index", self.text("/guild_id"));
        let index = self.member(reqwest::Method::GET, &path, &Value::Null).await;
        let command = &index["application_commands"][0];
        let options = json!([{ "type": 1, "name": "provision", "options": [option] }]);
        let data = json!({
            "id": command["id"], "version": command["version"], "name": "tenant", "type": 1, "options": options,
        });
        self.interacts(kind, data, Value::Null).await;
    }

    /// Everything that was wrong.
    fn wrong(&self) -> Vec<String> {
        self.witness.complaints().iter().map(ToString::to_string).collect()
    }
}

fn commands() -> Vec<CreateCommand> {
    let company =
        CreateCommandOption::new(CommandOptionType::String, "company", "For whom").required(true).max_length(80);
    let cpu = CreateCommandOption::new(CommandOptionType::Integer, "cpu", "CPU units").min_int_value(256);
    let provision = CreateCommandOption::new(CommandOptionType::SubCommand, "provision", "Sets one up")
        .add_sub_option(company.set_autocomplete(true))
        .add_sub_option(cpu.add_int_choice("one vCPU", 1024));
    vec![CreateCommand::new("tenant").description("Everything about one tenant").add_option(provision)]
}

fn row() -> Vec<CreateActionRow> {
    let retry = CreateButton::new("retry:1").label("Retry").emoji('✅');
    vec![CreateActionRow::Buttons(vec![retry, CreateButton::new_link("https://example.org/runbook").label("Runbook")])]
}

/// All that a bot does of its own accord.
async fn speaks(world: &World, http: &Http) {
    let guild = GuildId::new(world.id("/guild_id"));
    let room = serenity::all::ChannelId::new(world.id("/channels/tenant-ops"));
    let operator = serenity::all::UserId::new(world.id("/members/operator/id"));
    http.get_current_user().await.unwrap();
    http.get_current_application_info().await.unwrap();
    http.get_bot_gateway().await.unwrap();
    guild.set_commands(http, commands()).await.unwrap();
    guild.get_commands(http).await.unwrap();
    guild.to_partial_guild_with_counts(http).await.unwrap();
    guild.channels(http).await.unwrap();
    guild.roles(http).await.unwrap();
    guild.members(http, Some(100), None).await.unwrap();
    guild.member(http, operator).await.unwrap();

    let embed =
        CreateEmbed::new().title("Provision acme").field("Subdomain", "acme.example.org", true).colour(0x0034_98DB);
    let card =
        CreateMessage::new().embed(embed.clone()).components(row()).nonce(Nonce::String("operation-1".to_owned()));
    let mentions = CreateAllowedMentions::new().users([operator]);
    let card = card.enforce_nonce(true).content(format!("<@{operator}> asks")).allowed_mentions(mentions);
    let mut card = room.send_message(http, card).await.unwrap();
    card.edit(http, EditMessage::new().embed(embed).components(vec![])).await.unwrap();
    let tick = ReactionType::Unicode("✅".to_owned());
    card.react(http, tick.clone()).await.unwrap();
    card.reaction_users(http, tick.clone(), Some(100), None).await.unwrap();
    let refused = card.react(http, '🚀').await.unwrap_err();
    assert!(matches!(refused, Error::Http(error) if error.status_code().is_some_and(|status| status == 429)));
    // serenity's own waiting for rate limits does not go through a proxy: let their time pass instead.
    world.clock.advance(std::time::Duration::from_secs(10));
    card.delete_reaction(http, None, tick).await.unwrap();
    room.message(http, card.id).await.unwrap();
    room.messages(http, GetMessages::new().limit(10).after(1)).await.unwrap();
    room.broadcast_typing(http).await.unwrap();

    let thread = CreateThread::new("Provision acme").auto_archive_duration(AutoArchiveDuration::OneWeek);
    let thread = room.create_thread_from_message(http, card.id, thread).await.unwrap();
    let report = CreateAttachment::bytes("one\n\ntwo\n", "report.txt").description("The whole report");
    let with_file = CreateMessage::new().content("Step one").add_file(report);
    let note = thread.id.send_message(http, with_file).await.unwrap();
    thread.id.messages(http, GetMessages::new()).await.unwrap();
    note.delete(http).await.unwrap();
    thread.id.edit_thread(http, EditThread::new().archived(true)).await.unwrap();
    guild.get_active_threads(http).await.unwrap();
    room.get_archived_public_threads(http, None, None).await.unwrap();
}

/// Every way of answering an interaction.
async fn answers(world: &World, http: &Http, heard: &mut UnboundedReceiver<Interaction>) {
    let company = json!({ "type": 3, "name": "company", "value": "Acme" });
    let mut typing = company.clone();
    typing["focused"] = json!(true);
    world.runs(4, typing).await;
    let typed = heard.recv().await.unwrap().autocomplete().unwrap();
    let choices = CreateAutocompleteResponse::new().add_string_choice("Acme Ltd", "acme");
    typed.create_response(http, CreateInteractionResponse::Autocomplete(choices)).await.unwrap();

    let command = run(world, heard, &company).await;
    command.defer_ephemeral(http).await.unwrap();
    let done = EditInteractionResponse::new().content("Done").components(row());
    command.edit_response(http, done).await.unwrap();
    command.get_response(http).await.unwrap();
    let more = CreateInteractionResponseFollowup::new().content("More").ephemeral(true);
    let more = command.create_followup(http, more).await.unwrap();
    command.delete_followup(http, more.id).await.unwrap();
    command.delete_response(http).await.unwrap();

    let command = run(world, heard, &company).await;
    let said = CreateInteractionResponseMessage::new().content("Asked").components(row());
    command.create_response(http, CreateInteractionResponse::Message(said)).await.unwrap();
    let card = command.get_response(http).await.unwrap();
    let press = json!({ "component_type": 2, "custom_id": "retry:1" });
    let on = json!({ "message_id": card.id.to_string(), "message_flags": 0 });
    world.interacts(3, press.clone(), on.clone()).await;
    let pressed = heard.recv().await.unwrap().message_component().unwrap();
    let changed = CreateInteractionResponseMessage::new().content("Again");
    pressed.create_response(http, CreateInteractionResponse::UpdateMessage(changed)).await.unwrap();
    world.interacts(3, press.clone(), on.clone()).await;
    let pressed = heard.recv().await.unwrap().message_component().unwrap();
    pressed.create_response(http, CreateInteractionResponse::Acknowledge).await.unwrap();

    world.interacts(3, press, on).await;
    let pressed = heard.recv().await.unwrap().message_component().unwrap();
    let input = CreateInputText::new(InputTextStyle::Short, "Type the tenant's name", "name").max_length(24);
    let modal = CreateModal::new("confirm:1", "Delete acme").components(vec![CreateActionRow::InputText(input)]);
    pressed.create_response(http, CreateInteractionResponse::Modal(modal)).await.unwrap();
    hands_in(world, http, heard, pressed.id.get()).await;
    chooses(world, http, heard).await;
}

/// What is written into a form arrives to the letter; the answer, announced first, brings a file that an edit leaves.
async fn hands_in(world: &World, http: &Http, heard: &mut UnboundedReceiver<Interaction>, form: u64) {
    let typed = " Acme\u{0301}  ";
    let input = json!({ "type": 4, "custom_id": "name", "value": typed });
    let rows = json!([{ "type": 1, "components": [input] }]);
    let data = json!({ "id": form.to_string(), "custom_id": "confirm:1", "components": rows });
    world.interacts(5, data, Value::Null).await;
    let form = heard.recv().await.unwrap().modal_submit().unwrap();
    let [ActionRow { components, .. }] = &form.data.components[..] else { panic!("{:?}", form.data) };
    let [ActionRowComponent::InputText(written)] = &components[..] else { panic!("{components:?}") };
    assert_eq!((written.custom_id.as_str(), written.value.as_deref()), ("name", Some(typed)));
    form.defer_ephemeral(http).await.unwrap();
    let plan = CreateAttachment::bytes("{}", "plan.json");
    let filed = EditInteractionResponse::new().content("Filed").new_attachment(plan);
    let filed = form.edit_response(http, filed).await.unwrap();
    assert_eq!(filed.attachments.len(), 1);
    let edited = form.edit_response(http, EditInteractionResponse::new().content("Approved")).await.unwrap();
    assert_eq!((edited.content.as_str(), edited.attachments.len()), ("Approved", 1));
}

/// A menu on a card with a file: the choice arrives, and the edit that follows leaves the file.
async fn chooses(world: &World, http: &Http, heard: &mut UnboundedReceiver<Interaction>) {
    let room = serenity::all::ChannelId::new(world.id("/channels/tenant-ops"));
    let options = vec![CreateSelectMenuOption::new("acme", "acme"), CreateSelectMenuOption::new("acme-2", "acme-2")];
    let menu = CreateSelectMenu::new("off:1", CreateSelectMenuKind::String { options }).placeholder("Take one off");
    let list = CreateAttachment::bytes("[]", "tenants.json");
    let rows = row().into_iter().chain([CreateActionRow::SelectMenu(menu)]).collect();
    let card = CreateMessage::new().embed(CreateEmbed::new().title("Two tenants")).components(rows).add_file(list);
    let card = room.send_message(http, card).await.unwrap();
    let choice = json!({ "component_type": 3, "custom_id": "off:1", "values": ["acme-2"] });
    world.interacts(3, choice, json!({ "message_id": card.id.to_string(), "message_flags": 0 })).await;
    let chosen = heard.recv().await.unwrap().message_component().unwrap();
    let ComponentInteractionDataKind::StringSelect { values } = &chosen.data.kind else { panic!("{:?}", chosen.data) };
    assert_eq!(values, &["acme-2"]);
    chosen.create_response(http, CreateInteractionResponse::Acknowledge).await.unwrap();
    let edit = EditMessage::new().embed(CreateEmbed::new().title("One tenant")).components(vec![]);
    let edited = http.edit_message(room, card.id, &edit, Vec::new()).await.unwrap();
    assert_eq!((edited.embeds[0].title.as_deref(), edited.attachments.len()), (Some("One tenant"), 1));
    let replaced = EditAttachments::new().add(CreateAttachment::bytes("[1]", "tenants.json"));
    let edit = EditMessage::new().attachments(replaced);
    let edited = edit.execute(http, (room, card.id, None)).await.unwrap();
    assert_eq!(edited.attachments.iter().map(|file| file.size).collect::<Vec<_>>(), [3]);
}

async fn run(world: &World, heard: &mut UnboundedReceiver<Interaction>, option: &Value) -> CommandInteraction {
    world.runs(2, option.clone()).await;
    heard.recv().await.unwrap().command().unwrap()
}

#[tokio::test]
async fn serenity_and_the_local_discord_keep_to_the_description() {
    let world = World::start().await;
    let (tell, mut heard) = unbounded_channel();
    speaks(&world, &world.http()).await;
    let mut client =
        ClientBuilder::new_with_http(world.http(), GatewayIntents::GUILDS).event_handler(Ear(tell)).await.unwrap();
    let shards = client.shard_manager.clone();
    let running = tokio::spawn(async move { client.start().await });
    world.discord.ready().await;
    answers(&world, &world.http(), &mut heard).await;
    shards.shutdown_all().await;
    running.await.unwrap().unwrap();

    assert!(world.witness.requests().len() > 30, "the witness saw {:?}", world.witness.requests().len());
    assert_eq!(world.wrong(), [""; 0]);
    for note in world.witness.notes() {
        println!("not in the description: {note}");
    }
}

#[tokio::test]
async fn what_a_bot_does_wrong_is_reported_and_still_passed_on() {
    let world = World::start().await;
    let path = format!("/api/v10/channels/{}/messages", world.text("/channels/tenant-ops"));
    let post = |token: String, body: Value| {
        let url = format!("http://{}{path}", world.witness.address());
        world.web.post(url).header("authorization", token).json(&body).send()
    };
    let bot = format!("Bot {}", world.text("/bot_token"));
    let answer = post(bot.clone(), json!({ "content": "hello", "colour": "red" })).await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["content"], "hello");
    let [seen] = &world.witness.requests()[..] else { panic!("{:?}", world.witness.requests()) };
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.status), ("POST", path.as_str(), 200));
    assert_eq!(seen.request, json!({ "content": "hello", "colour": "red" }));
    assert_eq!(seen.answer, answer);
    if Description::load().is_some() {
        let [complaint] = &world.witness.complaints()[..] else { panic!("{:?}", world.wrong()) };
        assert_eq!((complaint.side, complaint.pointer.as_str()), (Side::Request, "/colour"));
    }
    let operator = world.text("/members/operator/token").to_owned();
    assert_eq!(post(operator, json!({ "content": "hi", "mobile": true })).await.unwrap().status(), 200);
    assert_eq!(world.witness.requests().len(), 1, "members' requests are not the witness's business");
}

#[tokio::test]
async fn what_passes_is_unchanged() {
    let world = World::start().await;
    let read = async |address: std::net::SocketAddr| {
        let url = format!("http://{address}/sandbox.json?unknown=%E2%9C%85");
        let answer = world.web.get(url).send().await.unwrap();
        (answer.status(), answer.headers()["content-type"].clone(), answer.bytes().await.unwrap())
    };
    let (status, media, body) = read(world.witness.address()).await;
    assert_eq!(status, 503);
    assert_eq!((status, media, body), read(world.discord.address()).await);
}
