"""Commands, completion, modals, buttons, deferred, late and second answers."""

import io

import discord

from bot import Card, Choice, Question

STRING, SUBCOMMAND, GROUP, INTEGER, BOOLEAN, USER, CHANNEL = 3, 1, 2, 4, 5, 6, 7


def ask(*options):
    """The options of `/probe ask`."""
    return [{"type": SUBCOMMAND, "name": "ask", "options": list(options)}]


PLAIN = [{"type": SUBCOMMAND, "name": "plain", "options": []}]
SUBJECT = {"type": STRING, "name": "subject", "value": "roof"}
WHERE = {"type": STRING, "name": "where", "value": "dev"}


async def commands_are_registered(it):
    """What the library registered comes back as it was, to the bot and to members."""
    registered = await it.bot.tree.fetch_commands(guild=it.bot.home)
    it.equal("one guild command is registered", [command.name for command in registered], ["probe"])
    children = {child.name: child for child in registered[0].options}
    it.equal("with its subcommands and group", set(children), {"ask", "plain", "data"})
    options = {option.name: option for option in children["ask"].options}
    it.equal("required options come first", list(options), ["subject", "where", "count", "who", "place"])
    subject = options["subject"]
    it.equal("completion and lengths are kept", (subject.autocomplete, subject.min_length, subject.max_length), (True, 2, 10))
    it.equal("choices are kept", [choice.value for choice in options["where"].choices], ["dev", "prod"])
    it.equal("bounds are kept", (options["count"].min_value, options["count"].max_value), (1, 5))
    it.equal("the group holds its subcommand", [child.name for child in children["data"].options], ["export"])
    it.probe = await it.operator.command("probe")
    it.equal("members find the same command", it.probe["id"], str(registered[0].id))


async def options_are_completed_and_checked(it):
    """A member types, is helped, and is refused what the command does not allow."""
    typed = {"type": STRING, "name": "subject", "value": "ro", "focused": True}
    answer, nonce = await it.operator.runs(it.room.id, it.probe, ask(typed), kind=4)
    it.equal("completion is asked for", answer.status, 204)
    _, current = await it.bot.heard.take("completes")
    it.equal("the bot hears what was typed", current, "ro")
    completed = await it.operator.heard.take("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", lambda it: it["nonce"] == nonce)
    it.equal("the member gets the bot's choices", [choice["value"] for choice in completed["choices"]], ["roa", "rob", "roc"])
    for name, options in [
        ("a missing required option is refused", ask(SUBJECT)),
        ("an unknown choice is refused", ask(SUBJECT, dict(WHERE, value="moon"))),
        ("too long a text is refused", ask(dict(SUBJECT, value="r" * 11), WHERE)),
        ("too large a number is refused", ask(SUBJECT, WHERE, {"type": INTEGER, "name": "count", "value": 6})),
        ("an unknown option is refused", ask(SUBJECT, WHERE, {"type": STRING, "name": "colour", "value": "red"})),
    ]:
        answer, _ = await it.operator.runs(it.room.id, it.probe, options)
        it.equal(name, (answer.status, answer.code), (400, 50035))


async def a_command_opens_a_modal(it):
    """Command, modal, private answer, and a public message with an embed and buttons."""
    lead = it.about["members"]["team-lead"]["id"]
    options = ask(
        SUBJECT, WHERE, {"type": INTEGER, "name": "count", "value": 3},
        {"type": USER, "name": "who", "value": lead}, {"type": CHANNEL, "name": "place", "value": str(it.room.id)},
    )
    answer, nonce = await it.operator.runs(it.room.id, it.probe, options)
    it.equal("the command is taken", answer.status, 204)
    interaction, given = await it.bot.heard.take("ask")
    it.equal("plain options arrive", [given[name] for name in ("subject", "where", "count")], ["roof", "dev", 3])
    it.equal("the user arrives as a member with roles", {role.name for role in given["who"].roles}, {"@everyone", "operator", "team-lead"})
    it.equal("the channel arrives resolved", given["place"].id, it.room.id)
    it.equal("who asked arrives with roles", {role.name for role in interaction.user.roles}, {"@everyone", "operator"})
    it.true("the member's permissions arrive", interaction.permissions.send_messages and interaction.permissions.add_reactions)
    it.true("the bot's permissions arrive", interaction.app_permissions.create_public_threads)

    await interaction.response.send_modal(Question(it.bot.heard))
    modal = await it.operator.heard.take("INTERACTION_MODAL_CREATE", lambda it: it["nonce"] == nonce)
    it.equal("the member sees the modal", (modal["title"], len(modal["components"])), ("Say it again", 2))
    answer, _ = await it.operator.submits(it.room.id, modal, {"name": "roof", "why": "rain"})
    it.equal("the modal is taken", answer.status, 204)
    submitted, name, why = await it.bot.heard.take("submitted")
    it.equal("the bot hears both inputs", (name, why), ("roof", "rain"))

    await submitted.response.send_message("Only you see this", ephemeral=True)
    private = await it.operator.heard.take("MESSAGE_CREATE", lambda it: it["flags"] & 64)
    it.equal("the member sees the private answer", private["content"], "Only you see this")
    original = await submitted.original_response()
    it.equal("the bot can read its answer again", (str(original.id), original.flags.ephemeral), (private["id"], True))

    embed = discord.Embed(title="Roof in DEV", description="Three times", colour=0x3498DB).add_field(name="Why", value="rain")
    embed.set_footer(text="digest 00ff")
    it.card = await it.room.send(embed=embed, view=Card(it.bot.heard), allowed_mentions=discord.AllowedMentions.none())
    public = await it.lead.heard.take("MESSAGE_CREATE", lambda message: message["id"] == str(it.card.id))
    it.equal("others see the embed", (public["embeds"][0]["title"], public["embeds"][0]["fields"][0]["value"]), ("Roof in DEV", "rain"))
    buttons = public["components"][0]["components"]
    it.equal("and the buttons", [button["label"] for button in buttons], ["Retry", "Leave", "Runbook"])
    it.true("but not the private answer", not it.lead.heard.has("MESSAGE_CREATE", lambda it: it["flags"] & 64))
    history = await it.operator.call("GET", f"/channels/{it.room.id}/messages?limit=50")
    it.true("the channel does not keep it", all(message["id"] != private["id"] for message in history.body))
    it.shown = await it.operator.heard.take("MESSAGE_CREATE", lambda message: message["id"] == str(it.card.id))


async def a_button_edits_its_message(it):
    """A press is told to the bot, whose edit everybody sees."""
    answer, nonce = await it.operator.presses(it.shown, "retry")
    it.equal("the press is taken", answer.status, 204)
    pressed = await it.bot.heard.take("pressed retry")
    it.equal("the bot hears which message", pressed.message.id, it.card.id)
    await pressed.response.edit_message(content="Tried again", view=Card(it.bot.heard, pressed=True))
    edited = await it.lead.heard.take("MESSAGE_UPDATE", lambda message: message["content"] == "Tried again")
    it.equal("others see the edit", (edited["id"], edited["embeds"][0]["title"]), (str(it.card.id), "Roof in DEV"))
    it.true("the buttons are disabled", all(button["disabled"] for button in edited["components"][0]["components"][:2]))
    await it.operator.heard.take("INTERACTION_SUCCESS", lambda it: it["nonce"] == nonce)
    it.true("who pressed hears of success", True)
    answer, _ = await it.operator.presses(it.shown, "retry")
    it.equal("a disabled button cannot be pressed", answer.status, 400)
    answer, _ = await it.operator.presses(it.shown, "nothing")
    it.equal("nor one that is not there", answer.status, 400)


async def a_modal_is_answered_with_a_file(it):
    """What is typed arrives to the letter, and an edit leaves the file that came with the answer."""
    await it.operator.runs(it.room.id, it.probe, ask(SUBJECT, WHERE))
    interaction, _ = await it.bot.heard.take("ask")
    await interaction.response.send_modal(Question(it.bot.heard))
    modal = await it.operator.heard.take("INTERACTION_MODAL_CREATE", lambda it: it["custom_id"] == "question")
    typed = " Roof\u0301  "
    await it.operator.submits(it.room.id, modal, {"name": typed, "why": ""})
    submitted, name, why = await it.bot.heard.take("submitted")
    it.equal("what was typed arrives to the letter", (name, why), (typed, ""))
    await submitted.response.defer(ephemeral=True, thinking=True)
    thinking = await it.operator.heard.take("MESSAGE_CREATE", lambda it: it["flags"] & 128)
    plan = discord.File(io.BytesIO(b'{"steps": []}'), "plan.json")
    filed = await submitted.edit_original_response(content="Filed", attachments=[plan])
    it.equal("the answer to a modal brings a file", [(file.filename, file.size) for file in filed.attachments], [("plan.json", 13)])
    it.equal("which can be read", await filed.attachments[0].read(), b'{"steps": []}')
    await submitted.edit_original_response(content="Approved")
    shown = await it.operator.heard.take("MESSAGE_UPDATE", lambda it: it["content"] == "Approved")
    it.equal("an edit leaves it", (shown["id"], len(shown["attachments"])), (thinking["id"], 1))


async def a_choice_is_told_and_the_file_stays(it):
    """A menu under a message with a file."""
    listed = discord.File(io.BytesIO(b"acme\nacme-2\n"), "tenants.txt")
    card = await it.room.send(content="Two", file=listed, view=Choice(it.bot.heard))
    shown = await it.operator.heard.take("MESSAGE_CREATE", lambda message: message["id"] == str(card.id))
    menu = shown["components"][0]["components"][0]
    it.equal("the member sees what can be chosen", [one["value"] for one in menu["options"]], ["acme", "acme-2"])
    it.equal("and the file", [file["filename"] for file in shown["attachments"]], ["tenants.txt"])
    answer, _ = await it.operator.presses(shown, "off", values=["acme-20"])
    it.equal("what is not offered cannot be chosen", answer.status, 400)
    answer, _ = await it.operator.presses(shown, "off", values=["acme-2"])
    it.equal("the choice is taken", answer.status, 204)
    chosen, values = await it.bot.heard.take("chosen")
    it.equal("the bot hears what was chosen", values, ["acme-2"])
    await chosen.response.edit_message(content="One", view=None)
    edited = await it.lead.heard.take("MESSAGE_UPDATE", lambda message: message["content"] == "One")
    it.equal("an edit leaves the file", (edited["id"], len(edited["attachments"])), (str(card.id), 1))


async def a_deferred_answer_is_edited(it):
    """First "thinking", then the answer, then one more."""
    await it.operator.runs(it.room.id, it.probe, [{"type": GROUP, "name": "data", "options": [
        {"type": SUBCOMMAND, "name": "export", "options": [{"type": BOOLEAN, "name": "logs", "value": True}]}]}])
    interaction, logs = await it.bot.heard.take("export")
    it.equal("a subcommand of a group is run", logs, True)
    await interaction.response.defer(ephemeral=True, thinking=True)
    thinking = await it.operator.heard.take("MESSAGE_CREATE", lambda it: it["flags"] & 128)
    it.equal("the member sees that the bot thinks", thinking["flags"], 64 | 128)
    await interaction.edit_original_response(content="Written out")
    edited = await it.operator.heard.take("MESSAGE_UPDATE", lambda message: message["id"] == thinking["id"])
    it.equal("then the answer in its place", (edited["content"], edited["flags"]), ("Written out", 64))
    await interaction.followup.send("And more", ephemeral=True)
    more = await it.operator.heard.take("MESSAGE_CREATE", lambda it: it["content"] == "And more")
    it.equal("and a second one, as private", more["flags"] & 64, 64)
    await interaction.delete_original_response()
    gone = await it.operator.heard.take("MESSAGE_DELETE", lambda message: message["id"] == thinking["id"])
    it.equal("a private answer can be taken back", gone["channel_id"], str(it.room.id))


async def answers_come_once_and_in_time(it):
    """Discord: three seconds for the first answer, and one first answer only."""
    await it.operator.runs(it.room.id, it.probe, PLAIN)
    interaction = await it.bot.heard.take("plain")
    await interaction.response.send_message("Once", ephemeral=True)
    it.equal("a second answer is refused", await it.refused(it.respond(interaction)), 40060)

    _, nonce = await it.operator.runs(it.room.id, it.probe, PLAIN)
    interaction = await it.bot.heard.take("plain")
    await it.operator.heard.take("INTERACTION_FAILURE", lambda it: it["nonce"] == nonce)
    it.true("a member whose command is not answered hears of failure", True)
    it.equal("a late answer is refused", await it.refused(it.respond(interaction)), 10062)


STORIES = [
    commands_are_registered,
    options_are_completed_and_checked,
    a_command_opens_a_modal,
    a_button_edits_its_message,
    a_modal_is_answered_with_a_file,
    a_choice_is_told_and_the_file_stays,
    a_deferred_answer_is_edited,
    answers_come_once_and_in_time,
]
