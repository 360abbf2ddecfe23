"""Characters that nobody will ever meet: their files have another ending, or stand in another folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.cast.files import FileRefused, normal, read_text
from bot.domain.errors import PersonaFileError
from bot.domain.persona import suggest_slug

_TEXT = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx", ".txt", ".text", ".yaml", ".yml"})
_MOST_FILES = 2_000


def find_misplaced(folder: Path) -> Iterator[PersonaFileError]:
    """Yield each text that begins like a character's file, and that nobody reads where it is."""
    for path in _not_read(folder):
        if path.suffix.lower() in _TEXT and not path.name.startswith(".") and _begins_like_one(path, folder):
            name = f"{suggest_slug(path.name.split('.')[0]) or 'wizard'}.md"
            yield PersonaFileError(
                path, 1, 1, f"nobody reads this character here; name it {name}, in the folder of the others"
            )


def _not_read(folder: Path) -> Iterator[Path]:
    here = _list_files(folder)
    yield from (path for path in here if path.suffix.lower() != ".md" and path.is_file())
    for inner in here:
        if not inner.is_symlink() and not inner.name.startswith("."):
            yield from _list_files(inner)


def _list_files(folder: Path) -> Sequence[Path]:
    """Return what is in a folder; nothing where it is none, or may not be looked at."""
    try:
        return sorted(folder.iterdir())[:_MOST_FILES]
    except OSError:
        return ()


def _begins_like_one(path: Path, folder: Path) -> bool:
    try:
        first, _, rest = normal(read_text(path, folder)).partition("\n")
    except FileRefused:
        return False
    return first.rstrip() == "---" and "name:" in rest
