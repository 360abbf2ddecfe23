"""Letters that look like others, of other alphabets, full-width, mathematical and emoji: read as plain Latin.

Folding is for recognising only; what people wrote is never replaced by it.
"""

import re
import unicodedata

_LOOKS = (
    "аa еe оo рp сc уy хx іi ѕs јj һh ԁd ԛq ԝw вb кk мm нh тt ӏl ь6 ғf ԍg "
    "αa εe ιi κk νv οo ρp τt υu χx γy ηn ωw βb ɑa ɡg ɩi ɪi ʟl ʀr ɴn ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ᴊj "
    "ᴋk ᴍm ᴏo ᴘp ꜱs "
    "ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ıi łl øo đd ħh ℮e "
    "ꭺa ᏼb ꮯc ꭰd ꭼe ꮐg ꮋh ꭻj ꮶk ꮮl ꮇm ꮲp ꮢr ꮪs ꭲt ꮩv ꮃw ꭹy ꮓz ꮑn ꮛe "
    "꞉: ︰: ׃: ꓽ: ∶: ː: ։: ᛬: ︓: ∣| │| ǀ| ❘| ┃| 【[ 】] 〔[ 〕] ⟦[ ⟧] ❴{ ❵} ⟨< ⟩> 〈< 〉> 《< 》> ❮< ❯> "
    "’' ‘' ʼ' ´' ′' ˋ` ‵` ‐- ‑- ‒- –- —- ―- −- ⸺- ﹘- ♯#"
)
_FOLDED = {pair[0]: pair[1] for pair in _LOOKS.split()}
_LAST_FOLDED_SCRIPT = 0x530
"""Latin, Greek and Cyrillic end before this; letters of other scripts are not taken apart."""
_MARKS = re.compile("[\u0300-\u036f\u20d0-\u20f0]+")


class _Table(dict[int, str]):
    """For ``str.translate``: one character for one character, made when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


_LETTERS_OF_EMOJI = (0x1F1E6, 0x1F150, 0x1F170)
"""Where the alphabets of flags and of white letters on black begin, which no normal form takes apart."""


def _fold(char: str) -> str:
    if char in _FOLDED:
        return _FOLDED[char]
    for first in _LETTERS_OF_EMOJI:
        if first <= ord(char) < first + 26:
            return chr(ord("a") + ord(char) - first)
    plain = unicodedata.normalize("NFKD", char)[0]
    if ord(plain) >= _LAST_FOLDED_SCRIPT or not plain.isprintable():
        plain = char
    small = plain.lower()[:1]
    return _FOLDED.get(small, small)


_TABLE = _Table()


def fold(text: str) -> str:
    """Return a text in small plain letters, each at the place of the one that it stands for."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


def fold_freely(text: str) -> str:
    """Do as ``fold`` without keeping places: marks above, below and through letters are left out."""
    return fold(text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFC", text)))


def is_disguised(name: str) -> bool:
    """Whether letters in a name look like plain Latin and are none, as nobody writes their own alphabet.

    That is a Greek or Cyrillic letter among Latin ones, or any of those that are made for show.
    """
    has_latin = any(char.isascii() and char.isalpha() for char in name)
    kinds = {_kind(char) for char in name if not char.isascii() and fold(char).isascii() and char.isalpha()}
    return bool(kinds - {"LATIN", "GREEK", "CYRILLIC"} or (has_latin and kinds - {"LATIN"}))


def _kind(char: str) -> str:
    return unicodedata.name(char, "?").split(" ", 1)[0]
