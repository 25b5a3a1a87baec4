"""A bot on discord.py, unchanged but for the addresses: it registers commands and hands all it hears to the stories."""

import asyncio
import logging

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from heard import Heard


def redirect(about):
    """Points the library at the local Discord: the API by its base, the gateway by what the API says."""
    discord.http.Route.BASE = about["api"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(about["gateway"])


class Listener(logging.Handler):
    """Keeps what the library logs from WARNING on."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())

    def rate_limits(self):
        """How often the library was told to wait."""
        return [line for line in self.lines if "We are being rate limited" in line]

    def others(self):
        """Everything else, but for the voice libraries that nobody needs here."""
        voice = [line for line in self.lines if line.endswith("voice will NOT be supported")]
        return [line for line in self.lines if line not in self.rate_limits() and line not in voice]


class Card(discord.ui.View):
    """Two buttons under a message; presses go to the story."""

    def __init__(self, heard, pressed=False):
        super().__init__(timeout=None)
        for label, style in (("Retry", discord.ButtonStyle.primary), ("Leave", discord.ButtonStyle.danger)):
            button = discord.ui.Button(label=label, style=style, custom_id=label.lower(), disabled=pressed)
            button.callback = lambda interaction, name=label.lower(): hand(heard, f"pressed {name}", interaction)
            self.add_item(button)
        self.add_item(discord.ui.Button(label="Runbook", url="https://example.org/runbook"))


class Choice(discord.ui.View):
    """A menu under a message; what is chosen goes to the story."""

    def __init__(self, heard):
        super().__init__(timeout=None)
        options = [discord.SelectOption(label=name, value=name) for name in ("acme", "acme-2")]
        menu = discord.ui.Select(custom_id="off", placeholder="Take one off", options=options)
        menu.callback = lambda interaction: hand(heard, "chosen", (interaction, menu.values))
        self.add_item(menu)


class Question(discord.ui.Modal, title="Say it again"):
    """A modal with an input in an action row, and one in a label."""

    name = discord.ui.TextInput(label="Name", custom_id="name", max_length=24)
    why = discord.ui.Label(text="Why", component=discord.ui.TextInput(custom_id="why", required=False))

    def __init__(self, heard):
        super().__init__(custom_id="question")
        self.heard = heard

    async def on_submit(self, interaction):
        self.heard.put("submitted", (interaction, self.name.value, self.why.component.value))


async def hand(heard, name, value):
    heard.put(name, value)


class Bot(discord.Client):
    """The bot. `connections` counts READY and RESUMED; `gate` holds its next connection back."""

    def __init__(self, about):
        intents = discord.Intents.default()
        intents.members = True
        super().__init__(intents=intents, max_ratelimit_timeout=60)
        self.home = discord.Object(int(about["guild_id"]))
        self.heard = Heard("the bot")
        self.tree = app_commands.CommandTree(self)
        self.connections = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.commands()

    def commands(self):
        """`/probe ask|plain`, `/probe data export`: options of many types, nested."""
        probe = app_commands.Group(name="probe", description="Tries things out", guild_ids=[self.home.id])
        data = app_commands.Group(name="data", description="About its data", parent=probe)
        heard = self.heard

        @probe.command(description="Asks about something")
        @app_commands.describe(subject="What about", where="Where", count="How often", who="Whom", place="In which channel")
        @app_commands.choices(where=[app_commands.Choice(name="DEV", value="dev"), app_commands.Choice(name="PROD", value="prod")])
        async def ask(
            interaction: discord.Interaction,
            subject: app_commands.Range[str, 2, 10],
            where: app_commands.Choice[str],
            count: app_commands.Range[int, 1, 5] = 1,
            who: discord.Member = None,
            place: discord.TextChannel = None,
        ):
            heard.put("ask", (interaction, {"subject": subject, "where": where.value, "count": count, "who": who, "place": place}))

        @ask.autocomplete("subject")
        async def complete(interaction: discord.Interaction, current: str):
            heard.put("completes", (interaction, current))
            return [app_commands.Choice(name=f"{current}{end}", value=current + end) for end in ("a", "b", "c")]

        @probe.command(description="Waits for an answer")
        async def plain(interaction: discord.Interaction):
            heard.put("plain", interaction)

        @data.command(description="Writes it out")
        async def export(interaction: discord.Interaction, logs: bool):
            heard.put("export", (interaction, logs))

        self.tree.add_command(probe)

    async def setup_hook(self):
        self.opened = self.http.ws_connect

        async def behind_the_gate(*arguments, **named):
            await self.gate.wait()
            return await self.opened(*arguments, **named)

        self.http.ws_connect = behind_the_gate
        await self.tree.sync(guild=self.home)

    async def on_connect(self):
        self.connections.append("READY")

    async def on_resumed(self):
        self.connections.append("RESUMED")
        self.heard.put("resumed", None)

    async def on_ready(self):
        self.heard.put("ready", None)

    async def on_message(self, message):
        self.heard.put("message", message)

    async def on_thread_create(self, thread):
        self.heard.put("thread created", thread)

    async def on_raw_thread_update(self, payload):
        self.heard.put("thread updated", payload.data)

    async def on_raw_reaction_add(self, payload):
        self.heard.put("reaction added", payload)

    async def on_raw_reaction_remove(self, payload):
        self.heard.put("reaction removed", payload)
