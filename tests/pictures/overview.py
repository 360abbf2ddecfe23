"""What Troupe is, in one picture: a loop from somebody who asks to what is remembered of the talk."""

from html import escape

WIDTH, HEIGHT = 960, 400
_STYLE = """
.ground { fill: #f7f6fd } .box { fill: #ffffff; stroke: #cfcaf2 } .ours { fill: #5b3fd9; stroke: #5b3fd9 }
.title { font: 600 17px sans-serif; fill: #1d1a2f } .more { font: 13px sans-serif; fill: #565269 }
.ours-title { font: 600 17px sans-serif; fill: #ffffff } .ours-more { font: 13px sans-serif; fill: #e6e1ff }
.way { fill: none; stroke: #8b80c9; stroke-width: 2 } .tip { fill: #8b80c9 }
@media (prefers-color-scheme: dark) {
  .ground { fill: #16141f } .box { fill: #221f31; stroke: #4a4470 }
  .title { fill: #f1effa } .more { fill: #b9b4cf }
}
"""
_TIP = (
    '<marker id="tip" markerWidth="8" markerHeight="8" refX="4" refY="4" orient="auto">'
    '<path class="tip" d="M0 0 L8 4 L0 8 z"/></marker>'
)
_BOXES = (
    (30, 40, "box", "Somebody asks", "/call wizard, in Discord\nor Slack, by link, chat\nor phone"),
    (270, 40, "ours", "Who is it?", "one person, whatever\naccounts they linked, and\nwhat they may use"),
    (
        510,
        40,
        "ours",
        "What came before?",
        "facts, the last talk, what\nwas said of the topic;\n/memory shows it",
    ),
    (
        750,
        40,
        "ours",
        "The character",
        "prompt, voice, greeting,\nand what it may know of\nthis person, for one call",
    ),
    (750, 230, "box", "A private link", "for one person, in one\nbrowser, for a quarter\nof an hour"),
    (510, 230, "box", "They talk", "with one ElevenLabs\nagent that plays every\ncharacter"),
    (270, 230, "ours", "It comes home", "transcript and summary,\nby a signed webhook,\nor fetched"),
    (30, 230, "ours", "It is remembered", "until its member erases it;\nnext time the character\nknows"),
)
_WAYS = (
    "M210 105 H262", "M450 105 H502", "M690 105 H742", "M840 170 V222",
    "M750 295 H698", "M510 295 H458", "M270 295 H218", "M120 230 V178",
)  # fmt: skip


def draw() -> str:
    """Return the picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>What Troupe is</title>",
        f"<style>{_STYLE}</style>",
        f"<defs>{_TIP}</defs>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="18"/>',
        *(f'<path class="way" d="{way}" marker-end="url(#tip)"/>' for way in _WAYS),
    ]
    for left, top, kind, title, more in _BOXES:
        prefix = "ours-" if kind == "ours" else ""
        parts.append(f'<rect class="{kind}" x="{left}" y="{top}" width="180" height="130" rx="14"/>')
        parts.append(f'<text class="{prefix}title" x="{left + 16}" y="{top + 34}">{escape(title)}</text>')
        parts += [
            f'<text class="{prefix}more" x="{left + 16}" y="{top + 62 + 20 * row}">{escape(line)}</text>'
            for row, line in enumerate(more.splitlines())
        ]
    return "\n".join([*parts, "</svg>", ""])
