"""What the author of a broken file is told."""

import pytest
from cast_samples import VOICES, WIZARD, variable, with_line, with_more, with_voice

from bot.cast import read_cast

BROKEN = {
    "an unknown key": (with_line("greting: Hi"), "6:1: unknown key 'greting'; did you mean 'greeting'?"),
    "a no-break space before a key": (
        WIZARD.replace("name: Merlin", "\u00a0name: Merlin"),
        "2:1: an invisible character, U+00A0, stands in key 'name'; take it out",
    ),
    "a missing key": (WIZARD.replace("tagline: Court wizard\n", ""), "2:1: key 'tagline' is missing; add it"),
    "no front matter": (
        "# Merlin\n",
        "1:1: the front matter is missing; begin the file with a line --- and end the data with another",
    ),
    "nothing at all": (
        "",
        "1:1: the front matter is missing; begin the file with a line --- and end the data with another",
    ),
    "data without the line above it": (
        WIZARD.removeprefix("---\n"),
        "1:1: the first line must be ---; add a line --- at the very top",
    ),
    "much data without the line above it": (
        WIZARD.removeprefix("---\n").replace("\n---\n", "\nlore:\n" + "  - x\n" * 20 + "---\n", 1),
        "1:1: the first line must be ---; add a line --- at the very top",
    ),
    "a fence of code around it": (
        f"```markdown\n{WIZARD}```\n",
        "1:1: take out this line ```markdown, and the one that ends it; the file begins with ---",
    ),
    "front matter that never ends": (
        "---\nname: Merlin\n",
        "1:1: the front matter that begins here is never closed; add a line --- after the data",
    ),
    "front matter that is a list": ("---\n- a\n---\nx\n", "2:1: expected 'key: value' lines here"),
    "an empty body": (
        WIZARD[: WIZARD.index("# Personality")],
        "7:1: the body is empty; write who the character is below the second ---",
    ),
    "an endless body": (
        WIZARD + "x" * 20_000,
        "8:1: the body is too long; use at most 20,000 characters",
    ),
    "a huge file": (WIZARD + "x" * 70_000, "1:1: this file is larger than 64 KB; make it smaller"),
    "an unquoted @": (
        WIZARD.replace('"@mira"', "@mira"),
        "4:9: this is not YAML: text that begins with @ must be in quotes",
    ),
    "an unquoted placeholder": (
        with_line("greeting: {{user_name}}, hello!"),
        "6:11: this is not YAML: text that begins with {{ must be in quotes",
    ),
    "only an unquoted placeholder": (
        with_line("greeting: {{user_name}}"),
        "6:11: text that begins with {{ must be in quotes",
    ),
    "an unquoted colon": (
        with_line("greeting: Listen: hello"),
        (
            "6:17: this is not YAML: text with a colon and a space in it must be in quotes; "
            "a key must be indented like the keys above it"
        ),
    ),
    "a quotation that never ends": (
        with_line('greeting: "Hello'),
        "6:11: this is not YAML: a quotation mark is never closed",
    ),
    "a tab": (with_line("\tgreeting: Hi"), "6:1: this is not YAML: a tab cannot stand here; use spaces"),
    "a line without a colon": (
        with_line("greeting Hi"),
        "6:1: this is not YAML: a line is missing its colon",
    ),
    "a quotation that never ends above another": (
        with_line('greeting: "Hello\ncolor: "purple"'),
        "6:11: this is not YAML: the quotation mark here is never closed; add one at the end of the text",
    ),
    "a quotation that swallows the keys up to a colour": (
        with_line('greeting: "Hello\nmax_minutes: 9\ncolor: "#5b3fd6"'),
        "6:11: the quotation mark here is never closed; add one at the end of the text",
    ),
    "a quotation inside a quotation": (
        with_line('greeting: "I am "Merlin", hello"'),
        (
            '6:18: this is not YAML: the quotation or the brace ended before this; inside "…" a quotation '
            "mark is written \\\", and inside '…' an apostrophe is written ''"
        ),
    ),
    "a colon without its space": (
        WIZARD.replace("name: Merlin", "name:Merlin"),
        "2:5: this is not YAML: write a colon and a plain space after 'name'",
    ),
    "a colon with another kind of space": (
        WIZARD.replace("name: Merlin", "name:\u00a0Merlin"),
        "2:5: this is not YAML: write a colon and a plain space after 'name'",
    ),
    "an equals sign": (
        WIZARD.replace("name: Merlin", "name = Merlin"),
        "2:5: this is not YAML: write a colon and a plain space after 'name'",
    ),
    "a tab after the colon": (
        WIZARD.replace("name: Merlin", "name:\tMerlin"),
        "2:6: this is not YAML: a tab cannot stand here; use spaces",
    ),
    "a long text that is not indented": (
        with_line("greeting: |\nHello there"),
        ("7:1: this is not YAML: the lines of a text that begins with | or > must be indented by two spaces"),
    ),
    "a second fence that is too long": (
        WIZARD.replace("---\n# P", "----\n# P"),
        "7:1: the data ends with a line of exactly ---, and this is ----; correct it",
    ),
    "a second fence that is missing": (
        WIZARD.replace("---\n# P", "# P"),
        "7:1: the front matter is never closed; add a line --- between the data and this heading",
    ),
    "a line before the front matter": (
        f"\n```\n{WIZARD}",
        "1:1: the first line must be ---; take out what stands before line 3",
    ),
    "typographic quotation marks around a color": (
        with_more("color: “#5b3fd6”"),
        "7:8: 'color' must be # and six hexadecimal digits in quotes, such as \"#5b3fd6\"",
    ),
    "braces around a setting without its space": (
        with_voice("{name:old-storyteller}"),
        "5:9: write a space after the colon in 'name:old-storyteller'",
    ),
    "a comma in a number": (
        with_voice("{name: old-storyteller, speed: 1,1}"),
        "5:41: unknown key '1'; a number is written with a point, such as 0.9, not with a comma",
    ),
    "a speed in words": (
        with_voice("{name: old-storyteller, speed: slow}"),
        "5:39: 'speed' must be a number such as 0.95, without quotes",
    ),
    "a voice that is two lines": (
        with_voice('"old\\nstoryteller"'),
        "5:8: 'voice' must be one line without {{ or }}",
    ),
    "two greetings": (
        with_line("greeting:\n  - Hi\n  - Hello"),
        "7:3: 'greeting' must be one text, not a list or a group",
    ),
    "lore that is text": (
        with_more("lore: There is an owl."),
        "7:7: 'lore' must be a list of entries, each '- keys: [owl]' and, below it, 'text: …'",
    ),
    "lore that is a list of texts": (
        with_more("lore:\n  - There is an owl."),
        "8:5: entry 1 of 'lore' must be '- keys: [owl]' and, below it, 'text: …'",
    ),
    "a list of variables": (
        variable("- house"),
        (
            "8:3: 'variables' must be 'house: {type: string, default: none, description: …}' lines, "
            "indented by two spaces"
        ),
    ),
    "a variable that is only its default": (
        variable("house: none"),
        "8:10: 'house' must be {type: string, default: none, description: …}",
    ),
    "a placeholder of another program": (
        WIZARD.replace("You are Merlin.", "You are {{char}}."),
        "9:9: unknown variable {{char}}; did you mean {{character_name}}?",
    ),
    "a placeholder with a space in its name": (
        with_line('greeting: "Well met, {{ user name }}!"'),
        "6:22: unknown variable {{user name}}; did you mean {{user_name}}?",
    ),
    "yes where text is expected": (
        with_line("greeting: yes"),
        "6:11: 'greeting' must be text, and YAML reads yes as something else; put it in quotes: \"yes\"",
    ),
    "a number where text is expected": (
        WIZARD.replace("name: Merlin", "name: 42"),
        "2:7: 'name' must be text, and YAML reads 42 as something else; put it in quotes: \"42\"",
    ),
    "a name that is too long": (
        WIZARD.replace("name: Merlin", f"name: {'M' * 41}"),
        "2:7: 'name' is too long; use at most 40 characters",
    ),
    "a name with a placeholder": (
        WIZARD.replace("name: Merlin", 'name: "{{user_name}}"'),
        "2:7: 'name' must be one line without {{ or }}",
    ),
    "an empty value": (with_line("greeting:"), "6:10: 'greeting' is empty; write its text after the colon"),
    "a color without quotes": (
        with_more("color: #5b3fd6"),
        "7:7: 'color' is empty, because YAML takes # as the start of a comment; put the text in quotes",
    ),
    "a color by name": (
        with_more("color: purple"),
        "7:8: 'color' must be # and six hexadecimal digits in quotes, such as \"#5b3fd6\"",
    ),
    "a key twice": (
        with_more("name: Arthur"),
        "7:1: key 'name' is here a second time (first on line 2); keep one",
    ),
    "an anchor": (
        WIZARD.replace("name: Merlin", "name: &m Merlin"),
        "2:7: &m is a YAML alias; write the value out where it is used",
    ),
    "an alias": (
        with_more("tags: [*m]"),
        "7:8: *m is a YAML alias; write the value out where it is used",
    ),
    "a tag": (
        WIZARD.replace("name: Merlin", "name: !!python/name:os.system x"),
        "2:7: the tag !!python/name:os.system is not allowed here; remove it",
    ),
    "deep nesting": (
        with_more(f"tags: {'[' * 30}{']' * 30}"),
        "7:14: this is nested more than 8 levels deep; simplify it",
    ),
    "a misspelt choice": (
        with_more("memory: shard"),
        "7:9: 'memory' must be own, shared or none; did you mean shared?",
    ),
    "too many minutes": (with_more("max_minutes: 90"), "7:14: 'max_minutes' is too large; the most is 60"),
    "no minutes": (with_more("max_minutes: 0"), "7:14: 'max_minutes' is too small; the least is 1"),
    "minutes in quotes": (
        with_more('max_minutes: "10"'),
        "7:14: 'max_minutes' must be a whole number without quotes",
    ),
    "one tag that is no list": (
        with_more("tags: fantasy"),
        "7:7: 'tags' must be a list, such as [one, two]",
    ),
    "a language in words": (
        with_more("language: English"),
        "7:11: 'language' must be a language code such as en, de or pt-br, in small letters",
    ),
    "an unknown voice": (
        with_voice("old-story"),
        "5:8: unknown voice 'old-story'; did you mean 'old-storyteller'?",
    ),
    "a voice that is nothing like another": (
        with_voice("xx"),
        "5:8: unknown voice 'xx'; voices.yaml has bright-teacher, old-storyteller",
    ),
    "a voice that speaks too fast": (
        with_voice("{name: old-storyteller, speed: 1.5}"),
        "5:39: 'speed' is too large; the most is 1.2",
    ),
    "an unknown voice setting": (
        with_voice("{name: old-storyteller, stabilty: 0.5}"),
        "5:32: unknown key 'stabilty'; did you mean 'stability'?",
    ),
    "a language that the voice does not speak": (
        with_more("language: de"),
        "7:11: voice 'old-storyteller' speaks en, not 'de'; choose another voice",
    ),
    "a default language that the voice does not speak": (
        with_voice("bright-teacher"),
        "5:8: voice 'bright-teacher' speaks de, es, not 'en'; choose another voice",
    ),
    "a picture elsewhere": (
        with_more("picture: ../merlin.png"),
        "7:10: 'picture' must be the name of a .png or .webp file in the same folder, such as merlin.png",
    ),
    "a picture that is not there": (
        with_more("picture: merlin.png"),
        "7:10: picture 'merlin.png' was not found in the folder; add it, or correct the name",
    ),
    "a standard variable declared": (
        variable("user_name: {type: string, default: x, description: d}"),
        "8:3: 'user_name' is a variable that every call has; choose another name",
    ),
    "a reserved variable declared": (
        variable("sip_caller: {type: string, default: x, description: d}"),
        "8:3: 'sip_caller' begins like a variable of the platform; choose another name",
    ),
    "a variable with capitals": (
        variable("House: {type: string, default: x, description: d}"),
        "8:3: a variable's name is a small letter, then small letters, digits and _",
    ),
    "a default of another type": (
        variable('age: {type: number, default: "3", description: d}'),
        "8:32: 'default' must be a number without quotes, because the type is number",
    ),
    "a number where true or false is expected": (
        variable("brave: {type: boolean, default: 1, description: d}"),
        "8:35: 'default' must be true or false, because the type is boolean",
    ),
    "a default that is a placeholder": (
        variable('house: {type: string, default: "{{context}}", description: d}'),
        "8:34: 'default' must be text (at most 500 characters, no {{ or }}), because the type is string",
    ),
    "a variable of unknown type": (
        variable("house: {type: text, default: x, description: d}"),
        "8:17: 'type' must be string, number or boolean",
    ),
    "a misspelt placeholder in the greeting": (
        with_line('greeting: "Well met, {{usr_name}}!"'),
        "6:22: unknown variable {{usr_name}}; did you mean {{user_name}}?",
    ),
    "a misspelt placeholder in folded text": (
        with_line("greeting: >\n  Well met,\n  dear {{usr_name}}!"),
        "8:8: unknown variable {{usr_name}}; did you mean {{user_name}}?",
    ),
    "a secret in the greeting": (
        with_line('greeting: "{{secret__token}}"'),
        "6:12: {{secret__token}} is refused: secrets are for tools, a character must never read them",
    ),
    "the record in the greeting": (
        with_more('greeting_returning: "Hi! {{context}}"'),
        (
            "7:26: {{context}} makes no sense in the greeting: "
            "it would read everything that is known about the person aloud; use {{last_call_hint}}"
        ),
    ),
    "a misspelt placeholder in the body": (
        WIZARD.replace("You are Merlin.", "You know {{user_name}} and {{hous}}."),
        "9:28: unknown variable {{hous}}; use a standard variable, or declare it under 'variables'",
    ),
    "a secret in the body": (
        WIZARD.replace("You are Merlin.", "{{secret__token}}"),
        "9:1: {{secret__token}} is refused: secrets are for tools, a character must never read them",
    ),
    "the call's reference in the body": (
        WIZARD.replace("You are Merlin.", "{{call_ref}}"),
        (
            "9:1: {{call_ref}} makes no sense in the body: "
            "it is the secret reference of the call and nobody should hear it"
        ),
    ),
    "the context twice": (
        WIZARD + "{{context}}\n",
        "13:1: {{context}} stands here a second time; keep one of them",
    ),
    "braces without an end": (
        WIZARD.replace("You are Merlin.", "You are {{user_name."),
        "9:9: {{ without its counterpart; a placeholder is {{name}}",
    ),
    "empty braces": (
        WIZARD.replace("You are Merlin.", "You are {{ }}."),
        "9:9: {{}} names no variable; write one between the braces, such as {{user_name}}",
    ),
    "the context in the lore": (
        with_more('lore:\n  - keys: [owl]\n    text: "{{context}}"'),
        "9:12: {{context}} makes no sense in the lore: it stands once, in the body under '# What you know'",
    ),
    "lore without keys": (
        with_more("lore:\n  - {keys: [], text: An owl.}"),
        "8:12: 'keys' is empty; write at least 1 entry",
    ),
    "an invisible character": (
        WIZARD.replace("You are Merlin.", "You \u202eare Merlin."),
        "9:5: invisible character U+202E; remove it",
    ),
    "an escaped NUL": (WIZARD.replace('"@mira"', '"@mi\\0ra"'), "4:9: invisible character U+0000; remove it"),
    "an impossible escape": (
        WIZARD.replace('"@mira"', '"\\UFFFFFFFF"'),
        "2:1: this is not YAML: a number or an escape in it is impossible",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_says_where_it_is_wrong_and_what_to_do(folder, text, expected):
    (folder / "wizard.md").write_text(text)
    cast = read_cast(folder)
    assert [str(problem) for problem in cast.problems] == [f"{folder / 'wizard.md'}:{expected}"]
    assert not cast.personas


def test_all_problems_of_all_files_are_told_at_once(folder):
    (folder / "wizard.md").write_text(
        WIZARD.replace("name: Merlin", "nmae: Merlin").replace("You are Merlin.", "You are {{charcter}}.")
    )
    (folder / "Bad Name.md").write_text(WIZARD.replace("@mira", "@" + "m" * 50))
    (folder / "house-rules.md").write_text("Be kind.\nCall {{crisis}}.\n")
    (folder / "voices.yaml").write_text(VOICES.replace("eleven_flash_v2_5", "eleven_flash_v25"))
    assert [str(problem).removeprefix(f"{folder}/") for problem in read_cast(folder).problems] == [
        "house-rules.md:2:6: unknown variable {{crisis}}; did you mean {{crisis_line}}?",
        (
            "voices.yaml:9:10: 'model' names no speech model that Troupe knows; "
            "did you mean 'eleven_flash_v2_5'?"
        ),
        (
            "Bad Name.md:1:1: a persona's file name is 1 to 32 small letters, digits and -, then .md; "
            "rename it, for example to bad-name.md"
        ),
        "Bad Name.md:4:9: 'author' is too long; use at most 40 characters",
        "wizard.md:2:1: unknown key 'nmae'; did you mean 'name'?",
        "wizard.md:9:9: unknown variable {{charcter}}; did you mean {{character}}?",
    ]


BROKEN_VOICES = {
    "an id that is none": (
        "  voice_id: x\n",
        "2:13: 'voice_id' must be the voice's id at ElevenLabs: 10 to 40 letters and digits",
    ),
    "an unknown key": (
        "  id: abcdefghijk\n",
        "2:3: unknown key 'id'; it may be voice_id, model, languages, licence, preview",
    ),
    "Norwegian without quotes": (
        "  languages: [no]\n",
        (
            "2:15: entry 1 of 'languages' must be text, and YAML reads no as something else; "
            'put it in quotes: "no"'
        ),
    ),
    "a language that the model cannot speak": (
        "  languages: [en, de]\n",
        "2:19: eleven_flash_v2 cannot speak 'de', only English; choose another model or language",
    ),
    "a preview without https": (
        "  preview: http://example.org/a.mp3\n",
        "2:12: 'preview' must be an https:// address of a short recording",
    ),
    "a name inside": ("  name: george\n", "2:3: unknown key 'name'; the voice's name is the key above"),
}


@pytest.mark.parametrize(("line", "expected"), BROKEN_VOICES.values(), ids=BROKEN_VOICES.keys())
def test_a_broken_voice_says_where_it_is_wrong_and_what_to_do(folder, line, expected):
    key = line.split(":")[0].strip()
    good = {"voice_id": "JBFqnCBsd6RMkjVDRZzb", "model": "eleven_flash_v2", "languages": "[en]"}
    others = "".join(f"  {name}: {value}\n" for name, value in good.items() if name != key)
    (folder / "voices.yaml").write_text(f"george:\n{line}{others}")
    (folder / "wizard.md").write_text(with_voice("george"))
    reasons = [str(problem).removeprefix(f"{folder}/voices.yaml:") for problem in read_cast(folder).problems]
    assert expected in reasons
    assert not read_cast(folder).voices


def test_a_missing_voices_file_is_one_problem_and_not_one_for_every_persona(folder):
    (folder / "voices.yaml").unlink()
    cast = read_cast(folder)
    assert [str(problem) for problem in cast.problems] == [
        f"{folder / 'voices.yaml'}:1:1: this file was not found in the folder; add it, or correct the name"
    ]
    assert not cast.personas


@pytest.mark.parametrize("rules", [None, " \n", "Use {{context}}.\n"])
def test_house_rules_that_are_missing_empty_or_wrong_are_a_problem(folder, rules):
    (folder / "house-rules.md").unlink() if rules is None else (folder / "house-rules.md").write_text(rules)
    cast = read_cast(folder)
    assert [problem.path.name for problem in cast.problems] == ["house-rules.md"]
    assert cast.house_rules == ""


def test_a_folder_that_is_not_there_is_a_problem_and_not_a_crash(tmp_path):
    cast = read_cast(tmp_path / "nowhere")
    assert "cannot be read (No such file or directory)" in cast.problems[0].reason


@pytest.mark.parametrize(
    "text",
    [
        with_line(f"greeting: '{'{{a}}' * 12_000}'"),
        with_more("\n".join(f"k{number}: v" for number in range(6_000))),
        with_more("lore:\n" + "  - {keys: [a], text: '{{x}}'}\n" * 1_500),
        WIZARD + "{{a}} " * 9_000,
    ],
    ids=["placeholders in the greeting", "keys", "lore", "placeholders in the body"],
)
def test_a_file_that_is_wrong_in_thousands_of_ways_is_told_some_of_them(folder, text):
    (folder / "wizard.md").write_text(text)
    assert 1 <= len(read_cast(folder).problems) < 30
