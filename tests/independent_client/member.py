"""A member of the guild, acting as Discord's own client does: plain HTTP and a gateway session of its own."""

import asyncio
import json

from heard import Heard

REACTION = "%E2%9C%85"
"""The emoji of every reaction here, as a path spells it."""


class Answer:
    """An answer of the API."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def code(self):
        """Discord's numeric error code, or None."""
        return self.body.get("code") if isinstance(self.body, dict) else None


async def call(web, method, url, token, body=None):
    """One request with this Authorization."""
    async with web.request(method, url, headers={"Authorization": token}, json=body) as answer:
        text = await answer.text()
        return Answer(answer.status, answer.headers, json.loads(text) if text else None)


class Member:
    """One member, logged in."""

    def __init__(self, web, about, name):
        self.web, self.about, self.name = web, about, name
        self.id = about["members"][name]["id"]
        self.token = about["members"][name]["token"]
        self.heard = Heard(name)
        self.nonce = 0

    async def connect(self):
        """Opens the gateway session and keeps it."""
        self.socket = await self.web.ws_connect(f"{self.about['gateway']}?v=10&encoding=json", max_msg_size=0)
        hello = await self.socket.receive_json()
        self.sequence = None
        self.tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._beat(hello["d"]["heartbeat_interval"] / 1000)),
        ]
        properties = {"os": "linux", "browser": "client", "device": "client"}
        await self.socket.send_json({"op": 2, "d": {"token": self.token, "properties": properties}})
        self.session = (await self.heard.take("READY"))["session_id"]
        await self.heard.take("GUILD_CREATE")

    async def disconnect(self):
        for task in self.tasks:
            task.cancel()
        await self.socket.close()

    async def _listen(self):
        async for frame in self.socket:
            event = json.loads(frame.data)
            if event["op"] == 0:
                self.sequence = event["s"]
                self.heard.put(event["t"], event["d"])

    async def _beat(self, interval):
        while True:
            await asyncio.sleep(interval)
            await self.socket.send_json({"op": 1, "d": self.sequence})

    async def call(self, method, path, body=None):
        return await call(self.web, method, f"{self.about['api']}{path}", self.token, body)

    async def interact(self, kind, channel, data, **more):
        """Starts an interaction; answers it and the nonce by which its outcome can be known."""
        self.nonce += 1
        nonce = str(self.nonce)
        body = {
            "type": kind,
            "application_id": self.about["application_id"],
            "guild_id": self.about["guild_id"],
            "channel_id": str(channel),
            "session_id": self.session,
            "nonce": nonce,
            "data": data,
            **more,
        }
        return await self.call("POST", "/interactions", body), nonce

    async def command(self, name):
        """A registered command, as the client's completion finds it."""
        index = await self.call("GET", f"/guilds/{self.about['guild_id']}/application-command-index")
        return next(command for command in index.body["application_commands"] if command["name"] == name)

    async def runs(self, channel, command, options, kind=2):
        """Runs a command with these options; kind 4 asks for completion instead."""
        data = {"id": command["id"], "version": command["version"], "name": command["name"], "type": 1, "options": options}
        return await self.interact(kind, channel, data)

    async def presses(self, message, custom_id, values=None):
        """Presses a button, or with `values` chooses from a menu."""
        data = {"component_type": 2, "custom_id": custom_id}
        if values is not None:
            data.update(component_type=3, values=values)
        return await self.interact(3, message["channel_id"], data, message_id=message["id"], message_flags=message["flags"])

    async def submits(self, channel, modal, values):
        """Sends a modal off with these texts by custom_id, each wrapped as the modal wraps its input."""

        def filled(part):
            text = lambda one: {"type": 4, "custom_id": one["custom_id"], "value": values[one["custom_id"]]}
            if part["type"] == 18:
                return {"type": 18, "component": text(part["component"])}
            return {"type": 1, "components": [text(one) for one in part["components"]]}

        data = {"id": modal["id"], "custom_id": modal["custom_id"], "components": [filled(part) for part in modal["components"]]}
        return await self.interact(5, channel, data)

    async def reacts(self, channel, message, method="PUT"):
        return await self.call(method, f"/channels/{channel}/messages/{message}/reactions/{REACTION}/@me")

    async def posts(self, channel, content):
        return await self.call("POST", f"/channels/{channel}/messages", {"content": content})
