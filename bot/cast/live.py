"""The cast of a running bot: the last good version of every file, re-read when something changed on disk."""

import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from bot.cast.kept import KeptReads
from bot.cast.pictures import read_picture
from bot.cast.read import Cast, read_cast
from bot.cast.signs import FileSign, FolderSign, find_git_lock, sign_folder
from bot.domain.call import PlayedVersion
from bot.domain.errors import PersonaFileError, SettingsError, UnknownPersona
from bot.domain.nearest import nearest
from bot.domain.persona import Persona, Slug
from bot.domain.variables import make_harmless

_LONGEST_ECHO_CHARS = 40
_TRIES = 3
_PATIENT_LOOKS = 60
"""For so many looks git may be at work before the operator is told that it may have left its lock behind."""


class LiveCast:
    """Personas that can be called now.

    What was broken when the bot started stands in ``cast.problems``; ``refresh`` tells what broke since.
    Raises SettingsError when the folder has no usable persona or no usable house rules.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures: dict[str, tuple[FileSign, bytes]] = {}
        self._kept = KeptReads()
        self._taken: FolderSign | None = None
        self._seen: FolderSign | None = None
        self._locked_looks = 0
        self._reading = Lock()
        self._cast = self._read(None) or read_cast(folder, kept=self._kept)
        if not self._cast.house_rules or not self._cast.personas:
            lacking = "persona can be loaded" if self._cast.house_rules else "house rules can be loaded"
            first = f"; first problem: {self._cast.problems[0]}" if self._cast.problems else ""
            raise SettingsError(f"No {lacking} from {folder}{first}")

    @property
    def cast(self) -> Cast:
        """The cast as one value, which a refresh replaces and never changes."""
        return self._cast

    def all(self) -> tuple[Persona, ...]:
        """Return every persona, by name."""
        return tuple(sorted(self._cast.personas.values(), key=lambda persona: persona.name.casefold()))

    def get(self, slug_text: str) -> Persona:
        """Return the persona of that slug or character name, or of a beginning that only one of them has.

        Capitals and accents make no difference, except between names that differ in nothing else.
        Raises UnknownPersona with the nearest match, or with all that may be meant.
        """
        personas = self._cast.personas
        wanted = slug_text.strip().casefold()
        if wanted in personas:
            return personas[Slug(wanted)]
        meant = [one for one in personas.values() if one.name.casefold() == wanted]
        meant = meant or [one for one in personas.values() if _bare(one.name) == _bare(wanted)]
        meant = meant or [one for one in personas.values() if _begins(one, wanted)]
        if len(meant) == 1:
            return meant[0]
        shown = make_harmless(slug_text.strip())[:_LONGEST_ECHO_CHARS]
        if meant:
            named = [f"{one.name} ({one.slug})" for one in meant]
            raise UnknownPersona(
                f"“{shown}” may be {', '.join(named[:-1])} or {named[-1]}; write more of it."
            )
        match = nearest(shown, [*personas, *(persona.name for persona in personas.values())])
        advice = f"did you mean {match}?" if match else f"there are {', '.join(sorted(personas))}."
        near = next((one.slug for one in personas.values() if match in (one.slug, one.name)), "")
        raise UnknownPersona(f"There is no character called “{shown}”; {advice}", near)

    def of_slug(self, slug: str) -> Persona:
        """Return the persona of exactly this slug, as it is stored. Raises UnknownPersona."""
        persona = self._cast.personas.get(Slug(slug))
        if persona is None:
            raise UnknownPersona(f"The character “{make_harmless(slug)[:_LONGEST_ECHO_CHARS]}” is not here.")
        return persona

    @property
    def slugs_on_disk(self) -> frozenset[str]:
        """The slugs of the files that are there, also of those that are broken."""
        return self._cast.slugs_on_disk

    @property
    def house_rules(self) -> str:
        """What stands before every persona's body."""
        return self._cast.house_rules

    @property
    def shared_slugs(self) -> frozenset[str]:
        """The characters that share their memory now."""
        return frozenset(slug for slug, one in self._cast.personas.items() if one.memory == "shared")

    def played_version(self, persona: Persona) -> PlayedVersion:
        """Return the versions of the three files that a call with this persona is played from."""
        return PlayedVersion(persona.version, self._cast.house_rules_version, self._cast.voices_version)

    def texts(self, persona: Persona) -> Mapping[tuple[str, str], str]:
        """Return the text of these files by (slug, version); the two common ones go by their file names."""
        cast = self._cast
        return {
            (persona.slug, persona.version): persona.source,
            ("house-rules.md", cast.house_rules_version): cast.house_rules_source,
            ("voices.yaml", cast.voices_version): cast.voices_source,
        }

    def read_picture(self, persona: Persona) -> bytes:
        """Return the bytes of a character's picture; none where it has none that can be shown.

        An unchanged file is read once; asking again costs one ``lstat``.
        """
        if not persona.picture:
            return b""
        try:
            status = (self._folder / persona.picture).lstat()
        except OSError:
            return read_picture(self._folder, persona.picture)
        if stat.S_ISLNK(status.st_mode):
            return read_picture(self._folder, persona.picture)
        sign = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
        known = self._pictures.get(persona.picture)
        if known is None or known[0] != sign:
            known = (sign, read_picture(self._folder, persona.picture))
            self._pictures[persona.picture] = known
        return known[1]

    def read_again(self) -> tuple[PersonaFileError, ...]:
        """Read changed files now, and return everything that is wrong at the moment."""
        self.refresh()
        lock = find_git_lock(self._folder)
        return (*self._cast.problems, *([_locked(lock, "ask again when it is done")] if lock else []))

    def look(self) -> tuple[PersonaFileError, ...]:
        """Take over what changed on disk and has been still since the last look, as ``refresh`` does.

        An editor or a copying program may be in the middle of something; it is waited for. Where git's lock
        stays, that is returned once.
        """
        with self._reading:
            signature = sign_folder(self._folder)
            if signature == self._taken:
                self._seen, self._locked_looks = None, 0
                return ()
            is_still, self._seen = signature == self._seen, signature
            lock = find_git_lock(self._folder)
            self._locked_looks = self._locked_looks + 1 if lock else 0
            if lock and self._locked_looks == _PATIENT_LOOKS:
                return (_locked(lock, "if no git runs there, remove that file"),)
            return self._take_over() if is_still and not lock else ()

    def refresh(self) -> tuple[PersonaFileError, ...]:
        """Read the folder again if a file in it changed; return the problems that were not there before.

        Costs one ``stat`` a file when nothing changed. A file that is broken now keeps its last good version.
        All of it is as it was at one moment: while git is changing files, or others change under the
        reading, everything stays as it was before.
        """
        with self._reading:
            return () if sign_folder(self._folder) == self._taken else self._take_over()

    def _take_over(self) -> tuple[PersonaFileError, ...]:
        before = self._cast
        self._cast = self._read(before) or before
        return tuple(problem for problem in self._cast.problems if problem not in before.problems)

    def _read(self, last: Cast | None) -> Cast | None:
        """Read the folder as it was at one moment; None where it does not hold still.

        Git's lock is looked for after the first look at the files: whatever git changes from then on shows
        in the second.
        """
        for _ in range(_TRIES):
            before = sign_folder(self._folder)
            if find_git_lock(self._folder):
                return None
            cast = read_cast(self._folder, last, self._kept)
            if sign_folder(self._folder) == before:
                self._taken = before
                return cast
        return None


def _locked(lock: Path, advice: str) -> PersonaFileError:
    return PersonaFileError(lock, 1, 1, f"git is changing the folder, so nothing is read from it; {advice}")


def _bare(text: str) -> str:
    """Return a text without capitals and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _begins(persona: Persona, wanted: str) -> bool:
    """Whether a name, or one of its words, begins like that; two letters are too few."""
    bare = _bare(wanted)
    words = [
        persona.slug,
        *(_bare(persona.name).split(" ", at)[-1] for at in range(persona.name.count(" ") + 1)),
    ]
    return len(bare) > 2 and any(word.startswith(bare) for word in words)
