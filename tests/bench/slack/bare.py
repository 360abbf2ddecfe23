"""A bare bot on slack-bolt, to be run as a file: it acknowledges and answers a constant in private.

With ``SLACK_APP_TOKEN`` it listens on a socket, else at ``LISTEN``. Told ``buttons``, it answers with what a
character's card shows: a picture, words, and buttons.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

CARD: list[dict[str, Any]] = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Merlin is ready*\n_by @troupe_\nCourt wizard with riddles"},
        "accessory": {
            "type": "image",
            "image_url": "https://troupe.example/wizard.png",
            "alt_text": "Merlin",
        },
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Only for you.\n3 calls left."}]},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "open",
                "text": {"type": "plain_text", "text": "Talk with Merlin"},
                "url": "http://127.0.0.1:8080/t/abcdefghijklmnopqrstuvw",
            },
            {
                "type": "button",
                "action_id": "new",
                "text": {"type": "plain_text", "text": "New link"},
                "value": "new",
            },
        ],
    },
]


def build_app() -> AsyncApp:
    client = AsyncWebClient(token=os.environ["BARE_TOKEN"], base_url=f"{os.environ['SLACK_API_URL']}/")
    app = AsyncApp(client=client, signing_secret=os.environ.get("BARE_SECRET", "unused"))

    @app.command("/ring")
    async def ring(ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack()
        if "buttons" in command.get("text", ""):
            await respond("Merlin is ready", blocks=CARD, unfurl_links=False, unfurl_media=False)
        else:
            await respond("Merlin is ready.")

    return app


async def main() -> None:
    app, is_over = build_app(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, is_over.set)
    if token := os.environ.get("SLACK_APP_TOKEN"):
        handler = AsyncSocketModeHandler(app, token)
        await handler.connect_async()
        await is_over.wait()
        await handler.close_async()
        return
    host, _, port = os.environ["LISTEN"].rpartition(":")
    runner = web.AppRunner(app.web_app(path="/hooks/slack"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, int(port)).start()
    await is_over.wait()
    await runner.cleanup()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
