"""``troupe slack``: for whoever makes the Slack app."""

import json
from typing import Any
from urllib.parse import urlsplit

import click
import yaml

from bot.calls.first_call import privacy_address
from bot.config import read_settings
from bot.domain.errors import CallerError

HEAD = (
    "# The Slack app of Troupe, as `troupe slack manifest` prints it; docs/slack.md says where to paste it.\n"
)


@click.group()
def slack() -> None:
    """Make the Slack app."""


@slack.command()
@click.option(
    "--http",
    "url",
    metavar="URL",
    help="Have Slack send its requests to Troupe at this https address, instead of using Socket Mode.",
)
@click.option(
    "--organisations",
    "for_organisations",
    is_flag=True,
    help="Let an organisation (Enterprise Grid) install the app for all its workspaces; goes with --http.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, which Slack takes as well.")
def manifest(url: str | None, *, for_organisations: bool, as_json: bool) -> None:
    """Print the manifest that Slack makes the app from, with exactly the rights that Troupe uses.

    Its command is SLACK_COMMAND; with PUBLIC_URL it says where members read what is kept of them. Paste it
    at https://api.slack.com/apps under Create New App, From a manifest; or, for an app that exists, under
    App Manifest.

        troupe slack manifest > slack-manifest.yaml
    """
    from bot.fronts.slack.manifest import build_manifest  # loaded only where it is asked for

    if for_organisations and url is None:
        raise CallerError(
            "An organisation installs the app only where Slack sends its requests to Troupe: add --http with "
            "PUBLIC_URL."
        )
    address = "" if url is None else _check_address(url)
    settings = read_settings()
    privacy = privacy_address(settings.public_url or "") or privacy_address(address)
    built = build_manifest(settings.slack_command, address, privacy, for_organisations=for_organisations)
    if as_json:
        click.echo(json.dumps(built, indent=2, ensure_ascii=False))
    else:
        click.echo(as_yaml(built), nl=False)


def as_yaml(built: dict[str, Any]) -> str:
    """Return a manifest as the text of ``slack-manifest.yaml``."""
    return HEAD + yaml.safe_dump(built, sort_keys=False, allow_unicode=True, width=110)


def _check_address(url: str) -> str:
    """Return an address that Slack can reach, without a slash at its end. Raises CallerError."""
    try:
        parts = urlsplit(url.strip())
        is_good = parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        is_good = False
    if not is_good:
        raise CallerError(
            "Slack sends requests to a public https address alone: write --http https://talk.example.com, "
            "which is PUBLIC_URL."
        )
    return url.strip().rstrip("/")
