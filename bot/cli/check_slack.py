"""What ``troupe check`` says of Slack."""

from bot.cli.check_installs import check_installs
from bot.cli.check_links import check_links
from bot.cli.unreachable import unreachable
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import PlatformUnreachable, SettingsError
from bot.platforms import find_useless

_UNSEEN = "Slack shows a bot nothing of its app's events, commands and addresses: they were not looked at."
_COMPARE = "Compare them under App Manifest with slack-manifest.yaml, or what troupe slack manifest prints."


async def check_slack(settings: Settings, public_url: str) -> list[Finding]:
    """Ask Slack about the app; nothing where Slack is off. ``public_url`` is where links lead."""
    token = settings.slack_bot_token.get_secret_value()
    if advice := find_useless(settings):
        return [Finding("warning", advice, "Set both, or neither where Slack is not used.")]
    installs = [one async for one in check_installs(settings)]
    if not token:
        return installs
    from bot.fronts.slack.tokens import check_socket, look_up, open_client  # only where it is switched on

    client = open_client(token, settings.slack_api_url)
    app_token = settings.slack_app_token.get_secret_value()
    try:
        workspace = await look_up(client)
        if app_token:
            await check_socket(client, app_token)
    except PlatformUnreachable as error:
        return [*installs, unreachable(error)]
    except SettingsError as error:
        fix = "troupe setup slack asks for the tokens, and checks them."
        return [*installs, Finding("error", str(error), fix)]
    findings = installs + [Finding("warning", f"Slack: {what}", fix) for what, fix in workspace.advice]
    if workspace.scopes is None:
        what = "Slack does not say which rights the app has, so they could not be compared."
        findings.append(Finding("note", what, "Compare OAuth & Permissions with slack-manifest.yaml."))
    findings.append(Finding("note", _UNSEEN, _COMPARE))
    if not app_token and not public_url.startswith("https://"):
        findings.append(
            Finding(
                "error",
                "Without SLACK_APP_TOKEN Slack sends its requests to PUBLIC_URL, which is no https address.",
                "Set PUBLIC_URL, or take Socket Mode: troupe setup slack asks for its token.",
            )
        )
    return [*findings, *check_links("Slack", public_url)]
