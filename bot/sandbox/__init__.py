"""A strict stand-in for ElevenLabs on loopback: for newcomers without an account, and for the tests.

It shares no code with the rest of Troupe, so that it cannot repeat its mistakes.
"""

from bot.sandbox.inbound import Inbound
from bot.sandbox.phone import Line, NotRingingError, Phone, Ring
from bot.sandbox.sandbox import Sandbox, open_sandbox

__all__ = ["Inbound", "Line", "NotRingingError", "Phone", "Ring", "Sandbox", "open_sandbox"]
