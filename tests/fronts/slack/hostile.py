"""Words that try to be more than words on Slack, and wild texts made of them."""

from hypothesis import strategies as st

from tests.fronts.discord.hostile import COMBINING, FAMILY, OVERRIDE, RIGHT_TO_LEFT

PIECES = (
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<!subteam^S0123456|@all>",
    "<@U0123456>",
    "<@U0123456|boss>",
    "<#C0123456|general>",
    "<https://evil.example|click>",
    "<mailto:x@evil.example>",
    "https://evil.example/a_b*c*",
    "<!date^1700000000^{date}|now>",
    "slack:T0123456:U0123456",
    "slack-group:S0123456",
    "slack-channel:C0123456",
    "@channel",
    "&lt;!channel&gt;",
    "&amp;",
    "&",
    "<",
    ">",
    "*bold*",
    "_it_",
    "~gone~",
    "`code`",
    "```\nblock\n```",
    "> quote",
    "&gt; quote",
    ":smile:",
    "“quoted”",
    "„quoted“",
    "‘",
    '"',
    "/history",
    "/call",
    "{{user_name}}",
    "{name}",
    "|",
    "\x00\x07\x1b[2J",
    "\r\n",
    "\t",
    "\u00a0",
    "\ud800",
    FAMILY,
    RIGHT_TO_LEFT,
    OVERRIDE,
    COMBINING,
    "🧙" * 5,
)


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Return texts of hostile pieces and any others, joined with and without blanks."""
    piece = st.sampled_from(PIECES) | st.text(max_size=12)
    return st.lists(piece | st.sampled_from((" ", "\n", "a", "x" * 300)), max_size=most).map("".join)


def long_texts(most: int) -> st.SearchStrategy[str]:
    """Return texts that may be far longer than anything of Slack's."""
    return st.tuples(texts(), st.integers(1, most)).map(lambda pair: (pair[0] * pair[1])[:most])
