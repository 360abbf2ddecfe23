"""Slack's limits. Source: Slack, "Block Kit", "Views" and "Messages"."""

BLOCKS, VIEW_BLOCKS = 50, 100
SECTION = 3_000
ALL_TEXT = 12_000
"""All texts of a message together; more was refused where nothing says so."""
FIELDS, FIELD = 10, 2_000
CONTEXT = 2_000
BUTTON, BUTTON_VALUE, BUTTON_URL = 75, 2_000, 3_000
OPTIONS, OPTION, OPTION_VALUE = 100, 75, 75
PLACEHOLDER = 150
TITLE, SUBMIT = 24, 24
METADATA = 3_000
TEXT = 3_500
ID = 255
