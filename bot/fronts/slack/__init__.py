"""The Slack front: one command with many words, private answers, modals, the home tab, chats in threads.

Loaded only when ``SLACK_BOT_TOKEN`` is set.
"""

from bot.fronts.slack.connection import Slack, open_slack

__all__ = ["Slack", "open_slack"]
