"""Reading the environment and ``.env``: one sentence for each thing to mend."""

import re
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import ValidationError

from bot.config.settings import Settings
from bot.domain.errors import SettingsError
from bot.domain.nearest import nearest
from bot.domain.shards import in_ranges
from bot.domain.written import describe_range

SENTENCES = {"bool_parsing": "write true or false"}
"""What a settings error means to whoever made it, where the library's words are not plain."""


def read_settings(env_file: Path | None = Path(".env"), *, unfinished: bool = False) -> Settings:
    """Read the environment and ``.env``; raises SettingsError with one sentence for each thing to mend.

    ``unfinished``: what is needed together need not be there together yet, for whoever is setting it up.
    """
    try:
        complaints = _unknown_names(env_file) if env_file else []
        if complaints:
            raise SettingsError("\n".join(complaints))
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]  # pydantic-settings' own argument
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(error))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file} cannot be read as UTF-8 text: {error}") from None
    if unfinished:
        return settings
    if not settings.is_sandbox and not settings.elevenlabs_agent_id:
        complaints.append(
            "ELEVENLABS_API_KEY is set, so ELEVENLABS_AGENT_ID is needed too: name your agent, or make one "
            "with troupe agent create."
        )
    if settings.is_sandbox and (
        settings.elevenlabs_agent_id
        or settings.elevenlabs_webhook_secret
        or settings.elevenlabs_inbound_secret
        or settings.elevenlabs_recall_secret
    ):
        complaints.append(
            "ELEVENLABS_API_KEY is missing; without it leave the other ELEVENLABS_ settings out."
        )
    ways = (settings.slack_app_token, settings.slack_signing_secret)
    has_way = any(one.get_secret_value().strip() for one in ways)
    if settings.slack_bot_token.get_secret_value() and not has_way:
        complaints.append(
            "SLACK_BOT_TOKEN is set, so SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (requests to "
            "PUBLIC_URL) is needed too; docs/slack.md shows where they are."
        )
    complaints += _about_shards(settings)
    complaints += find_unfit_install(settings)
    if complaints:
        raise SettingsError("\n".join(complaints))
    return settings


def _about_shards(settings: Settings) -> list[str]:
    """Return what is wrong with the shards, which only the settings together tell."""
    ids, count = settings.shards.ids, settings.shards.count
    wrong = ""
    if ids and not count:
        wrong = "SHARD_IDS is set, so SHARD_COUNT is needed too: how many shards all processes have together."
    elif ids and ids[-1] >= count:
        there = in_ranges(range(count))
        wrong = f"SHARD_IDS names shard {ids[-1]}, but SHARD_COUNT is {count}, so there is only {there}."
    elif len(ids) not in (0, count) and not settings.is_shared:
        wrong = (
            "SHARD_IDS names some of the shards, but DATABASE_URL is a file, which one process has to "
            "itself: leave SHARD_IDS out, or move to a Postgres server with troupe migrate-to."
        )
    return [wrong] if wrong else []


def find_unfit_install(settings: Settings) -> list[str]:
    """Return why workspaces could not install the Slack app; nothing where they can, or shall not."""
    client, secret = settings.slack_client_id, settings.slack_client_secret.get_secret_value()
    if bool(client) != bool(secret):
        return ["SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together; Basic Information has both."]
    if not client:
        return []
    if settings.slack_app_token.get_secret_value() or not settings.slack_signing_secret.get_secret_value():
        way = "With SLACK_CLIENT_ID Slack sends its requests to PUBLIC_URL: set SLACK_SIGNING_SECRET, and"
        return [f"{way} leave SLACK_APP_TOKEN out."]
    if not (settings.public_url or "").startswith("https://"):
        return ["With SLACK_CLIENT_ID workspaces install the app at PUBLIC_URL: set an https address."]
    return []


_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")
"""What may be shown of a line that is wrong: a token that stands alone is no name, and never shown."""


def _unknown_names(env_file: Path) -> list[str]:
    """Return a sentence for each line of ``.env`` that names no setting, so that none is mistyped in vain."""
    known = [name.upper() for name in Settings.model_fields]
    if not env_file.exists():
        return []
    sentences = []
    for binding in parse_stream(StringIO(env_file.read_text("utf-8"))):
        line, name = f"{env_file}:{binding.original.line}", binding.key or ""
        if binding.error or (name and (binding.value is None or not _NAME.fullmatch(name))):
            sentences.append(f"{line}: write NAME=value, or begin with # to comment.")
        elif name and name.upper() not in known:
            near = nearest(name.upper(), known)
            advice = f"did you mean {near}?" if near else "README.md lists the settings."
            sentences.append(f"{line}: there is no setting {name}; {advice}")
    return sentences


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors(include_url=False, include_input=False):
        name = str(problem["loc"][0])
        bounds = {
            bound: getattr(part, bound)
            for part in Settings.model_fields[name].metadata
            for bound in ("ge", "le", "max_length")
            if hasattr(part, bound)
        }
        if problem["type"] in {"greater_than_equal", "less_than_equal"}:
            reason = describe_range(bounds["ge"], bounds["le"])
        elif problem["type"] == "literal_error":
            reason = f"write {problem['ctx']['expected']}".replace("'", "")
        elif problem["type"] == "string_too_long":
            reason = f"write {bounds['max_length']} characters at most"
        else:
            reason = SENTENCES.get(problem["type"], problem["msg"]).removeprefix("Value error, ")
        stop = "" if reason.endswith("?") else "."
        sentences.append(f"{name.upper()} cannot be used: {reason[0].lower()}{reason[1:]}{stop}")
    return sentences
