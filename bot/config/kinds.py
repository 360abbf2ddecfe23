"""The kinds of values that settings have: each checks what was written, and says what is wrong with it."""

from collections.abc import Callable
from functools import cache
from ipaddress import ip_network
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from bot.domain.board import read_boards
from bot.domain.caller import parse_account
from bot.domain.errors import CallerError
from bot.domain.nearest import nearest
from bot.domain.numbers import parse_regions
from bot.domain.shards import read_shard_ids
from bot.domain.written import (
    RECIPE,
    check_address,
    check_inbound_secrets,
    check_slack_command,
    check_slack_token,
    check_socket_address,
    check_token,
    check_web_address,
    read_server_ids,
)

KEY_CHARACTERS = 32
"""The least length of a secret key."""
_zones = cache(available_timezones)


def _timezone(value: str) -> str:
    if value not in _zones():
        near = nearest(value, sorted(_zones()))
        raise ValueError(f"write a name such as Europe/Berlin{f'; did you mean {near}?' if near else ''}")
    return value


def _account(value: str) -> str:
    if value:
        try:
            parse_account(value)
        except CallerError as error:
            raise ValueError(str(error).rstrip(".")) from None
    return value


def _regions(value: str) -> str:
    parse_regions(value)
    return value


def _token(value: SecretStr) -> SecretStr:
    check_token(value.get_secret_value())
    return value


def _slack(beginning: str) -> Callable[[SecretStr], SecretStr]:
    """Return the check of one of Slack's tokens."""

    def check(value: SecretStr) -> SecretStr:
        check_slack_token(value.get_secret_value(), beginning)
        return value

    return check


def _server_ids(value: str) -> str:
    read_server_ids(value)
    return value


def _shard_ids(value: str) -> str:
    read_shard_ids(value)
    return value


def _boards(value: str) -> str:
    read_boards(value)
    return value


def _secrets(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _long_enough(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    texts = [key.get_secret_value() for key in keys]
    if not all(len(text) >= KEY_CHARACTERS and text.isascii() and text.isprintable() for text in texts):
        raise ValueError(f"a key has {KEY_CHARACTERS} plain characters or more; {RECIPE}")
    return keys


def _unguessable(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    check_inbound_secrets([secret.get_secret_value() for secret in secrets])
    return secrets


def _token_of_ours(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        check_inbound_secrets([value.get_secret_value()])
    return value


def _networks(value: str) -> str:
    try:
        for one in value.split(","):
            if one.strip():
                ip_network(one.strip())
    except ValueError:
        raise ValueError("write addresses or networks with commas, such as 127.0.0.1,10.0.0.0/8") from None
    return value


OurToken = Annotated[SecretStr, AfterValidator(_token_of_ours)]
Networks = Annotated[str, AfterValidator(_networks)]
Address = Annotated[str, AfterValidator(check_address)]
WebAddress = Annotated[str, AfterValidator(check_web_address)]
SocketAddress = Annotated[str, AfterValidator(check_socket_address)]
DiscordToken = Annotated[SecretStr, AfterValidator(_token)]
SlackBotToken = Annotated[SecretStr, AfterValidator(_slack("xoxb-"))]
SlackAppToken = Annotated[SecretStr, AfterValidator(_slack("xapp-"))]
SlackCommand = Annotated[str, AfterValidator(check_slack_command)]
ServerIds = Annotated[str, AfterValidator(_server_ids)]
ShardIds = Annotated[str, AfterValidator(_shard_ids)]
BoardNames = Annotated[str, AfterValidator(_boards)]
AccountName = Annotated[str, AfterValidator(_account)]
Regions = Annotated[str, AfterValidator(_regions)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_secrets)]
"""Some, with commas; the newest stands first."""
HeaderSecrets = Annotated[
    tuple[SecretStr, ...], NoDecode, BeforeValidator(_secrets), AfterValidator(_unguessable)
]
Keys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_secrets), AfterValidator(_long_enough)]
