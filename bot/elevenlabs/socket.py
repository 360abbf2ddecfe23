"""A conversation in text over their WebSocket, from the initiation to the last word.

Source: ElevenLabs, "WebSocket" of the Agents Platform and "Chat mode"; aiohttp, "Client WebSockets".
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp

from bot.domain.conversation import SignedUrl
from bot.domain.errors import ProviderChanged, ProviderError, ProviderUnavailable
from bot.domain.talk import Corrected, Ended, Part, Said, TalkEvent
from bot.elevenlabs import frames, line
from bot.elevenlabs.frames import Closing
from bot.elevenlabs.refusals import status_error

Sign = Callable[[], Awaitable[SignedUrl]]
Sleep = Callable[[float], Awaitable[None]]

START_SECONDS = 30.0
ACTIVITY_SECONDS = 30.0
HEARTBEAT_SECONDS = 30.0
MOST_EVENTS = 1_000
OVER = "the conversation is over"

log = logging.getLogger(__name__)


class Talk:
    """One running conversation; ``open_talk`` gives one. One reader at a time takes its events.

    ``conversation_id`` is theirs, from the metadata.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, conversation_id: str) -> None:
        self._socket = socket
        self.conversation_id = conversation_id
        self._we_ended = False
        self._events: asyncio.Queue[TalkEvent | None] = asyncio.Queue()
        self._listener: asyncio.Task[Ended] = asyncio.create_task(self._listen(), name="talk: listening")

    async def events(self) -> AsyncIterator[TalkEvent]:
        """Yield what the character says, as it comes, and Ended at last, however often it is asked.

        Raises ProviderRefused or ProviderChanged when they close with 1008, and ProviderUnavailable when
        they close with another code than 1000 or the connection is lost: a conversation cannot be resumed.
        Lost is also one of which 1,000 events lie here untaken.
        """
        while True:
            event = await self._events.get()
            if event is None:
                self._events.put_nowait(None)
                yield Ended(by_us=True) if self._listener.cancelled() else self._listener.result()
                return
            yield event

    async def say(self, text: str) -> None:
        """Say something as the member; raises ProviderUnavailable once the conversation is over."""
        await self._send(frames.user_message(text))

    async def add_context(self, text: str, context_id: str | None = None) -> None:
        """Let the character know something without interrupting it.

        A newer text with the same ``context_id`` replaces the older. Raises as ``say`` does.
        """
        await self._send(frames.contextual_update(text, context_id))

    async def end(self) -> None:
        """Hang up within 2 s; the events end with Ended. Does nothing when it is over."""
        self._we_ended = True
        await line.close(self._socket)

    async def keep_alive(self, sleep: Sleep) -> None:
        """Say every 30 s that somebody is there: after 60 s without they may close with 1002."""
        while True:
            await sleep(ACTIVITY_SECONDS)
            try:
                await self._send(frames.user_activity())
            except ProviderUnavailable:
                return  # the listener notices as well, and tells

    async def leave(self) -> None:
        """End it and wait until the listener has gone; what it saw and nobody took is dropped.

        An error of the listener's that is not about the other side is raised here.
        """
        try:
            await self.end()
        finally:
            self._listener.cancel()
            await asyncio.wait((self._listener,))
        error = None if self._listener.cancelled() else self._listener.exception()
        if error is not None and not isinstance(error, ProviderError):
            raise error

    async def _send(self, frame: Mapping[str, object]) -> None:
        lost = self._socket.closed or self._listener.done()
        try:
            if not lost:
                await self._socket.send_json(frame)
        except (ConnectionError, aiohttp.ClientError):
            lost = True
        if lost:
            raise ProviderUnavailable(frames.OPERATION, OVER, code="connection_lost")

    async def _listen(self) -> Ended:
        """Answer what wants an answer, queue what is said, and return or raise how it ended."""
        trouble: frames.Trouble | None = None
        try:
            while True:
                match await _receive(self._socket):
                    case Closing() as closing:
                        return self._end(closing, trouble)
                    case frames.Ping() as ping:
                        await self._answer(frames.pong(ping))
                    case frames.ToolCall() as call:
                        await self._answer(frames.no_such_tool(call))
                    case frames.Trouble() as trouble:
                        log.info("%s told of trouble: %s", self.conversation_id, trouble.error_type)
                    case Part() | Said() | Corrected() as event:
                        await self._keep(event)
                    case _:
                        continue
        finally:
            self._events.put_nowait(None)

    async def _keep(self, event: TalkEvent) -> None:
        """Queue it, and let who waits for it have it: many frames may lie there ready to be read."""
        if self._events.qsize() >= MOST_EVENTS:
            reason = "they say more than is listened to"
            raise ProviderUnavailable(frames.OPERATION, reason, code="connection_lost")
        self._events.put_nowait(event)
        await asyncio.sleep(0)

    async def _answer(self, frame: Mapping[str, object]) -> None:
        try:
            await self._send(frame)
        except ProviderUnavailable:
            return  # the next look at the socket says how it ended

    def _end(self, closing: Closing, trouble: frames.Trouble | None) -> Ended:
        if self._we_ended and closing.code != frames.NORMAL:
            return Ended(by_us=True)
        end = Closing(closing.code, closing.reason, trouble).read()
        if isinstance(end, ProviderError):
            raise end
        return end


@asynccontextmanager
async def open_talk(
    url: str,
    initiation_message: Mapping[str, object],
    *,
    sign: Sign | None = None,
    sleep: Sleep = asyncio.sleep,
    start_seconds: float = START_SECONDS,
) -> AsyncIterator[Talk]:
    """Start a conversation, yield it once they accepted the initiation, and close its socket afterwards.

    ``url`` is a signed URL, ``initiation_message`` is ``Initiation.as_message()`` with ``text_only`` on. If
    they close with 1002 or 1011 before it has started, ``sign`` is asked once for a fresh URL, which belongs
    to another conversation; without ``sign`` that is an error at once. 1008 is never tried again. ``sleep``
    takes seconds; ``start_seconds`` is how long one start may take. Raises ProviderError and its kinds.

    No redirect is followed: what is sent is private, and meant for the host that was signed for.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(line.open_session(url))
        dial = partial(_start, stack, session, initiation_message, start_seconds)
        started = await dial(url)
        if isinstance(started, Closing) and started.may_go_better and sign is not None:
            log.info("they closed with %d before the start; once more with a fresh URL", started.code)
            started = await dial((await sign()).url)
        if isinstance(started, Closing):
            end = started.read()
            raise _ended_too_soon(end) if isinstance(end, Ended) else end
        talk = Talk(*started)
        stack.push_async_callback(talk.leave)
        keeper = asyncio.create_task(talk.keep_alive(sleep), name="talk: keep alive")
        stack.push_async_callback(_stop, keeper)
        yield talk


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait((task,))
    if not task.cancelled():
        task.result()


def _ended_too_soon(end: Ended) -> ProviderError:
    reason = end.reason or "they ended it before it began"
    return ProviderUnavailable(frames.OPERATION, reason, code=f"closed_{frames.NORMAL}")


async def _start(
    stack: AsyncExitStack,
    session: aiohttp.ClientSession,
    message: Mapping[str, object],
    seconds: float,
    url: str,
) -> tuple[aiohttp.ClientWebSocketResponse, str] | Closing:
    """Connect, send the initiation, and wait for the metadata; a close in between is returned.

    Ours are raised outside the handlers: their errors carry the URL, and with it the signature.
    """
    failure: ProviderError
    try:
        async with asyncio.timeout(seconds):
            closing = aiohttp.ClientWSTimeout(ws_close=line.CLOSE_SECONDS)
            socket = await session.ws_connect(url, timeout=closing, heartbeat=HEARTBEAT_SECONDS)
            stack.push_async_callback(line.close, socket)
            await socket.send_json(message)
            return await _await_start(socket)
    except aiohttp.WSServerHandshakeError as error:
        failure = status_error(frames.OPERATION, error.status, error.headers or {})
    except (aiohttp.InvalidURL, ValueError):
        failure = ProviderChanged(frames.OPERATION, "the URL to talk at is not one")
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        failure = ProviderUnavailable(frames.OPERATION, "no connection", code="not_connected")
    except TimeoutError:
        failure = ProviderUnavailable(frames.OPERATION, "it did not start in time", code="timeout")
    except (aiohttp.ClientError, ConnectionError):
        failure = ProviderUnavailable(frames.OPERATION, "the connection broke off", code="connection_lost")
    raise failure


async def _await_start(
    socket: aiohttp.ClientWebSocketResponse,
) -> tuple[aiohttp.ClientWebSocketResponse, str] | Closing:
    trouble: frames.Trouble | None = None
    while True:
        match await _receive(socket):
            case frames.Started(conversation_id):
                return socket, conversation_id
            case Closing(code, reason):
                return Closing(code, reason, trouble)
            case frames.Ping() as ping:
                await socket.send_json(frames.pong(ping))
            case frames.Trouble() as trouble:
                log.info("they told of trouble at the start: %s", trouble.error_type)
            case _:
                continue


async def _receive(socket: aiohttp.ClientWebSocketResponse) -> frames.Frame | Closing | None:
    """Return the next thing that they say; a connection that ends without a word is a close with 1006."""
    message = await socket.receive()
    match message.type:
        case aiohttp.WSMsgType.TEXT:
            return frames.read_frame(message.data)
        case aiohttp.WSMsgType.CLOSE:
            return Closing(message.data or frames.LOST, message.extra or "")
        case aiohttp.WSMsgType.CLOSED | aiohttp.WSMsgType.CLOSING | aiohttp.WSMsgType.ERROR:
            return Closing(frames.LOST, "the connection broke off")
        case _:
            return None
