"""Measures a running local Discord with somebody else's client: discord.py as the bot, plain HTTP and WebSocket as members.

Usage: run.py http://127.0.0.1:PORT

Prints a line for each check that holds. At the first that does not, says what was expected and exits with 1.
"""

import asyncio
import logging
import sys
import traceback

import aiohttp
import discord

import stories_channel
import stories_interactions
from bot import Bot, Listener, redirect
from heard import Checks, Failed
from member import Member

STORIES = [*stories_channel.BEFORE, *stories_interactions.STORIES, *stories_channel.AFTER]


class World(Checks):
    """All that a story needs: the bot, three members, and the checks."""

    def __init__(self, web, about, log):
        super().__init__()
        self.web, self.about, self.log = web, about, log
        self.operator, self.lead, self.newcomer = (Member(web, about, name) for name in ("operator", "team-lead", "newcomer"))

    async def refused(self, attempt):
        """Discord's code for an attempt that it refuses; None where it does not."""
        try:
            await attempt
        except discord.HTTPException as error:
            return error.code
        return None

    def respond(self, interaction):
        """A first answer that the library's own bookkeeping does not stand in the way of."""
        route = discord.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback")
        return self.bot.http.request(route, json={"type": 4, "data": {"content": "Too late", "flags": 64}})


async def describe(web, url):
    """The description of the local Discord, with the addresses of its API and gateway."""
    async with web.get(f"{url}/sandbox.json") as answer:
        about, status = await answer.json(), answer.status
    about["api"] = f"{url}/api/v10"
    headers = {"Authorization": f"Bot {about['bot_token']}"}
    async with web.get(f"{about['api']}/gateway/bot", headers=headers) as answer:
        about["gateway"] = (await answer.json())["url"]
    return about, status


async def measure(url, log):
    async with aiohttp.ClientSession() as web:
        about, status = await describe(web, url)
        it = World(web, about, log)
        it.equal("the description says that the bot is not there", status, 503)
        redirect(about)
        async with Bot(about) as bot:
            it.bot = bot
            running = asyncio.create_task(bot.start(about["bot_token"]))
            ready = asyncio.create_task(bot.heard.take("ready"))
            await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            await ready
            it.room = bot.get_channel(int(about["channels"]["tenant-ops"]))
            print(f"READY as {bot.user}, session {bot.ws.session_id}", flush=True)
            it.true("the gateway is compressed", bot.ws._decompressor.COMPRESSION_TYPE == "zlib-stream")
            _, status = await describe(web, url)
            it.equal("the description says that the bot is there", status, 200)
            people = (it.operator, it.lead, it.newcomer)
            for member in people:
                await member.connect()
            for story in STORIES:
                print(f"-- {story.__name__.replace('_', ' ')}", flush=True)
                await story(it)
            it.equal("the library had nothing to complain about", log.others(), [])
            for member in people:
                await member.disconnect()
        print(f"{it.count} checks held")


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    log = Listener()
    logging.getLogger().addHandler(log)
    try:
        asyncio.run(measure(sys.argv[1].rstrip("/"), log))
    except Exception as failure:
        if not isinstance(failure, Failed):
            traceback.print_exc()
        print(f"FAILED {failure}", flush=True)
        for line in log.lines:
            print(f"       the library said: {line}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
