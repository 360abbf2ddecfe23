"""Bugs that keep or tell what should not be kept, let something survive, or tell nothing at all."""

from tests.fences.breaking import bug_in

BUGS_OF_KEEPING = {
    # held, fresh, declined
    "held-is-recalled": bug_in(
        "storage.rooms.shelving", ("AND shelf IS NULL AND held_until IS NULL", "AND shelf IS NULL")
    ),
    "held-facts-are-known": bug_in("storage.rooms.talks", ("if held_until is None:", "if not False:")),
    "held-is-exported": bug_in("storage.rooms.export", ("AND held_until IS NULL", "")),
    "declined-recall": bug_in("bot.calls.recalling", ("or person.declined or", "or")),
    "fresh-recalls": bug_in("bot.calls.recalling", (" or continues == FRESH", "")),
    "none-recalls": bug_in(
        "bot.calls.recalling",
        (' or persona.memory == "none"', ""),
        (
            "Reading(persona.slug, persona.memory,",
            'Reading(persona.slug, persona.memory if persona.memory != "none" else "own",',
        ),
    ),
    "held-is-told": bug_in("storage.rooms.reading", ("AND held_until IS NULL\n        ORDER BY", "ORDER BY")),
    "nothing-is-held": bug_in(
        "bot.calls.finishing",
        ("now + HELD_FOR if _may_be_somebody_elses(call, transcript) else None", "None"),
    ),
    "held-for-ever": bug_in(
        "bot.calls.finishing", ("HELD_FOR = timedelta(days=7)", "HELD_FOR = timedelta(days=700)")
    ),
    "fresh-is-told": bug_in(
        "bot.calls.installation", ("person.declined or continues == FRESH", "person.declined")
    ),
    "fresh-is-kept": bug_in(
        "bot.calls.installation", ("if person.remembers and continues != FRESH", "if person.remembers")
    ),
    "declined-are-told": bug_in(
        "bot.calls.installation", ("person.declined or continues == FRESH", "continues == FRESH")
    ),
    "declined-are-kept": bug_in("storage.rooms.people", ("if not consent.remember:", "if consent is None:")),
    "only-the-call-says-how-far": bug_in(
        "storage.rooms.talks",
        ('min(call.reach, bound["reach"], key=_NARROW_TO_WIDE.index)', "call.reach"),
    ),
    "facts-without-consent": bug_in(
        "bot.calls.facts",
        (
            "person = await _remembered_person(house, caller)\n    reach = reach_of(person, persona)",
            "person = await find_person(house, caller)\n    reach = persona.memory",
        ),
    ),
    # going on
    "goes-on-with-anything": bug_in(
        "bot.calls.continuing",
        ("(await read_record(house, person, persona, talk.id)).continued is None", "False"),
    ),
    "goes-on-with-own-of-others": bug_in(
        "storage.rooms.reading", ("OR (c.reach = 'shared' AND c.slug IN", "OR (c.slug IN")
    ),
    "goes-on-with-held": bug_in(
        "storage.rooms.reading", ("AND c.held_until IS NULL AND c.generation", "AND c.generation")
    ),
    "goes-on-with-removed": bug_in(
        "storage.rooms.reading", ("AND c.generation = coalesce(characters.generation, 0)", "")
    ),
    # erasing
    "facts-survive": bug_in(
        "storage.rooms.erasure",
        ('facts = _rows(database, "id", "facts", "slug = ?2", scope)', "facts: list[Row] = []"),
    ),
    "facts-of-who-left-survive": bug_in(
        "bot.fronts.past", (" or await facts.has_facts(house, ask.caller, past.slug):", ":")
    ),
    "learned-survive-their-call": bug_in(
        "storage.rooms.learning", ("AND is_pinned = 0 AND is_corrected = 0", "AND 0")
    ),
    "corrected-keeps-what-it-said": bug_in(
        "storage.rooms.facts", ("text = ?1, added_at = ?2", "text = ?1 || ' ' || text, added_at = ?2")
    ),
    "taken-back-survives": bug_in(
        "storage.rooms.bringing", ("[], talks, now, facts=facts", "[], [], now, facts=facts")
    ),
    "taken-back-facts-survive": bug_in(
        "storage.rooms.bringing", ("[], talks, now, facts=facts", "[], talks, now")
    ),
    "taken-back-lines-survive": bug_in(
        "storage.rooms.bringing", ("sum(shrink(database, person_id, grown) for grown in done.grown)", "0")
    ),
    "taken-back-lines-are-found": bug_in(
        "storage.rooms.growing",
        ("    reshelve(database, conversation, lines)\n    database.mark", "    database.mark"),
    ),
    "what-they-said-of-it-survives": bug_in(
        "storage.rooms.growing",
        (
            "        grown.title,\n        grown.summary,\n        is_extract=grown",
            '        grown.title,\n        str(row["summary"]),\n        is_extract=grown',
        ),
    ),
    "backups-are-as-they-were": bug_in(
        "storage.sqlite", ("        await keep_erased(writer, vault, tombstones, datetime.now(UTC))\n", "")
    ),
    "what-was-pinned-comes-back": bug_in(
        "storage.rooms.erasure", ('[("talk", past_talk_id), *facts]', '[("talk", past_talk_id)]')
    ),
    "words-survive": bug_in(
        "storage.rooms.erasure",
        ('talks = _rows(database, "id, talk_id", "conversations", is_it, scope)', "talks = []"),
    ),
    "shared-survives": bug_in(
        "storage.rooms.erasure",
        (
            "people = tuple(people_sharing(database, person_id))\n        receipt = erase_character_of",
            "people = (person_id,)\n        receipt = erase_character_of",
        ),
    ),
    "linked-survive": bug_in(
        "bot.calls.erasing", ("others = [one.person_id for one in linked]", "others: list[str] = []")
    ),
    "buttons-survive": bug_in(
        "storage.rooms.erase",
        ("person_id IN (SELECT value FROM json_each(:people))", "person_id = :everything_of"),
    ),
    "another-s-call-is-erased": bug_in(
        "storage.rooms.erasure",
        (
            "WHERE person_id IN (SELECT value FROM json_each(?1)) AND {condition}",
            "WHERE ?1 <> '' AND {condition}",
        ),
    ),
    # what goes out elsewhere
    "logged": bug_in(
        "bot.calls.finishing",
        (
            "transcript = _in_our_words(house, call, remote)",
            "transcript = _in_our_words(house, call, remote)\n    log.info('stored %s', transcript)",
        ),
    ),
    "brief-recaps-tell-all": bug_in(
        "bot.calls.remembering",
        ("return reply if wanted == FULL else _in_brief(reply, call.id)", "return reply"),
    ),
    "members-words-are-shared": bug_in("bot.calls.sharing", ('if turn.role == "agent"', "if turn.role")),
    "topic-in-the-link": bug_in(
        "bot.domain.hosted", ('_CARRIED = ("user_name",', '_CARRIED = ("user_name", "topic",')
    ),
    "hint-on-the-phone": bug_in(
        "bot.domain.on_the_phone", ('"Is this {{user_name}}?"', '"Is this {{user_name}}? {{last_call_hint}}"')
    ),
    "anybody-who-rings-is-told": bug_in(
        "bot.calls.answering", ("caller.phone.inbound_context and person.remembers", "person.remembers")
    ),
    "the-page-shows-who": bug_in(
        "bot.calls.opening",
        ("return Doorway(persona, card,", "card = f'{card}{person.name}'\n    return Doorway(persona, card,"),
    ),
    # the other way round: what is theirs is not told
    "what-grew-is-kept-twice": bug_in(
        "storage.rooms.importing", ("Kept(grown=(grown,)) if grown else Kept(new=1)", "Kept(new=1)")
    ),
    "what-is-there-longer-is-kept-twice": bug_in(
        "storage.rooms.importing", (" or is_beginning(database, row, transcript)", "")
    ),
    "what-grew-is-not-found": bug_in(
        "storage.rooms.growing",
        ("    reshelve(database, conversation, grown.lines)\n\n\ndef shrink", "\n\ndef shrink"),
    ),
    "what-grew-is-not-summed-up": bug_in(
        "storage.rooms.growing",
        ("keeps_summary = transcript.is_extract and not grown.is_extract", "keeps_summary = True"),
    ),
    "for-everyone-is-not-told": bug_in(
        "storage.rooms.learning", ("AND (is_for_everyone = 1 OR", "AND (0 OR")
    ),
    "pinned-is-not-told-first": bug_in(
        "storage.rooms.learning",
        ("ORDER BY is_pinned DESC,", "ORDER BY"),
        ('is_pinned=bool(row["is_pinned"])', "is_pinned=False"),
    ),
    "nothing-is-recalled": bug_in("bot.calls.recalling", ("if not topic or", "if topic or")),
    "learned-is-not-known": bug_in("bot.calls.learning", ('if call.purpose != "talk":', "if call.purpose:")),
    "what-it-replaced-stays-away": bug_in(
        "storage.rooms.facts", ("            let_back(database, [fact_id])\n", "")
    ),
    "imports-for-all-are-not-told": bug_in(
        "storage.rooms.reading",
        (
            '_newest(database, _OWN, people, {reading.slug, ""})',
            "_newest(database, _OWN, people, {reading.slug})",
        ),
    ),
    "shared-is-not-told": bug_in(
        "storage.rooms.reading", ('reading.shared_slugs - {reading.slug, ""}', "set()")
    ),
    "linked-never-share": bug_in(
        "storage.rooms.together", ("own.shares_memory = 1 AND other.shares_memory = 1", "0")
    ),
}
"""By the name that ``--bug`` takes."""
