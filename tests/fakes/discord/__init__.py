"""A stand-in for Discord: REST, gateway and CDN on loopback, and people who use it."""

from tests.fakes.discord.asked import Asked
from tests.fakes.discord.fake import FakeDiscord, open_fake_discord
from tests.fakes.discord.people import Person
from tests.fakes.discord.servers import Inn
from tests.fakes.discord.shown import Modal, Shown
from tests.fakes.discord.state import Attachment, Channel, Role

__all__ = [
    "Asked",
    "Attachment",
    "Channel",
    "FakeDiscord",
    "Inn",
    "Modal",
    "Person",
    "Role",
    "Shown",
    "open_fake_discord",
]
