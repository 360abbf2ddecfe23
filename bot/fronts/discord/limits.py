"""Discord's limits, and the one place where text is made to fit them.

Source: Discord, "Message", "Component reference" and "Application commands"; the platform counts the raw
text, markdown and hidden addresses included.
"""

from bot.fronts.clipping import clip, split_speech, units

CONTENT = 2_000
TITLE = 256
DESCRIPTION = 4_096
FIELDS, FIELD_NAME, FIELD_VALUE = 25, 256, 1_024
FOOTER, AUTHOR = 2_048, 256
EMBEDS, ALL_EMBEDS = 10, 6_000
FILES = 10
FILE_BYTES = 10 * 1024 * 1024
"""What every server and member may receive: ``attachment_size_limit`` without boosts."""
ROWS, ROW_BUTTONS, OPTIONS = 5, 5, 25
LABEL = 80
CUSTOM_ID = 100
LINK = 512
OPTION_TEXT = 100
PLACEHOLDER = 150
MODAL_TITLE, INPUT_LABEL, INPUT_PLACEHOLDER = 45, 45, 100
CHOICES = 25
NONCE = 25

__all__ = ["clip", "split_speech", "units"]
