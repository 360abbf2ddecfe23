"""Print what of ``requirements.lock`` Troupe needs to run, hashes included: nothing that only its tests need.

``python deploy/without_dev.py requirements.lock pyproject.toml [NAME …]``; each NAME is wanted as well. The
lock says under each package, after ``# via``, what asks for it. Standard library alone: nothing is
installed yet.
"""

import re
import sys
import tomllib
from pathlib import Path

_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==(?:.*\n)(?:[ \t].*\n?)*", re.MULTILINE)
_WANTED_BY = re.compile(r"^    # +(?:via )?([A-Za-z0-9._-]+)", re.MULTILINE)


def plain(name: str) -> str:
    """Return a package's name as the lock spells it. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name.strip())[0]).lower()


def cut(lock: str, project: str, more: tuple[str, ...] = ()) -> str:
    """Return the packages of a lock that a project's own dependencies, and ``more``, lead to."""
    packages = {plain(found[1]): found[0] for found in _PACKAGE.finditer(lock)}
    wanted_by = {name: {plain(one) for one in _WANTED_BY.findall(text)} for name, text in packages.items()}
    dependencies = tomllib.loads(project)["project"]["dependencies"]
    needed = {plain(one) for one in (*dependencies, *more)}
    if missing := needed - packages.keys():
        raise SystemExit(f"The lock lacks {', '.join(sorted(missing))}: make lock writes it anew.")
    grown = True
    while grown:
        found = {name for name, by in wanted_by.items() if by & needed} - needed
        needed, grown = needed | found, bool(found)
    return "".join(text for name, text in packages.items() if name in needed)


if __name__ == "__main__":
    lock_file, project_file, *others = sys.argv[1:]
    sys.stdout.write(cut(Path(lock_file).read_text(), Path(project_file).read_text(), tuple(others)))
