"""The name server of the hosted zones: answers over UDP and TCP from Route 53's record sets. Aliases lead to this
machine, because here the load balancers stand."""

import asyncio
import logging
import struct
import time

import dnslib

from .config import Environment
from .moto import AwsError
from .route53_plays import records
from .world import World

log = logging.getLogger("companion.names")
HERE = "127.0.0.1"
_KEPT = 1.0
_LOAD_BALANCER = ".elb.amazonaws.com"


class Names(asyncio.DatagramProtocol):
    """Resolves names of the three zones, and of load balancers; anything else does not exist."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[str, tuple[float, int, list[dict]]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._running: set[asyncio.Task] = set()

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        running = asyncio.ensure_future(self._datagram(data, addr))
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def _datagram(self, data: bytes, addr) -> None:
        answer = await self.answer(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)

    async def stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TCP connection, with any number of questions."""
        try:
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                answer = await self.answer(await reader.readexactly(length))
                if answer is None:
                    break
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, data: bytes) -> bytes | None:
        """The answer to one packet; None for what is no question."""
        try:
            asked = dnslib.DNSRecord.parse(data)
            question = asked.q
        except (dnslib.DNSError, ValueError, IndexError):
            return None
        reply = asked.reply(aa=1, ra=1)
        try:
            exists = await self._find(str(question.qname).rstrip(".").lower(), dnslib.QTYPE[question.qtype], reply)
            if not exists:
                reply.header.rcode = dnslib.RCODE.NXDOMAIN
        except (AwsError, OSError) as problem:
            log.warning("%s: %s", question.qname, problem)
            reply.header.rcode = dnslib.RCODE.SERVFAIL
        return reply.pack()

    async def _find(self, name: str, kind: str, reply: dnslib.DNSRecord, depth: int = 0) -> bool:
        """Adds the records of a name; False when there is no such name."""
        if name.endswith(_LOAD_BALANCER):
            self._add(reply, name, kind, 60, "A", HERE)
            return True
        environment = self._world.config.of_host(name)
        if environment is None or depth > 8:
            return depth > 0
        if self._world.faults.take(
            "dns-missing", haystack=name, environment=environment.name, tenant=name.partition(".")[0]
        ):
            return False
        found = [one for one in await self._zone(environment) if one["Name"].rstrip(".").lower() == name]
        for record in found:
            if "AliasTarget" in record:
                self._add(reply, name, kind, 60, record["Type"], HERE if record["Type"] == "A" else "::1")
                continue
            for value in (one["Value"] for one in record.get("ResourceRecords", [])):
                if record["Type"] == "CNAME" and kind != "CNAME":
                    reply.add_answer(*dnslib.RR.fromZone(f"{name}. {record['TTL']} CNAME {value.rstrip('.')}."))
                    await self._find(value.rstrip(".").lower(), kind, reply, depth + 1)
                else:
                    self._add(reply, name, kind, record["TTL"], record["Type"], value)
        return bool(found) or name == environment.domain

    @staticmethod
    def _add(reply: dnslib.DNSRecord, name: str, wanted: str, ttl: int, kind: str, value: str) -> None:
        if wanted in (kind, "ANY"):
            reply.add_answer(*dnslib.RR.fromZone(f"{name}. {ttl} {kind} {value}"))

    async def _zone(self, environment: Environment) -> list[dict]:
        """The zone's record sets, kept until a client changes one, and a second at most."""
        version = self._world.version(environment.account, "records")
        kept = self._kept.get(environment.name)
        if kept and kept[1] == version and time.monotonic() - kept[0] < _KEPT:
            return kept[2]
        zones = await self._world.moto.call(environment.account, "us-east-1", "route53", "ListHostedZones")
        found: list[dict] = []
        for zone in zones["HostedZones"]:
            found += await records(self._world, environment.account, zone["Id"].rpartition("/")[2])
        self._kept[environment.name] = (time.monotonic(), version, found)
        return found
