"""The files of a character that comes from a card: tried before they are written, and written whole."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.cast import Cast, read_cast
from bot.domain.errors import ImportRejected
from bot.domain.persona import Persona, Slug, is_slug
from bot.domain.variables import make_harmless

_NOT_SLUGS = frozenset({"readme", "house-rules"})


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """Return a file's first bytes, one more than it may have; raises ImportRejected without its subject."""
    try:
        if not path.is_file():
            raise ImportRejected("is no file: check the path.")
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        raise ImportRejected(
            f"cannot be read ({getattr(error, 'strerror', error)}): check the path."
        ) from None


def check_slug(slug: str, folder: Path, cast: Cast, *, force: bool) -> None:
    """Refuse a slug that is none, or whose files are there or somebody else's; raises ImportRejected."""
    if not is_slug(slug) or slug in _NOT_SLUGS:
        given = (
            f"{slug!r} cannot be a character's file" if slug else "No file name can be made from this name"
        )
        raise ImportRejected(f"{given}; choose one with --slug: 1 to 32 small letters, digits and -.")
    user = next((one.slug for one in cast.personas.values() if one.picture == f"{slug}.png"), slug)
    if user != slug:
        raise ImportRejected(f"{slug}.png is the picture of {user}; choose another name with --slug.")
    there = next(
        (name for end in ("md", "png", "card.json") if os.path.lexists(folder / (name := f"{slug}.{end}"))),
        "",
    )
    if there and not force:
        raise ImportRejected(f"{folder / there} is there already; choose --slug, or replace it with --force.")


def is_free(slug: str, folder: Path, cast: Cast) -> bool:
    """Whether a character may have this slug, and nothing of it is there yet."""
    try:
        check_slug(slug, folder, cast, force=False)
    except ImportRejected:
        return False
    return True


def tried_persona(cast: Cast, folder: Path, slug: str, text: str, picture: bytes) -> Persona:
    """Return the persona that these files would give; raises ImportRejected with what lint says of them."""
    with tempfile.TemporaryDirectory() as name:
        trial = Path(name)
        for admin in ("voices.yaml", "house-rules.md"):
            if (folder / admin).is_file():
                shutil.copyfile(folder / admin, trial / admin)
        (trial / f"{slug}.md").write_bytes(text.encode())
        if picture:
            (trial / f"{slug}.png").write_bytes(picture)
        tried = read_cast(trial)
    lines = make_harmless(text).split("\n")
    wrong = [
        f"- {problem.reason}\n    {lines[min(problem.line, len(lines)) - 1][:100]}"
        for problem in tried.problems
        if problem.path.name == f"{slug}.md"
    ]
    persona = tried.personas.get(Slug(slug))
    if wrong or persona is None:
        first = "This card cannot be a character yet; mend it and import it again. Nothing was written."
        raise ImportRejected("\n".join([first, *wrong]) if wrong else f"{tried.problems[0]}")
    names = {slug, persona.name.casefold()}
    for other in cast.personas.values():
        if other.slug != slug and names & {other.slug, other.name.casefold()}:
            raise ImportRejected(
                f"{other.slug}.md answers to {persona.name!r} already; choose another --name."
            )
    return persona


def write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files, none of them by halves, the last one last; then remove those that are to be empty."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".card-") as name:
            for file, data in files.items():
                (Path(name) / file).write_bytes(data)
            for file, data in files.items():
                if data:
                    (Path(name) / file).replace(folder / file)
            for file, data in files.items():
                if not data:
                    (folder / file).unlink(missing_ok=True)
    except OSError as error:
        raise ImportRejected(f"{folder} cannot be written to: {error.strerror}.") from None
