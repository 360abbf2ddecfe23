"""What ``troupe check`` says of Discord."""

from bot.cli.check_links import check_links
from bot.cli.unreachable import unreachable
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import PlatformUnreachable, SettingsError


async def check_discord(settings: Settings, public_url: str) -> list[Finding]:
    """Ask Discord about the bot; nothing where Discord is off. ``public_url`` is where links lead."""
    token = settings.discord_token.get_secret_value()
    if not token:
        return []
    from bot.fronts.discord.inviting import look_up  # loaded only where it is switched on

    try:
        bot = await look_up(token, settings.discord_api_url, user_install=settings.discord_user_install)
    except PlatformUnreachable as error:
        return [unreachable(error)]
    except SettingsError as error:
        return [Finding("error", str(error), "troupe setup asks for the token, and checks it.")]
    findings = [Finding("warning", f"Discord: {what}", fix) for what, fix in bot.advice]
    if not bot.servers:
        findings.append(
            Finding("warning", "The Discord bot is in no server.", f"Invite it: {bot.invitation}")
        )
    return [*findings, *check_links("Discord", public_url)]
