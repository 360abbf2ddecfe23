"""What the author of a file is told that is not YAML, and where the mistake is rather than where it shows."""

import re

QUOTE_BRACES = "text that begins with {{ must be in quotes"
UNCLOSED = "the quotation mark here is never closed; add one at the end of the text"
_UNINDENTED = "the lines of a text that begins with | or > must be indented by two spaces"

_HINTS = {
    "mapping values are not allowed here": (
        "text with a colon and a space in it must be in quotes; a key must be indented like the keys above it"
    ),
    "found character '@' that cannot": "text that begins with @ must be in quotes",
    "found character '`' that cannot": "text that begins with a backquote must be in quotes",
    "found character '%' that cannot": "text that begins with % must be in quotes",
    "found character '\\t' that cannot": "a tab cannot stand here; use spaces",
    "could not find expected ':'": "a line is missing its colon",
    "found unexpected end of stream": "a quotation mark is never closed",
    "found another document": "a line that begins with --- ends the data; put such text in quotes",
    "but found '<scalar>'": (
        'the quotation or the brace ended before this; inside "…" a quotation mark is written \\", and '
        "inside '…' an apostrophe is written ''"
    ),
    "but found '<block mapping start>'": "this line is indented differently from the lines above it",
    "expected <block end>": "this line is indented differently from the lines above it",
}
_BARE_BRACES = re.compile(r"\s*(- )?[\w-]*:?\s*\{\{")
_NO_COLON_AND_SPACE = re.compile(r"\s*(?!https?:)(?P<key>[A-Za-z_]+)(?::(?=[^\s\d])|:(?=\u00a0)|\s*=)")
_OPENING_QUOTE = re.compile(r"""\s*(?:- )?[\w-]+: +(?P<quote>["'])""")
_KEY = re.compile(r"[a-z_]+:(?: |$)")
_BLOCK_TEXT = re.compile(r".*: +[|>][+-]?\s*")


def explain(problem: str, text: str, line: int, column: int) -> tuple[int, int, str]:
    """Return where the mistake is and what to do; lines and columns count from 0.

    ``problem`` is what the YAML library says, and the place the one where it could not go on.
    """
    lines = [*text.split("\n"), ""]
    braces = _BARE_BRACES.match(lines[line])
    if braces:
        return line, braces.end() - 2, QUOTE_BRACES
    for before in (line, line - 1):
        unspaced = _NO_COLON_AND_SPACE.match(lines[before]) if before >= 0 else None
        if unspaced:
            return before, unspaced.end("key"), f"write a colon and a plain space after {unspaced['key']!r}"
    if line and _BLOCK_TEXT.fullmatch(lines[line - 1]):
        return line, column, _UNINDENTED
    for before in range(line - 1, -1, -1):
        quoted = _OPENING_QUOTE.match(lines[before])
        is_open = quoted and not _closes(lines[before][quoted.end() :], quoted["quote"])
        if quoted and is_open and _KEY.match(lines[before + 1]):
            return before, quoted.start("quote"), UNCLOSED
    return line, column, next((hint for part, hint in _HINTS.items() if part in problem), problem)


def _closes(rest: str, quote: str) -> bool:
    """Whether a quotation ends on the line that it begins on."""
    inside = rest.replace("\\\\", "").replace('\\"', "") if quote == '"' else rest.replace("''", "")
    return quote in inside
