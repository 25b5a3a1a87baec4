"""Reactions, threads, files, permissions, rate limits, and a lost connection."""

import io

import discord

from member import call


async def the_guild_is_there(it):
    """What the library made of READY, GUILD_CREATE and the member chunks."""
    guild = it.bot.get_guild(it.bot.home.id)
    it.equal("the guild has its name", guild.name, "Platform")
    it.equal("its channels", {channel.name: str(channel.id) for channel in guild.text_channels}, it.about["channels"])
    roles = {role.name: str(role.id) for role in guild.roles}
    it.equal("its roles", {name: roles.get(name) for name in it.about["roles"]}, it.about["roles"])
    known = {member.name: {role.name for role in member.roles} - {"@everyone"} for member in guild.members if not member.bot}
    it.equal("its members with their roles", known, {name: set(one["roles"]) for name, one in it.about["members"].items()})
    audit, newcomer = guild.get_channel(int(it.about["channels"]["audit"])), guild.get_member(int(it.newcomer.id))
    it.true("the library counts the audit channel as hidden from a newcomer", not audit.permissions_for(newcomer).read_messages)
    answer = await it.newcomer.call("GET", f"/channels/{audit.id}/messages")
    it.equal("and so does the server", (answer.status, answer.code), (403, 50001))
    info = await it.bot.application_info()
    it.equal("the application is the one described", str(info.id), it.about["application_id"])


async def reactions_are_seen(it):
    """Two members react; the bot sees who, and with which roles."""
    await it.card.add_reaction("✅")
    for member in (it.operator, it.lead):
        it.equal(f"{member.name} reacts", (await member.reacts(it.room.id, it.card.id)).status, 204)
        event = await it.bot.heard.take("reaction added", lambda event: str(event.user_id) == member.id)
        it.equal("the bot sees which message and emoji", (event.message_id, str(event.emoji)), (it.card.id, "✅"))
        roles = {role.name for role in event.member.roles} - {"@everyone"}
        it.equal("and the member with roles", roles, set(it.about["members"][member.name]["roles"]))
    reaction = (await it.room.fetch_message(it.card.id)).reactions[0]
    it.equal("three are counted, the bot's own among them", (reaction.count, reaction.me), (3, True))
    who = {str(user.id) async for user in reaction.users()}
    it.equal("and listed", who, {it.operator.id, it.lead.id, str(it.bot.user.id)})
    it.equal("a reaction is taken back", (await it.lead.reacts(it.room.id, it.card.id, "DELETE")).status, 204)
    event = await it.bot.heard.take("reaction removed")
    it.equal("the bot sees whose", (str(event.user_id), str(event.emoji)), (it.lead.id, "✅"))
    heard = await it.operator.heard.take("MESSAGE_REACTION_REMOVE")
    it.equal("members see it too", heard["user_id"], it.lead.id)


async def a_thread_is_opened_archived_and_reopened(it):
    """Discord: an archived thread changes in nothing, until a message opens it again."""
    it.thread = await it.card.create_thread(name="Roof in DEV", auto_archive_duration=1440)
    it.equal("the thread has its message's id", it.thread.id, it.card.id)
    created = await it.bot.heard.take("thread created")
    it.equal("the bot hears of it", (created.id, created.parent_id), (it.thread.id, it.room.id))
    seen = await it.operator.heard.take("THREAD_CREATE")
    it.equal("members hear of it", (seen["id"], seen["name"]), (str(it.thread.id), "Roof in DEV"))
    it.equal("a message has one thread only", await it.refused(it.card.create_thread(name="Again")), 160004)

    note = await it.thread.send("Step one done", file=discord.File(io.BytesIO(b"one\n\ntwo\n"), "report.txt"))
    it.equal("a file can be read back", await note.attachments[0].read(), b"one\n\ntwo\n")
    posted = await it.operator.heard.take("MESSAGE_CREATE", lambda message: message["id"] == str(note.id))
    it.equal("members see the post in the thread", (posted["channel_id"], posted["content"]), (str(it.thread.id), "Step one done"))
    history = [message async for message in it.thread.history(oldest_first=True)]
    it.equal("the thread begins with its starter", history[0].type, discord.MessageType.thread_starter_message)
    it.equal("which names the message", history[0].reference.message_id, it.card.id)

    await it.thread.edit(archived=True)
    archived = await it.operator.heard.take("THREAD_UPDATE", lambda thread: thread["thread_metadata"]["archived"])
    it.equal("members hear that it is archived", archived["id"], str(it.thread.id))
    it.equal("no reaction in an archived thread", await it.refused(note.add_reaction("✅")), 50083)
    it.equal("no edit in an archived thread", await it.refused(note.edit(content="Otherwise")), 50083)
    answer = await it.operator.reacts(it.thread.id, note.id)
    it.equal("nor a member's reaction", answer.code, 50083)
    listed = [thread.id async for thread in it.room.archived_threads()]
    it.equal("it is listed as archived", listed, [it.thread.id])

    await it.thread.send("Step two done")
    reopened = await it.operator.heard.take("THREAD_UPDATE", lambda thread: not thread["thread_metadata"]["archived"])
    it.equal("a post opens it again", reopened["id"], str(it.thread.id))
    await it.thread.edit(archived=True, locked=True)
    answer = await it.operator.posts(it.thread.id, "And me?")
    it.equal("a member cannot open a locked one", (answer.status, answer.code), (400, 50083))
    await it.thread.edit(archived=False, locked=False)
    active = await it.thread.guild.active_threads()
    it.equal("the bot opens it again", [thread.id for thread in active], [it.thread.id])


async def rate_limits_are_obeyed(it):
    """A full bucket is told in Discord's way, and the library waits for it."""
    incidents = it.bot.get_channel(int(it.about["channels"]["incidents"]))
    path = f"{it.about['api']}/channels/{incidents.id}/messages"
    for _ in range(20):
        answer = await call(it.web, "POST", path, f"Bot {it.about['bot_token']}", {"content": "Knock"})
        if answer.status == 429:
            break
    it.equal("too many messages are refused", answer.status, 429)
    it.true("with the time to wait", answer.body["retry_after"] > 0 and answer.body["global"] is False, answer.body)
    headers = {name.lower() for name in answer.headers}
    wanted = {"retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset-after", "x-ratelimit-bucket", "x-ratelimit-scope"}
    it.equal("and the usual headers", wanted - headers, set())
    for number in range(7):
        await incidents.send(f"Line {number}")
    it.true("the library ran into the limit", len(it.log.rate_limits()) > 0, it.log.lines)
    said = [message.content async for message in incidents.history(limit=7)]
    it.equal("and sent every message once, in order", said, [f"Line {number}" for number in reversed(range(7))])


async def a_nonce_keeps_a_retry_from_posting_twice(it):
    """Discord: `enforce_nonce`."""
    path = f"{it.about['api']}/channels/{it.about['channels']['platform-alerts']}/messages"
    body = {"content": "Once", "nonce": "operation-1", "enforce_nonce": True}
    answers = [await call(it.web, "POST", path, f"Bot {it.about['bot_token']}", body) for _ in range(2)]
    it.equal("both calls succeed", [answer.status for answer in answers], [200, 200])
    it.equal("with the same message", answers[0].body["id"], answers[1].body["id"])
    alerts = it.bot.get_channel(int(it.about["channels"]["platform-alerts"]))
    it.equal("which is there once", [message.content async for message in alerts.history()], ["Once"])


async def a_lost_connection_misses_nothing(it):
    """The connection drops, members go on, the session is resumed."""
    it.equal("one connection so far", it.bot.connections, ["READY"])
    it.bot.gate.clear()
    await it.bot.ws.socket.close(code=4000)
    sent = [(await it.operator.posts(it.room.id, f"Meanwhile {number}")).body["id"] for number in range(3)]
    await it.lead.reacts(it.room.id, it.card.id)
    it.true("nothing is heard while it is away", not it.bot.heard.has("message", lambda message: str(message.id) in sent))
    it.bot.gate.set()
    await it.bot.heard.take("resumed")
    it.equal("the session is resumed, not begun anew", it.bot.connections, ["READY", "RESUMED"])
    missed = [await it.bot.heard.take("message", lambda message: str(message.author.id) == it.operator.id) for _ in sent]
    it.equal("every message comes, in order", [str(message.id) for message in missed], sent)
    it.equal("without its content, for want of the intent", {message.content for message in missed}, {""})
    event = await it.bot.heard.take("reaction added", lambda event: str(event.user_id) == it.lead.id)
    it.equal("the reaction comes", event.message_id, it.card.id)
    again = await it.operator.posts(it.room.id, "After")
    heard = await it.bot.heard.take("message", lambda message: str(message.author.id) == it.operator.id)
    it.equal("nothing comes twice", str(heard.id), again.body["id"])


BEFORE = [the_guild_is_there]
AFTER = [
    reactions_are_seen,
    a_thread_is_opened_archived_and_reopened,
    a_nonce_keeps_a_retry_from_posting_twice,
    rate_limits_are_obeyed,
    a_lost_connection_misses_nothing,
]
