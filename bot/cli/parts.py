"""``troupe run --only``: which part of Troupe a process does, and what that needs."""

from collections.abc import Callable, Collection

from bot.config import Settings
from bot.domain.errors import SettingsError
from bot.domain.process import ROLES, Role
from storage.url import is_postgres

_IS_ON: dict[Role, Callable[[Settings], bool]] = {
    "discord": lambda settings: bool(settings.discord_token.get_secret_value()),
    "slack": lambda settings: settings.slack_is_on,
}


def read_roles(settings: Settings, only: Collection[Role]) -> tuple[Role, ...]:
    """Return what a process is to do: everything unless ``only`` names parts of it.

    Raises SettingsError for a part that cannot be had with these settings.
    """
    if not only:
        return ROLES
    if not is_postgres(settings.database_url):
        raise SettingsError(
            "troupe run --only needs a Postgres server (DATABASE_URL=postgresql://…), since a database file "
            "admits one process: leave --only out, or move the file with troupe migrate-to."
        )
    if settings.is_sandbox:
        raise SettingsError(
            "troupe run --only needs ELEVENLABS_API_KEY: the built-in sandbox that stands in for ElevenLabs "
            "lives in one process, so leave --only out to try Troupe with it."
        )
    for role, is_on in _IS_ON.items():
        if role in only and not is_on(settings):
            raise SettingsError(
                f"troupe run --only {role} needs the token that switches it on; troupe setup {role} asks for "
                "it."
            )
    return tuple(role for role in ROLES if role in only)


def wanted_roles(settings: Settings) -> frozenset[Role]:
    """Return what some process has to do with these settings."""
    return frozenset(role for role in ROLES if role not in _IS_ON or _IS_ON[role](settings))


def is_asked_by_slack(settings: Settings) -> bool:
    """Whether Slack sends its requests to our web server, instead of over a socket."""
    signing_secret = settings.slack_signing_secret.get_secret_value()
    return bool(signing_secret) and not settings.slack_app_token.get_secret_value()


def is_asked_from_outside(settings: Settings, roles: Collection[Role]) -> bool:
    """Whether members or platforms reach this process's web server, so that its address must not move.

    Whoever lets a workspace install the app comes to the process that does ``slack``, also with Socket Mode.
    """
    is_slack_outside = is_asked_by_slack(settings) or bool(settings.slack_client_id)
    return "web" in roles or ("slack" in roles and is_slack_outside)
