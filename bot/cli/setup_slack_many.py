"""How ``troupe setup slack`` lets any workspace install the app: its client id and secret, checked live."""

import asyncio

import click

from bot.cli.asking import ask, refuse_other
from bot.config import Settings
from bot.domain.errors import CallerError

CLIENT, CLIENT_SECRET = "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"
ONLY_BY_HTTP = (
    "With Socket Mode no other workspace can install the app, so SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are "
    "taken out."
)
BY_REQUESTS = (
    "Workspaces install the app only where Slack sends its requests to PUBLIC_URL: give the signing secret, "
    "which stands under Basic Information."
)
HALF = (
    "Without its Client Secret no workspace can install the app, and nothing was changed: both stand under "
    "Basic Information, App Credentials."
)


def ask_credentials(settings: Settings, *, without: str) -> tuple[str, str]:
    """Ask for both until Slack knows them; both are empty where nobody else is to install the app.

    ``without`` says what comes of that. Raises CallerError.
    """
    click.echo(
        "\nAny workspace can install the app by itself, at your cost, if you give its Client ID and Client "
        "Secret: Basic Information, App Credentials, has both."
    )
    known_id, known_secret = settings.slack_client_id, settings.slack_client_secret.get_secret_value()
    client_id = ask(
        "Client ID",
        CLIENT,
        lambda typed: check_credentials(settings, typed),
        known=known_id,
        without=without,
        hidden=False,
    )
    if not client_id:
        return "", ""
    secret = ask(
        "Client Secret",
        CLIENT_SECRET,
        lambda typed: check_credentials(settings, client_id, typed),
        known=known_secret if client_id == known_id else "",
    )
    if not secret:
        raise CallerError(HALF)
    return client_id, secret


def read_credentials(settings: Settings, client_id: str, secret: str) -> tuple[str, str]:
    """Return what stood on two lines, checked. Raises CallerError, SettingsError."""
    if bool(client_id) != bool(secret):
        raise CallerError(HALF)
    if client_id:
        refuse_other(client_id, CLIENT)
        refuse_other(secret, CLIENT_SECRET)
        check_credentials(settings, client_id)
        check_credentials(settings, client_id, secret)
    return client_id, secret


def check_credentials(settings: Settings, client_id: str, secret: str = "") -> None:
    """Look whether Slack knows them; the id alone where no ``secret`` is given. Raises SettingsError."""
    from bot.fronts.slack.tokens import check_credentials as look  # loaded only where it is asked for
    from bot.fronts.slack.tokens import open_client

    asyncio.run(look(open_client(None, settings.slack_api_url), client_id, secret))


def say_what_the_app_needs(settings: Settings) -> None:
    """Say what has to stand in the app's settings before others install it, and where they do."""
    from bot.fronts.slack.manifest import INSTALL, REDIRECT, SCOPES  # loaded only where it is asked for

    click.echo(
        "In the app's settings, so that other workspaces can install it:\n"
        f"  OAuth & Permissions, Redirect URLs: {settings.public_url}{REDIRECT}\n"
        f"  OAuth & Permissions, Bot Token Scopes: {', '.join(SCOPES)}\n"
        "  Manage Distribution: Activate Public Distribution\n"
        f"What troupe slack manifest --http {settings.public_url} prints has the first two.\n"
        f"Workspaces install the app at {settings.public_url}{INSTALL}."
    )
