"""``troupe personas import-card`` and ``export-card``: characters from, and for, programs that use cards."""

import json
from pathlib import Path
from typing import Literal

import click

from bot.cast import Cast, read_cast
from bot.cast.writing import persona_text
from bot.cli.personas.card_files import check_slug, is_free, read_bytes, tried_persona, write_whole
from bot.cli.personas.folder import find_persona, folder_of_cast, folder_option
from bot.domain.errors import ImportRejected
from bot.domain.nearest import nearest
from bot.domain.persona import Persona, Slug
from bot.domain.picture import picture_kind
from bot.records.cards.card import MAX_CARD_BYTES, CardFile, read_card_file
from bot.records.cards.parts import parts_of
from bot.records.cards.picture import PictureRefused, clean_picture
from bot.records.cards.png import with_cards
from bot.records.cards.reading import Draft, draft_persona, slug_from, slug_of
from bot.records.cards.strict import as_bytes
from bot.records.cards.writing import Origin, backfilled, origin_from, write_card

_as_json = click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")


@click.command("import-card")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--slug", default="", help="Name of the character's file; else it is made from the name.")
@click.option("--name", default="", help="What the character is called here, instead of the card's name.")
@click.option("--voice", default="", help="A voice of voices.yaml; else the card's, or the first that fits.")
@click.option("--language", default="", help="What the character speaks, such as de; else the card's, or en.")
@click.option("--force", is_flag=True, help="Replace a character that is there already, its picture too.")
@click.option("--dry-run", is_flag=True, help="Print the character's file, and write nothing.")
@folder_option
@_as_json
def import_card(
    file: Path,
    slug: str,
    name: str,
    voice: str,
    language: str,
    folder: Path | None,
    *,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make a character of FILE, a character card (version 1, 2 or 3) as PNG or JSON.

    Its picture comes along, and its lorebook as lore. What has no place in a persona file, and the card as it
    was, are kept beside it in SLUG.card.json, which export-card reads.
    """
    folder = folder_of_cast(folder)
    try:
        found = read_card_file(read_bytes(file, MAX_CARD_BYTES))
    except ImportRejected as reason:
        raise ImportRejected(f"{file} {reason}") from None
    cast = read_cast(folder)
    if not cast.voices:
        raise cast.problems[0]
    if voice and voice not in cast.voices:
        known = nearest(voice, cast.voices) or ", ".join(sorted(cast.voices))
        raise ImportRejected(f"There is no voice {voice!r} in voices.yaml; there is {known}.")
    draft = draft_persona(found.card, cast.voices, name=name, voice=voice, language=language)
    if draft.front["voice"] == "none":
        spoken = draft.front["language"]
        raise ImportRejected(
            f"No voice of voices.yaml speaks {spoken!r}; add one, or choose another --language."
        )
    slug = slug or _usual_slug(found, draft, folder, cast, renamed=bool(name), force=force)
    check_slug(slug, folder, cast, force=force)
    files = {f"{slug}.png": _picture(found, slug, draft)}
    if not files[f"{slug}.png"] and (folder / f"{slug}.png").exists():
        draft.told.append(f"The picture that was there, {slug}.png, goes: this card has none.")
    text = persona_text(draft.front, draft.body)
    persona = tried_persona(cast, folder, slug, text, files[f"{slug}.png"])
    origin = Origin(found.card, parts_of(persona))
    files |= {f"{slug}.card.json": as_bytes(origin.as_json()), f"{slug}.md": text.encode()}
    if not dry_run:
        write_whole(folder, files)
    _tell_import(folder, persona, text, draft.told, dry_run=dry_run, as_json=as_json)


@click.command("export-card")
@click.argument("slug")
@click.option(
    "--format",
    "form",
    type=click.Choice(["png", "json", "v2", "v3"]),
    help="png: picture with card; json, v2, v3: JSON of the card's own or that version. Else as FILE ends.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Else SLUG-card.png or .json."
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@folder_option
@_as_json
def export_card(
    slug: str, form: str | None, output: Path | None, folder: Path | None, *, force: bool, as_json: bool
) -> None:
    """Write the character SLUG as a character card, which other programs read.

    A card that was imported comes back as it was, but for what was edited in its persona file since. Troupe's
    own traits, such as the voice's name, stand in its extensions. House rules are no part of a card.
    """
    folder = folder_of_cast(folder)
    live, persona = find_persona(folder, slug, as_json=as_json)
    slug, picture = persona.slug, live.read_picture(persona)
    has_png = picture_kind(picture) == "png"
    suffix = output.suffix if output else ""
    form = form or {".png": "png", ".json": "json"}.get(suffix, "png" if has_png else "json")
    if form == "png" and not has_png:
        raise ImportRejected(f"{slug} has no PNG picture to put a card in; write it with --format json.")
    output = output or Path(f"{slug}-card.{'png' if form == 'png' else 'json'}")
    if output.exists() and not force:
        raise ImportRejected(
            f"{output} is there already; choose another -o FILE, or replace it with --force."
        )
    data = _card_bytes(persona, _origin(folder, slug), form, picture)
    write_whole(output.parent, {output.name: data})
    if as_json:
        click.echo(json.dumps({"slug": slug, "file": str(output), "bytes": len(data)}))
    else:
        click.echo(f"{persona.name} is in {output}.")
        if picture and form != "png":
            click.echo("- JSON carries no picture; --format png does.")


def _card_bytes(persona: Persona, origin: Origin | None, form: str, picture: bytes) -> bytes:
    own: Literal[2, 3] = 2 if origin and origin.card.version < 3 else 3
    version: Literal[2, 3] = own if form == "json" else 2 if form == "v2" else 3
    card = write_card(persona, origin, version)
    if form != "png":
        return as_bytes(card)
    return with_cards(picture, {"chara": as_bytes(backfilled(card)), "ccv3": as_bytes(card)})


def _origin(folder: Path, slug: str) -> Origin | None:
    path = folder / f"{slug}.card.json"
    if not path.is_file():
        return None
    try:
        return origin_from(read_bytes(path, MAX_CARD_BYTES))
    except ImportRejected as reason:
        sentence = f"{path} {str(reason).partition(':')[0].rstrip('.')}"
        raise ImportRejected(f"{sentence}: restore it, or remove it to export without the card.") from None


def _usual_slug(
    found: CardFile, draft: Draft, folder: Path, cast: Cast, *, renamed: bool, force: bool
) -> str:
    """Return the slug that the card brings, where it is free or replaces itself; else one of its name."""
    name, had = draft.front["name"], slug_of(found.card)
    there = cast.personas.get(Slug(had))
    if had and not renamed and (is_free(had, folder, cast) or (force and there and there.name == name)):
        return had
    return slug_from(name)


def _picture(found: CardFile, slug: str, draft: Draft) -> bytes:
    """Return the picture for the cast, none where there is none; the draft names it, or says why not."""
    if found.assets:
        draft.told.append(f"{found.assets} files in the PNG beside its picture: not kept, and not exported.")
    if not found.picture:
        return b""
    try:
        picture = clean_picture(found.picture)
    except PictureRefused as why:
        draft.told.append(
            f"The picture {why}: left out. Save another as {slug}.png, and add picture: {slug}.png"
        )
        return b""
    draft.front["picture"] = f"{slug}.png"
    return picture


def _tell_import(
    folder: Path, persona: Persona, text: str, told: list[str], *, dry_run: bool, as_json: bool
) -> None:
    path = folder / f"{persona.slug}.md"
    if as_json:
        done = {
            "slug": persona.slug,
            "file": str(path),
            "picture": persona.picture,
            "voice": persona.voice.name,
            "written": not dry_run,
            "told": told,
        }
        click.echo(json.dumps({**done, "text": text} if dry_run else done, ensure_ascii=False))
        return
    if dry_run:
        click.echo(text)
    else:
        click.echo(f"{persona.name} is in {path}. Read it before members do.")
    for sentence in told:
        click.echo(f"- {sentence}", err=dry_run)
