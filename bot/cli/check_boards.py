"""What ``troupe check`` says of the channels where alerts and new characters are to be posted."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.board import Board, read_boards
from bot.domain.errors import NobodyThere, PlatformUnreachable, SettingsError
from storage.installed import look_at_workspaces

_INVITE = "Invite the bot to that channel, or give ALERTS and TROUPE_ANNOUNCE the id of another."


async def check_boards(settings: Settings) -> list[Finding]:
    """Look whether the bot sees each channel; a platform that does not answer is said elsewhere."""
    boards = {
        board: name
        for name, text in (("TROUPE_ANNOUNCE", settings.troupe_announce), ("ALERTS", settings.alerts))
        for board in read_boards(text)
    }
    unseen = [*await _unseen_at_discord(settings, boards), *await _unseen_at_slack(settings, boards)]
    return [*_off(settings, boards), *(_finding(settings, board, boards[board]) for board in unseen)]


def _off(settings: Settings, boards: dict[Board, str]) -> Iterator[Finding]:
    for board, name in boards.items():
        is_at_discord = board.platform == "discord"
        if not (settings.discord_token.get_secret_value() if is_at_discord else settings.slack_is_on):
            what = f"{name} names {board}, but {board.platform.capitalize()} is off: nothing is posted there."
            yield Finding("error", what, f"Set its token, or leave it out of {name}.")


def _finding(settings: Settings, board: Board, name: str) -> Finding:
    what = f"Nothing can be posted at {board} ({name})"
    if board.platform == "slack" and settings.slack_client_id:
        fix = f"Let it be installed there at {settings.public_url}/slack/install, or leave it out of {name}."
        return Finding("error", f"{what}: the app is not installed in that workspace.", fix)
    return Finding("error", f"{what}: the bot does not see it.", _INVITE)


async def _unseen_at_discord(settings: Settings, boards: dict[Board, str]) -> list[Board]:
    token = settings.discord_token.get_secret_value()
    there = {board.channel_id: board for board in boards if board.platform == "discord"}
    if not (token and there):
        return []
    from bot.fronts.discord.channels import find_unseen  # loaded only where it is switched on

    try:
        return [there[one] for one in await find_unseen(token, settings.discord_api_url, there)]
    except NobodyThere:
        return []


async def _unseen_at_slack(settings: Settings, boards: dict[Board, str]) -> list[Board]:
    """Return the boards of workspaces that the bot is not in; more Slack tells nobody outside a channel."""
    there = [board for board in boards if board.platform == "slack"]
    if not (settings.slack_is_on and there):
        return []
    try:
        teams = await _teams_at_slack(settings, frozenset(board.tenant for board in there))
    except (PlatformUnreachable, SettingsError):
        return []  # said elsewhere
    return [board for board in there if board.tenant not in teams]


async def _teams_at_slack(settings: Settings, wanted: frozenset[str]) -> set[str]:
    """Return those of the wanted workspaces that a token of ours speaks in.

    Raises SlackUnreachable; SettingsError where the settings' token is none and there is no other.
    """
    from bot.fronts.slack.tokens import list_teams, look_up, open_client  # only where it is switched on

    found: set[str] = set()
    if token := settings.slack_bot_token.get_secret_value():
        try:
            found.add((await look_up(open_client(token, settings.slack_api_url))).id)
        except SettingsError:
            if not settings.slack_client_id:
                raise
    if not settings.slack_client_id or wanted <= found:
        return found
    now = datetime.now(UTC)
    for one in look_at_workspaces(settings.database_url, settings.keys):
        if one.runs_out(now):
            found |= wanted if one.is_org_wide else {one.id}  # renewed once Troupe runs
            continue
        client = open_client(one.token, settings.slack_api_url)
        try:
            if one.is_org_wide:
                found |= (await list_teams(client)).keys()
            elif one.id in wanted:
                found.add((await look_up(client)).id)
        except SettingsError:
            continue  # said of that workspace
    return found
