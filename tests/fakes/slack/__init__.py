"""A stand-in for Slack: Web API, Socket Mode, signed HTTP and files on loopback, and people who use it."""

from tests.fakes.slack.asked import Asked
from tests.fakes.slack.fake import FakeSlack, open_fake_slack
from tests.fakes.slack.people import Person
from tests.fakes.slack.shown import Home, Modal, Shown
from tests.fakes.slack.state import Channel, File, Group
from tests.fakes.slack.workspaces import Workspace

__all__ = [
    "Asked",
    "Channel",
    "FakeSlack",
    "File",
    "Group",
    "Home",
    "Modal",
    "Person",
    "Shown",
    "Workspace",
    "open_fake_slack",
]
