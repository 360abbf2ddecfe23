"""Which ElevenLabs and which addresses a command works with: from settings, sandbox, or the running bot."""

import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from pydantic import SecretStr

from bot.config import Settings
from bot.domain.errors import SettingsError
from bot.domain.process import Process
from bot.domain.shards import Holders
from bot.house import Provider, now, provider_of
from storage.lock import read_lock
from storage.url import is_postgres

NO_SANDBOX = "http://127.0.0.1:9"
"""Stands for the sandbox while it does not run; nothing listens there."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared, not listened on
"""Hosts that mean every address of the machine, and what a browser on it opens instead."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a one-off command finds things; ``is_running`` says whether a bot answers at ``public_url``."""

    provider: Provider
    public_url: str
    is_running: bool
    is_sandbox: bool

    @property
    def can_be_asked(self) -> bool:
        """Whether ElevenLabs answers: the sandbox does while the bot runs."""
        return self.is_running or not self.is_sandbox


def find_bot(settings: Settings) -> Whereabouts:
    """Return the running bot's addresses, or those that it will have once it runs."""
    info = _find_running(settings)
    if not settings.is_sandbox:
        url = settings.public_url or ""
        return Whereabouts(provider_of(settings), url, is_running=info is not None, is_sandbox=False)
    if info is None:
        url = public_url_of(settings, settings.listen)
        if settings.public_url is None:
            _refuse_a_strangers_address(settings.listen)
        return Whereabouts(sandbox_provider(NO_SANDBOX), url, is_running=False, is_sandbox=True)
    return Whereabouts(
        sandbox_provider(info["api_url"]), info["public_url"], is_running=True, is_sandbox=True
    )


def running_processes(settings: Settings) -> tuple[Process, ...]:
    """Return the processes that live on a server's database; none on a file, which has a lock.

    Raises SettingsError where the server cannot be asked.
    """
    if not is_postgres(settings.database_url):
        return ()
    from storage.postgres.looking import look_at_processes

    return look_at_processes(settings.database_url)


def find_holders(settings: Settings) -> Holders:
    """Return who holds which of Discord's shards; nobody on a file. Raises as ``running_processes`` does."""
    if not is_postgres(settings.database_url):
        return Holders()
    from storage.postgres.looking import look_at_shards

    return look_at_shards(settings.database_url, now())


def _find_running(settings: Settings) -> Mapping[str, str] | None:
    """Return what the bot that answers members said about itself; None where none runs.

    Where a server cannot be asked, none does; whoever needs it learns the reason there.
    """
    if not is_postgres(settings.database_url):
        return read_lock(settings.database_url)
    try:
        processes = running_processes(settings)
    except SettingsError:
        return None
    serving = [{"public_url": one.public_url, "api_url": one.api_url} for one in processes if one.is_web]
    return serving[-1] if serving else None


def _refuse_a_strangers_address(listen: str) -> None:
    """Make no link that leads to another program's port. Raises SettingsError."""
    try:
        free_address(listen, may_move=False)
    except SettingsError:
        raise SettingsError(
            f"Troupe does not run, and another program listens on {listen}. Start Troupe first (make run)."
        ) from None


def sandbox_provider(
    url: str, webhook_secret: str = "", inbound_secret: str = "", recall_secret: str = ""
) -> Provider:
    """Return the built-in stand-in for ElevenLabs as a provider."""
    secrets = (webhook_secret,) if webhook_secret else ()
    return Provider(
        url,
        SecretStr("sandbox"),
        "agent_sandbox",
        f"{url}/app/talk-to",
        secrets,
        "phnum_sandbox",
        (inbound_secret,) if inbound_secret else (),
        (recall_secret,) if recall_secret else (),
    )


def public_url_of(settings: Settings, listen: str) -> str:
    """Return the address of talk links; empty where calls go over hosted links.

    In the sandbox it defaults to where the web server listens: on this machine, where that is everywhere.
    """
    if settings.public_url is None and settings.is_sandbox:
        host, _, port = listen.rpartition(":")
        return f"http://{EVERYWHERE.get(host, host)}:{port}"
    return settings.public_url or ""


def free_address(listen: str, *, may_move: bool) -> str:
    """Return ``listen`` if it can be had, else, where that is allowed, the same host with a free port.

    Raises SettingsError when it is taken and must not move, or cannot be an address of this machine.
    """
    host, _, port = listen.rpartition(":")
    try:
        return f"{host}:{_free_port(host, int(port))}"
    except OSError as error:
        if not may_move:
            reason = error.strerror or "it cannot be used"
            raise SettingsError(
                f"LISTEN={listen}: {reason}. Stop what listens there, or choose another."
            ) from None
    return f"{host}:{_free_port(host, 0)}"


def _free_port(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host.strip("[]"), port))
        return int(probe.getsockname()[1])
