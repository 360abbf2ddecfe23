"""Bugs that tell somebody what is another's, or a character what was told to another."""

from tests.fences.breaking import bug_in

_OWN_ONLY = "WHERE person_id IN (SELECT value FROM json_each(:people))"

BUGS_OF_REACH = {
    # whose
    "talks-of-all": bug_in(
        "storage.rooms.reading",
        ("WHERE person_id = :person AND slug = wanted.value", "WHERE slug = wanted.value"),
    ),
    "facts-of-all": bug_in(
        "storage.rooms.learning", (_OWN_ONLY, "WHERE :people"), ('people[row["person_id"]]', '""')
    ),
    "history-of-all": bug_in(
        "storage.rooms.history",
        (_OWN_ONLY, "WHERE :people"),
        ('elsewhere = people[row["person_id"]]', 'elsewhere = ""'),
        ("AND named.person_id IN (SELECT value FROM json_each(:people))", "AND :people"),
    ),
    "recall-of-all": bug_in(
        "storage.rooms.recall", ("ON shelves.person_id = reader.value AND", "ON reader.value <> '' AND")
    ),
    "search-of-all": bug_in(
        "storage.rooms.history",
        ("WHERE c.person_id IN (SELECT value FROM json_each(:people))", "WHERE :people"),
        ('elsewhere = people[row["person_id"]]', 'elsewhere = ""'),
    ),
    "export-of-all": bug_in(
        "storage.rooms.export",
        ('"WHERE person_id IN (SELECT value FROM json_each(?1))"', "\"WHERE ?1 <> ''\""),
        ('list(people).index(row["person_id"])', "0"),
    ),
    "profile-of-all": bug_in(
        "storage.rooms.reading", ("FROM profiles WHERE person_id = ?", "FROM profiles WHERE ?")
    ),
    "tenants-are-one": bug_in(
        "storage.rooms.people",
        ("WHERE platform = ? AND tenant = ? AND id = ?", "WHERE platform = ? AND ? <> '' AND id = ?"),
    ),
    "platforms-are-one": bug_in(
        "storage.rooms.people",
        ("WHERE platform = ? AND tenant = ? AND id = ?", "WHERE ? <> '' AND ? <> '' AND id = ?"),
    ),
    "buttons-of-all": bug_in(
        "storage.rooms.messaging",
        ("FROM presses WHERE person_id = ? AND id = ?", "FROM presses WHERE ? <> '' AND id = ?"),
    ),
    "another-s-chat-grows": bug_in(
        "storage.rooms.growing",
        (
            "call_id IS NULL AND person_id = :person_id AND slug = :slug",
            "call_id IS NULL AND :person_id <> '' AND slug = :slug",
        ),
    ),
    # linked accounts
    "linked-always-share": bug_in(
        "storage.rooms.together",
        ("own.shares_memory = 1 AND other.shares_memory = 1", "1"),
    ),
    "declined-are-shared-with": bug_in(
        "storage.rooms.together",
        ("WHERE person_id = own.person_id ORDER BY id DESC LIMIT 1\n    ), 1)", "WHERE 0\n    ), 1)"),
    ),
    "declined-are-shared": bug_in(
        "storage.rooms.together",
        ("WHERE person_id = other.person_id ORDER BY id DESC LIMIT 1\n    ), 1)", "WHERE 0\n    ), 1)"),
    ),
    "unlinked-still-share": bug_in(
        "storage.rooms.linking",
        (
            "DELETE FROM linked_people WHERE person_id = ?",
            "DELETE FROM linked_people WHERE 0 AND person_id = ?",
        ),
    ),
    # how far
    "own-is-read-by-sharers": bug_in(
        "storage.rooms.reading", ("AND held_until IS NULL AND reach = 'shared'", "AND held_until IS NULL")
    ),
    "own-facts-are-read-by-sharers": bug_in(
        "storage.rooms.learning", (":shares = 1 AND reach = 'shared' AND", ":shares AND")
    ),
    "own-is-recalled-by-sharers": bug_in(
        "storage.rooms.recall", (":shares = 1 AND reach = 'shared' AND", ":shares AND")
    ),
    "own-characters-recall-sharers": bug_in(
        "storage.rooms.recall", ('"shares": reading.memory == "shared"', '"shares": True')
    ),
    "learned-facts-are-as-wide-as-said": bug_in(
        "storage.rooms.learning", ("replace(fact, reach=reach)", 'replace(fact, reach="shared")')
    ),
    "whoever-shared-once-is-read": bug_in(
        "bot.cast.live",
        ('if one.memory == "shared")', 'if one.memory != "none")'),
    ),
    "own-characters-read-sharers": bug_in(
        "storage.rooms.reading", ('if reading.memory == "shared":', "if reading.memory:")
    ),
    "imports-are-shared": bug_in(
        "bot.calls.importing", ("(persona.slug, persona.memory)", '(persona.slug, "shared")')
    ),
    "facts-are-shared": bug_in(
        "bot.calls.facts", ("persona.slug, reach, _checked", 'persona.slug, "shared", _checked')
    ),
    "calls-are-shared": bug_in(
        "bot.calls.installation",
        ("return persona.memory if person.remembers", 'return "shared" if person.remembers'),
    ),
    "none-is-told": bug_in(
        "storage.rooms.reading", ('person is None or reading.memory == "none"', "person is None")
    ),
    "new-character-reads-old-talks": bug_in(
        "storage.rooms.reading", ("AND generation = coalesce(characters.generation, 0)", "")
    ),
    "new-character-reads-old-facts": bug_in(
        "storage.rooms.learning", ("facts.generation = coalesce(characters.generation, 0) AND", "")
    ),
    "late-talk-is-the-new-characters": bug_in(
        "storage.rooms.talks",
        (
            '"generation": _generation_of_call(database, call.id)',
            '"generation": find_generation(database, call.slug)',
        ),
        (
            "from storage.rooms.costs",
            "from storage.rooms.characters import find_generation\nfrom storage.rooms.costs",
        ),
    ),
    "what-was-meant-for-one-grows-for-all": bug_in("storage.rooms.growing", (" AND reach = :reach", "")),
    "old-characters-chat-grows": bug_in("storage.rooms.growing", (" AND generation = :generation", "")),
    "file-says-how-far": bug_in(
        "bot.calls.importing",
        (
            "return min(reach, persona.memory, key=_NARROW_TO_WIDE.index) if persona else reach",
            "return reach",
        ),
    ),
    "new-character-recalls-old-talks": bug_in(
        "storage.rooms.recall", ("WHERE shelves.generation = coalesce(characters.generation, 0)", "WHERE 1")
    ),
    # for everyone, and replaced
    "everything-is-for-everyone": bug_in(
        "storage.rooms.learning", ("AND (is_for_everyone = 1 OR", "AND (1 OR")
    ),
    "none-is-told-what-is-for-everyone": bug_in(
        "storage.rooms.reading",
        (
            'person["name"] if person else "")',
            (
                'person["name"], '
                'facts=find_facts(database, people_sharing(database, person_id), Reading("", "own")))'
            ),
        ),
    ),
    "not-for-everyone-is-not-taken-back": bug_in(
        "storage.rooms.facts",
        ("SET is_for_everyone = ? WHERE", "SET is_for_everyone = max(?, is_for_everyone) WHERE"),
    ),
    "replaced-facts-are-told": bug_in(
        "storage.rooms.learning",
        (
            "AND replaced_by = ''\n    AND (is_for_everyone = 1 OR (facts",
            "AND (is_for_everyone = 1 OR (facts",
        ),
    ),
}
"""By the name that ``--bug`` takes."""
