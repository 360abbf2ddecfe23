"""Taking from a text what marks a part of a prompt: roles, headings, tools, templates, what nobody sees.

Words stay as they are. What a mark looks like counts, not which letter it is (``bot.domain.lookalikes``).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from bot.domain.lookalikes import fold
from bot.domain.variables import make_harmless

SECTIONS = (
    "About them",
    "What they want you to know",
    "What they told you",
    "Your last talk",
    "A talk that they brought along",
    "The talk that they want to go on with",
    "What was said about this before",
    "What you know of this matter",
)
"""How the sections of a context begin; a date may follow before the colon. "Earlier" is one as well."""

_EMOJI = "\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff"
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u0e80-\u109f\u1780-\u17ff"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u206f\u3164\ufe00-\ufe0d\uffa0\ufff9-\ufffb"
    "\u0334-\u0338\u20d2-\u20d3\u20d8-\u20da\U0001d173-\U0001d17a]"
    f"|(?<![{_EMOJI}0-9#*])[\ufe0e\ufe0f]"
    f"|(?<![{_EMOJI}{_JOINING}])\u200d|\u200d(?![{_EMOJI}{_JOINING}])"
    f"|(?<![{_JOINING}])\u200c|\u200c(?![{_JOINING}])"
    "|(?<![\u4e00-\u9fff\u3400-\u4dbf])[\U000e0100-\U000e01ef]"
)
_PILE = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")
"""A letter carries three marks at most."""
_BLANKS = dict.fromkeys(map(ord, "\u2800\u3000\u00a0"), " ")
_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")

_ROLES = (
    "system|system prompt|system message|assistant|user|human|ai|bot|developer|tool|function|model|agent"
    "|instructions?|systeme|sistema|assistent|asistente|benutzer|anweisung(?:en)?|instrucciones|consignes"
    "|operator|admin|administrator|moderator|ooc|tool_[a-z]+|function_[a-z]+"
    "|system (?:note|notice|alert|update|override|command)|system (?:message|prompt) [a-z]+(?: [a-z]+)?"
    "|note to (?:the )?(?:ai|assistant|model|system|agent)"
    "|система|пользователь|ассистент|系统|系統|用户|用戶|助手|システム|ユーザー|アシスタント|시스템|사용자|النظام"
)
_STEPS = "thought|action|action input|observation|final answer|response|input|output|context|rules|new rules"
_TITLES = "|".join(re.escape(title.lower()) for title in SECTIONS)
_SPACED = "|".join(r"[ \-._]?".join(word) for word in ("system", "assistant", "developer", "human", "user"))
"""Roles whose letters are set apart."""
_BEGINNING = r"(?:^|(?<=\n)|(?<=\\n)|(?<=[.!?…。！？;|>\])}*]\s)|(?<=[。！？]))"
_DECORATION = r"[ \t\-*•_#>|\[(<=\"“”'/\\]{0,40}"
_CLOSING = r"[ \t*_\])>|\"“”'}]{0,20}"
_ROLE = re.compile(
    rf"{_BEGINNING}{_DECORATION}(?:{fold(_ROLES)}|{_SPACED}){_CLOSING}(?P<colon>:|(?<=\w)>(?=[ \t]))"
)
_ROLE_IN_DATA = re.compile(
    r"\brole[\"'”’»]?[ \t]*(?P<colon>[:=])(?=[ \t]*[\"'“‘«]?(?:system|assistant|user|tool|developer|model)"
    r"(?:[\"'”’»,;}\])]|\s*(?:$|\n|content)))"
)
_STEP = re.compile(rf"(?:^|(?<=\n)){_DECORATION}(?:{_STEPS}){_CLOSING}(?P<colon>:)")
_TITLE = re.compile(
    rf"{_BEGINNING}{_DECORATION}(?:(?:{_TITLES})(?:, [^:\n]{{0,40}})?|(?:you|they) said)"
    rf"{_CLOSING}(?P<colon>:)"
    rf"|(?:^|(?<=\n)){_DECORATION}earlier{_CLOSING}(?P<colon2>:)(?=\s*(?:\n|$))"
)
_TAG = re.compile(r"(?<!<)<+(?=[ \t]*[a-z/!?|$%])(?P<inner>[^<>\n]{0,200})>+")
_OPEN_TAG = re.compile(r"<(?=[<a-z/!?|$%]|\s+\|)")
_PIPED = re.compile(r"\|(?P<inner>[a-z]+_[a-z_]+)\|")
_BRACKETS = re.compile(
    r"\[(?P<inner>[ \t/\\|]*(?:inst|sys|system|user|assistant|human|ai|end|begin|start|stop|tool|function"
    r"|developer|admin|override|instructions?|context|record|memory|important|note to"
    r"|available_tools|gmask|mask|cls|sep|pad|bos|eos|unk)"
    r"(?![a-z])[^\[\]\n]{0,100})\]"
)
_FENCE = re.compile(r"`{3,}|'{3,}|\"{3,}|(?:^|(?<=\n))[ \t]*~{3,}")
_HEADING = re.compile(r"(?:^|(?<=\n))(?:[ \t>*\-\\]|\d{1,3}[.)] )*#{1,6}(?=[ \t])|(?<!\S)#{2,}(?=[ \t]*\w)")
_DRAWN = "".join(map(chr, range(0x2500, 0x25FF))) + "‗¬"
_RULE = re.compile(
    rf"(?<![^\s])[\-=_*~+#{_DRAWN}]{{3,}}(?![^\s])|(?<![^\s])(?:[\-=_*] ){{2,}}[\-=_*](?![^\s])"
)
_JSON = re.compile(r"[{\[]\s*[\"'“”‘’«»]\w[\w .\-]*[\"'“”‘’«»]\s*:")
_TEMPLATE = re.compile(
    r"[{$#@\\](?=[%#{])|[%#](?=\})|\{(?=[!$&])|\\(?=\})|\$(?=\()|[｛❴⦃﹛︷](?=[｛❴⦃﹛︷])|[｝❵⦄﹜︸](?=[｝❵⦄﹜︸])"
    r"|\[(?=[\[%])|[\]%](?=\])|&(?=#?[A-Za-z0-9]{2,8};)|\\(?=[ux][0-9A-Fa-f]{2})|%(?=[37][BCDEbcde])"
)
"""What is set apart from what follows it: the first half of a mark of templates, or of an escaped one."""
_TO_PARENTHESES = str.maketrans("{}｛｝", "()()")

Make = Callable[[re.Match[str], str], str]


def visible(text: str) -> str:
    """Return a text without characters that nobody sees; those that join letters and emoji stay there."""
    text = unicodedata.normalize("NFC", text)
    return _PILE.sub(r"\1", _INVISIBLE.sub("", text)).translate(_BLANKS)


def shows_anything(text: str) -> bool:
    """Whether a text has anything that is read: a letter, a digit, a sign, and not marks and blanks alone."""
    return any(unicodedata.category(char)[0] in "LNPS" for char in visible(text))


def neutralise(text: str) -> str:
    """Return a text whose words are the same and in which nothing marks a part of a prompt.

    Lines are kept, so that what stands at their beginnings is seen. Marks that look like others are seen too.
    """
    text = make_harmless(visible(text.translate(_LINE_ENDS)))
    if _JSON.search(text):
        text = text.translate(_TO_PARENTHESES)
    folded = fold(text)
    for marks, pattern, make in _RULES:
        if not marks.isdisjoint(folded) and pattern.search(folded):
            text = _rewrite(pattern, text, folded, make)
            folded = fold(text)
    return make_harmless(_TEMPLATE.sub(lambda found: f"{found[0]} ", text))


def _without_colon(found: re.Match[str], was: str) -> str:
    at = found.end("colon") if found["colon"] else found.end()
    return was[found.start() : at - 1].rstrip() + " –" + was[at : found.end()]


def _inner(found: re.Match[str], was: str) -> str:
    return was[slice(*found.span("inner"))]


def _rewrite(pattern: re.Pattern[str], text: str, folded: str, make: Make) -> str:
    """Replace what a pattern finds in the folded text, at the same places of the text itself."""
    made, at = [], 0
    for found in pattern.finditer(folded):
        made += [text[at : found.start()], make(found, text)]
        at = found.end()
    return "".join([*made, text[at:]])


_RULES: Sequence[tuple[frozenset[str], re.Pattern[str], Make]] = (
    (frozenset(":>"), _ROLE, _without_colon),
    (frozenset(":="), _ROLE_IN_DATA, _without_colon),
    (frozenset(":"), _STEP, _without_colon),
    (frozenset(":"), _TITLE, _without_colon),
    (frozenset("<"), _TAG, lambda found, was: f"‹{_inner(found, was)}›"),
    (frozenset("<"), _OPEN_TAG, lambda *_: "‹"),
    (frozenset("|"), _PIPED, lambda found, was: f"/{_inner(found, was)}/"),
    (frozenset("["), _BRACKETS, lambda found, was: f"({_inner(found, was)})"),
    (frozenset("`~'\""), _FENCE, lambda *_: "'"),
    (frozenset("#"), _HEADING, lambda *_: ""),
    (frozenset("-=_*~+#" + _DRAWN), _RULE, lambda *_: "–"),
)
"""What is replaced, in this order: one of these marks has to be there, then the pattern, and by what."""
