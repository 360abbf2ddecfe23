"""What ``troupe check`` says of the channels where alerts and new characters are to be posted."""

from collections.abc import Iterator

from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.board import Board, read_boards
from bot.domain.errors import NobodyThere, PlatformUnreachable, SettingsError

_INVITE = "Invite the bot to that channel, or give ALERTS and TROUPE_ANNOUNCE the id of another."


async def check_boards(settings: Settings) -> list[Finding]:
    """Look whether the bot sees each channel; a platform that does not answer is said elsewhere."""
    boards = {
        board: name
        for name, text in (("TROUPE_ANNOUNCE", settings.troupe_announce), ("ALERTS", settings.alerts))
        for board in read_boards(text)
    }
    unseen = [*await _unseen_at_discord(settings, boards), *await _unseen_at_slack(settings, boards)]
    return [*_off(settings, boards), *(_finding(board, boards[board]) for board in unseen)]


def _off(settings: Settings, boards: dict[Board, str]) -> Iterator[Finding]:
    for board, name in boards.items():
        is_at_discord = board.platform == "discord"
        if not (settings.discord_token.get_secret_value() if is_at_discord else settings.slack_is_on):
            what = f"{name} names {board}, but {board.platform.capitalize()} is off: nothing is posted there."
            yield Finding("error", what, f"Set its token, or leave it out of {name}.")


def _finding(board: Board, name: str) -> Finding:
    return Finding("error", f"Nothing can be posted at {board} ({name}): the bot does not see it.", _INVITE)


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
    token = settings.slack_bot_token.get_secret_value()
    if settings.slack_client_id:
        return []  # it may be in any workspace that installed the app
    there = [board for board in boards if board.platform == "slack"]
    if not (token and there):
        return []
    from bot.fronts.slack.tokens import look_up, open_client  # loaded only where it is switched on

    try:
        workspace = await look_up(open_client(token, settings.slack_api_url))
    except (PlatformUnreachable, SettingsError):
        return []
    return [board for board in there if board.tenant != workspace.id]
