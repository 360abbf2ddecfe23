"""What ``troupe check`` says of the workspaces that installed the Slack app by themselves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.cli.unreachable import unreachable
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import PlatformUnreachable, SettingsError
from storage.installed import look_at_workspaces


async def check_installs(settings: Settings) -> AsyncIterator[Finding]:
    """Name each, and what is missing there; nothing where no workspace may install the app."""
    if not settings.slack_client_id:
        return
    from bot.fronts.slack.manifest import INSTALL  # loaded only where Slack is switched on
    from bot.fronts.slack.tokens import look_up, open_client

    address = f"{settings.public_url}{INSTALL}"
    try:
        installed = look_at_workspaces(settings.database_url, settings.keys)
    except SettingsError:
        return  # said of the database already
    if not installed:
        yield Finding("note", "Slack: no workspace has installed the app yet.", f"Send people to {address}.")
    for one in installed:
        where = f"{one.name} ({one.id})"
        if one.runs_out(datetime.now(UTC)):
            what = f"Slack: the token of {where} ran out while Troupe was stopped."
            yield Finding("note", what, "Start Troupe: it asks Slack for the next one.")
            continue
        try:
            workspace = await look_up(open_client(one.token, settings.slack_api_url))
        except PlatformUnreachable as error:
            yield unreachable(error)
            return
        except SettingsError:
            what = f"Slack: it does not take the token of {where} any more."
            yield Finding("warning", what, f"They come back by installing the app again at {address}.")
            continue
        yield Finding("note", f"Slack: the app is installed in {where}.", "Nothing has to be done.")
        if workspace.missing:
            what = f"Slack: in {where} the app has not the right to {', '.join(workspace.missing)}."
            yield Finding("warning", what, f"Let them install it again at {address}.")
