"""What unchanged files gave when they were read, so that one changed file among many costs one file."""

from collections.abc import Iterable
from pathlib import Path

from bot.cast.admin_files import Voices
from bot.cast.persona_file import PersonaFile, read_persona
from bot.cast.signs import FileSign, sign_file

_Signs = tuple[FileSign, FileSign | None]


class KeptReads:
    """Persona files as they were read last; only good ones are kept, the others are read each time."""

    def __init__(self) -> None:
        self._reads: dict[str, tuple[_Signs, PersonaFile]] = {}

    def keep_only(self, paths: Iterable[Path]) -> None:
        """Forget the files that are gone."""
        names = {path.name for path in paths}
        self._reads = {name: read for name, read in self._reads.items() if name in names}

    def read(self, path: Path, folder: Path, voices: Voices) -> PersonaFile:
        """Return what a persona file gives; read it where it, its picture or its voice changed."""
        known = self._reads.get(path.name)
        if known is not None and _is_as_it_was(path, folder, voices, *known):
            return known[1]
        self._reads.pop(path.name, None)
        before = _signs(path, folder, "")
        read = read_persona(path, folder, voices.by_name, voices_are_known=not voices.findings)
        signs = _signs(path, folder, (read.persona.picture or "") if read.persona else "")
        if read.persona and signs and before and signs[0] == before[0]:
            self._reads[path.name] = (signs, read)
        return read


def _is_as_it_was(path: Path, folder: Path, voices: Voices, signs: _Signs, read: PersonaFile) -> bool:
    persona = read.persona
    if persona is None or voices.by_name.get(persona.voice.name) != persona.voice:
        return False
    return _signs(path, folder, persona.picture or "") == signs


def _signs(path: Path, folder: Path, picture: str) -> _Signs | None:
    try:
        return sign_file(path), sign_file(folder / picture) if picture else None
    except OSError:
        return None
