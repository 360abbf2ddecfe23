"""The gateway: who is connected, what they hear, and how a lost connection is taken up again."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord import payloads
from tests.fakes.discord.starting import Starts
from tests.fakes.discord.state import Server
from tests.fakes.discord.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11
)  # fmt: skip
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
EVERY_INTENT = (1 << 26) - 1
GUILDS = 1 << 0
SENDS_A_MINUTE, SEND_BYTES = 120, 4096
MOST_SERVERS = 2500
"""How many servers one shard may have."""
REASONS = {
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "Rate limited.",
    4010: "Invalid shard.",
    4011: "Sharding required.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}


class Closed(Exception):
    """The gateway closes a connection."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Session:
    """What one shard hears; it outlives a lost connection."""

    id: str
    shard: tuple[int, int]
    intents: int
    heard: list[str] = field(default_factory=list)
    line: "Line | None" = None

    def dispatch(self, event: str, data: Any) -> None:
        """Tell an event, now or when the connection is taken up again."""
        frame = {"op": DISPATCH, "t": event, "s": len(self.heard) + 1, "d": data}
        self.heard.append(json.dumps(frame))
        if self.line is not None:
            self.line.outbox.put_nowait(self.heard[-1])


@dataclass(eq=False)
class Line:
    """One connection."""

    socket: web.WebSocketResponse
    request: web.Request
    outbox: "asyncio.Queue[str | int]" = field(default_factory=asyncio.Queue)
    session: Session | None = None
    sent: deque[float] = field(default_factory=deque)

    def send(self, op: int, data: Any = None) -> None:
        """Say something that is no event."""
        self.outbox.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def drop(self) -> None:
        """Tear the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Send what is to be sent, and close where a code stands for it."""
        while True:
            frame = await self.outbox.get()
            if self.socket.closed:
                return
            try:
                if isinstance(frame, int):
                    await self.socket.close(code=frame, message=REASONS.get(frame, "").encode())
                else:
                    await self.socket.send_str(frame)
            except ConnectionError:
                return


class Gateway:
    """Takes connections and tells events."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self.starts = Starts(world.clock)
        self.most_servers = MOST_SERVERS
        self.allowed_privileged = 0
        self.url = ""
        self.flags = 0
        self.sessions: dict[str, Session] = {}
        self.lines: set[Line] = set()
        self.identifies: list[dict[str, Any]] = []
        self.resumes: list[dict[str, Any]] = []
        self.closes: list[int] = []

    @property
    def live(self) -> list[Session]:
        """The sessions with somebody at the other end."""
        return [session for session in self.sessions.values() if session.line is not None]

    def announce(
        self,
        event: str,
        data: dict[str, Any] | Callable[[int], dict[str, Any]],
        *,
        server: Server | None = None,
        intent: int = 0,
    ) -> bool:
        """Tell an event to those shards it concerns; return whether there is one that listens."""
        if server is not None and not server.has_bot:
            server = None
        told = False
        for session in list(self.sessions.values()):
            number, shards = session.shard
            is_concerned = number == (server.shard(shards) if server else 0)
            if is_concerned and session.intents & intent == intent:
                session.dispatch(event, data(session.intents) if callable(data) else data)
                told = True
        return told

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with one client until either hangs up."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        line = Line(socket, request)
        self.lines.add(line)
        writer = asyncio.create_task(line.write())
        try:
            self._check_version(request)
            line.send(HELLO, {"heartbeat_interval": 41250})
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._hear(line, frame.data)
        except Closed as refusal:
            self.closes.append(refusal.code)
            line.outbox.put_nowait(refusal.code)
            await self._until_closed(socket)
        finally:
            self._hang_up(line, socket.close_code)
            writer.cancel()
        return socket

    def _check_version(self, request: web.Request) -> None:
        if request.query.get("v") != "10" or request.query.get("encoding", "json") != "json":
            raise Closed(4012)

    async def _until_closed(self, socket: web.WebSocketResponse) -> None:
        async for _ in socket:
            pass

    def _hang_up(self, line: Line, code: int | None) -> None:
        self.lines.discard(line)
        session = line.session
        if session is not None and session.line is line:
            session.line = None
            if code in (1000, 1001):
                self.sessions.pop(session.id, None)
        self._world.bell.ring()

    def _hear(self, line: Line, text: str) -> None:
        now = self._world.clock().timestamp()
        line.sent.append(now)
        while line.sent[0] <= now - 60:
            line.sent.popleft()
        if len(line.sent) > SENDS_A_MINUTE:
            raise Closed(4008)
        if len(text.encode()) > SEND_BYTES:
            raise Closed(4002)
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Closed(4002) from None
        if op == HEARTBEAT:
            line.send(ACK)
        elif op == IDENTIFY:
            self._identify(line, data)
        elif op == RESUME:
            self._resume(line, data)
        elif op not in (PRESENCE, VOICE, MEMBERS):
            raise Closed(4001)
        elif line.session is None:
            raise Closed(4003)

    def _identify(self, line: Line, data: Any) -> None:
        if line.session is not None:
            raise Closed(4005)
        if not isinstance(data, dict):
            raise Closed(4002)
        self.identifies.append(data)
        token, intents, shard = data.get("token"), data.get("intents"), data.get("shard", [0, 1])
        if not isinstance(token, str) or not isinstance(data.get("properties"), dict):
            raise Closed(4002)
        if token.removeprefix("Bot ") != self._token:
            raise Closed(4004)
        if not isinstance(intents, int) or intents & ~EVERY_INTENT:
            raise Closed(4013)
        if intents & PRIVILEGED & ~self.allowed_privileged:
            raise Closed(4014)
        if not is_shard(shard):
            raise Closed(4010)
        if len(self._servers_of(*shard)) > self.most_servers:
            raise Closed(4011)
        if not self.starts.left:
            self._token = secrets.token_hex(16)  # whoever begins too often gets a new one by mail
            for one in list(self.lines):
                one.outbox.put_nowait(4004)
            raise Closed(4004)
        if not self.starts.take(shard[0]):
            line.send(INVALID, data=False)
            return
        session = Session(secrets.token_hex(16), (shard[0], shard[1]), intents, line=line)
        line.session = session
        for old in [one for one in self.sessions.values() if one.shard == session.shard and one.line is None]:
            del self.sessions[old.id]
        self.sessions[session.id] = session
        self._get_ready(session, is_sharded="shard" in data)

    def _servers_of(self, number: int, shards: int) -> list[Server]:
        return [one for one in self._world.servers.values() if one.has_bot and one.shard(shards) == number]

    def _get_ready(self, session: Session, *, is_sharded: bool) -> None:
        servers = self._servers_of(*session.shard)
        ready: dict[str, Any] = {
            "v": 10,
            "user": payloads.user(self._world.bot),
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "guilds": [{"id": one.id, "unavailable": True} for one in servers],
            "application": {"id": self._world.application_id, "flags": self.flags},
        }
        if is_sharded:
            ready["shard"] = list(session.shard)
        session.dispatch("READY", ready)
        if session.intents & GUILDS:
            for server in servers:
                session.dispatch("GUILD_CREATE", payloads.joined_guild(server, self._world.bot))
        self._world.bell.ring()

    def _resume(self, line: Line, data: Any) -> None:
        if not isinstance(data, dict):
            raise Closed(4002)
        self.resumes.append(data)
        if str(data.get("token", "")).removeprefix("Bot ") != self._token:
            raise Closed(4004)
        session = self.sessions.get(str(data.get("session_id")))
        if session is None:
            line.send(INVALID, data=False)
            return
        seq = data.get("seq")
        if not isinstance(seq, int) or not 0 <= seq <= len(session.heard):
            raise Closed(4007)
        session.line, line.session = line, session
        for frame in session.heard[seq:]:
            line.outbox.put_nowait(frame)
        session.dispatch("RESUMED", {"_trace": []})
        self._world.bell.ring()


def is_shard(told: Any) -> bool:
    """Whether this is a shard as an identity tells it: its number, and how many there are."""
    if not (isinstance(told, list) and len(told) == 2 and all(type(one) is int for one in told)):
        return False
    number, shards = told
    return 0 <= number < shards
