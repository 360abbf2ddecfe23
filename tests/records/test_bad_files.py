"""Every file that cannot be read gets one sentence: what is wrong, and what to do."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bot
from bot.domain.errors import ImportRejected
from bot.records import read_record, reasons
from bot.records.gathering import Gathering
from bot.records.raw import MAX_BYTES, MAX_VALUES
from bot.records.reasons import MAX_LINES
from bot.records.stream import read_parts
from bot.records.texts import Words

LINE = b'{"role": "user", "content": "Hello."}'
NO_CONVERSATION = (
    "is JSON, but not a conversation that we can read: we take exports of Troupe, ChatGPT, "
    "Character.AI, SillyTavern, Slack and Discord, ElevenLabs conversations, and lists of messages with role "
    "and content."
)

BAD = {
    "empty": (b"", "is empty: choose the file that holds the conversation."),
    "blank": (b"\xef\xbb\xbf \n", "is empty: choose the file that holds the conversation."),
    "words": (
        b"Dear diary, today",
        "is not JSON, it begins with “Dear diary, today”: export the conversation as JSON.",
    ),
    "utf-16": ("[1]".encode("utf-16"), "is saved as UTF-16: save it again with the encoding UTF-8."),
    "utf-16 bare": ("[1]".encode("utf-16-be"), "is saved as UTF-16: save it again with the encoding UTF-8."),
    "latin-1": (
        b"[" + LINE + b',\n{"role": "user", "content": "caf\xe9"}]',
        "is not UTF-8 text (byte 72, line 2): save it again with the encoding UTF-8.",
    ),
    "nothing but NUL": (b"\0" * 64, "is binary and not JSON: export the conversation as JSON."),
    "binary": (b"\0\1JSON", "is binary and not JSON: export the conversation as JSON."),
    "zip": (
        b"PK\x03\x04\0\0",
        "is a ZIP archive: unpack it and send the JSON file inside (conversations.json).",
    ),
    "gzip that is cut off": (gzip.compress(LINE)[:20], "is packed, and cut off: export it again."),
    "gzip that is damaged": (b"\x1f\x8b\x08\0" + b"x" * 40, "is packed, and damaged: export it again."),
    "gzip of too much": (
        gzip.compress(b"[" + b" " * MAX_BYTES),
        "is 50 MB or more once it is unpacked: send it in several files.",
    ),
    "html": (b"\n<!doctype html>", "is a web page and not JSON: send the .json file from the same export."),
    "pdf": (b"%PDF-1.7", "is a PDF and not JSON: export the conversation as JSON."),
    "raw nul": (b"[" + LINE + b",\n\0]", "contains a NUL byte in line 2: it is damaged, export it again."),
    "escaped nul": (
        b"[" + LINE + b', {"role": "user", "content": "a\\u0000"}]',
        "is damaged: message 2 of conversation 1 contains a NUL character; export it again.",
    ),
    "lone surrogate": (
        b'[{"role": "user", "content": "a\\ud83d"}]',
        "is damaged: message 1 of conversation 1 contains half a character; export it again.",
    ),
    "surrogate in a title": (
        b'{"title": "\\udc00", "messages": [' + LINE + b"]}",
        "is damaged: the heading of conversation 1 contains half a character; export it again.",
    ),
    "nul in the profile": (
        b'{"profile": {"a": [{"b\\u0000": 1}]}}',
        "is damaged: the profile contains a NUL character; export it again.",
    ),
    "cut after a comma": (
        b"[" + LINE + b",\n",
        "looks cut off: it ends in line 1, column 40; export it again.",
    ),
    "cut in a text": (
        b'[\n{"role": "user", "content": "Hel',
        "looks cut off: it ends in line 2, column 33; export it again.",
    ),
    "cut in a word": (b'[{"role": tr', "looks cut off: it ends in line 1, column 13; export it again."),
    "cut in an escape": (b'{"a": "\\u12', "looks cut off: it ends in line 1, column 12; export it again."),
    "cut in a number": (b"[1.", "looks cut off: it ends in line 1, column 4; export it again."),
    "cut in a line": (
        LINE + b"\n" + LINE[:20],
        "looks cut off: it ends in line 2, column 21; export it again.",
    ),
    "comma missing": (
        b"[" + LINE + b"\n" + LINE + b"]",
        "is not valid JSON: in line 2, column 1 a comma or a closing bracket is missing.",
    ),
    "single quotes": (
        b"{'role': 'user'} ....................",
        "is not valid JSON: in line 1, column 2 a name in double quotes is missing.",
    ),
    "line break in a text": (
        b'[{"content": "a\nb", "role": "user"}, "..................."]',
        "is not valid JSON: in line 1, column 16 a line break or control character stands inside a text.",
    ),
    "bad line": (
        LINE + b"\nHello there, this is no JSON\n" + LINE,
        "is not valid JSON: in line 2, column 1 a value is missing or has no quotes.",
    ),
    "rubbish after the end": (
        b"[" + LINE + b"] and this is the rest",
        "is not valid JSON: in line 1, column 41 a value is missing or has no quotes.",
    ),
    "deep": (
        b"[" * 200 + b"]" * 200,
        "is nested 200 levels deep or more, which no conversation is: export it again.",
    ),
    "bracket bomb": (
        b'[{"a":' * 500_000,
        "is nested 200 levels deep or more, which no conversation is: export it again.",
    ),
    "huge number": (
        b"[\n" + b"9" * 5_000 + b"]",
        "contains a number with thousands of digits, in or after line 2: take it out.",
    ),
    "too many values": (
        b'{"a": [' + b"0," * (MAX_VALUES + 1) + b"0]}",
        "holds more than 3,000,000 values: send it in several smaller files.",
    ),
    "another kind of JSON": (
        b'{"a": 1}',
        NO_CONVERSATION,
    ),
    "a number": (
        b"7",
        NO_CONVERSATION,
    ),
    "an empty list": (b"[]", "holds no conversation: it is an empty list, choose another file."),
    "nothing to keep": (
        b'[{"role": "system", "content": "x"}]',
        "has nothing to keep, only 1 system line, 1 conversation with nothing to keep: choose another file.",
    ),
    "a long profile": (
        b'{"profile": {"a": "' + b"x" * 64_000 + b'"}}',
        "has a profile of more than 64,000 characters: make it shorter.",
    ),
}


TOO_LARGE = "holds one conversation that is too large to be read at once: send it as a list of messages."
HUGE = {
    "profile": (
        b'{"name": "Ana", "profile": {"a": "' + b"x" * 2_000_000 + b'"}}',
        "has a profile of more than 64,000 characters: make it shorter.",
    ),
    "conversation": (b'[{"mapping": "' + b"x" * 9_000_000 + b'"}]', TOO_LARGE),
    "many values": (b'[{"messages": [' + b'{"a":0},' * 300_000 + b"0]}]", TOO_LARGE),
}


@pytest.mark.parametrize("case", HUGE)
def test_what_is_too_large_is_refused_before_it_is_parsed(case):
    data, sentence = HUGE[case]
    with pytest.raises(ImportRejected) as refusal:
        list(read_parts(data))
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "text",
    [
        b'{"messages": [7], "title": "Tea", "messages": [%b]}',
        b'{"messages": null, "title": "Tea", "conversation": [%b]}',
        b'\xef\xbb\xbf{"id": "x",\r\n"history":\n[%b\n]\n, "title": "Tea"}',
    ],
)
def test_a_list_inside_of_an_object_is_read_like_one_at_the_top(text):
    line = '{"role": "user", "content": "Grüße 🧙 %s"}' % ("x" * 19_000)
    record = read_record(text % b",".join([line.encode()] * 60))
    [transcript] = record.transcripts
    assert transcript.title == "Tea"
    assert [turn.text for turn in transcript.turns] == ["Grüße 🧙 " + "x" * 19_000] * 60


def test_more_lines_than_half_a_million_are_refused_when_they_are_met():
    gathering = Gathering()
    draft = gathering.begin()
    gathering.seen = MAX_LINES - 2
    gathering.leave(reasons.TOOL)
    gathering.add(draft, "user", "", Words("x"))
    for meet in (lambda: gathering.leave(reasons.TOOL), lambda: gathering.add(draft, "user", "", Words("x"))):
        with pytest.raises(ImportRejected, match=r"^holds more than 500,000 lines: send it in several"):
            meet()


@pytest.mark.parametrize("number", [1, 20, 60])
def test_an_error_in_a_list_inside_of_an_object_has_its_place(number):
    lines = ['{"role": "user", "content": "ü%s"}' % ("x" * 9_000)] * 60
    lines[number - 1] = '{"role": "user", "content" "x"}'
    with pytest.raises(ImportRejected) as refusal:
        read_record(('{"messages": [\n' + ",\n".join(lines) + "\n]}").encode())
    assert str(refusal.value) == (
        f"This file is not valid JSON: in line {number + 1}, column 28 a colon is missing."
    )


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_gets_one_sentence(case):
    data, sentence = BAD[case]
    with pytest.raises(ImportRejected) as refusal:
        read_record(data, "past.json")
    assert str(refusal.value) == f"past.json {sentence}"


@pytest.mark.parametrize("window_bytes", range(1, 33))
@pytest.mark.parametrize(
    "case", ["latin-1", "comma missing", "bad line", "cut in a text", "line break in a text"]
)
def test_a_place_is_the_same_however_small_the_window(case, window_bytes):
    data, sentence = BAD[case]
    with pytest.raises(ImportRejected) as refusal:
        list(read_parts(data, window_bytes))
    assert str(refusal.value) == sentence


def test_199_levels_and_brackets_inside_of_texts_are_no_depth(read):
    deep = "x"
    for _ in range(196):
        deep = [deep]
    record = read(
        [{"role": "user", "content": '\\"[' * 300 + "\\", "extra": deep}, {"role": "user", "text": "{" * 300}]
    )
    assert record.turn_count == 2


def test_200_levels_are_too_deep(read):
    deep = "x"
    for _ in range(198):
        deep = [deep]
    with pytest.raises(ImportRejected, match="200 levels"):
        read([{"role": "user", "content": "x", "extra": deep}])


def test_a_file_without_a_name_is_called_this_file():
    with pytest.raises(
        ImportRejected, match=r"^This file is empty: choose the file that holds the conversation\.$"
    ):
        read_record(b"")


def test_a_name_cannot_break_the_sentence():
    with pytest.raises(ImportRejected) as refusal:
        read_record(b"", "a\n\u202eb{{c}}" + "x" * 500)
    assert "\n" not in str(refusal.value)
    assert "{{" not in str(refusal.value)
    assert len(str(refusal.value)) < 150


def test_50_megabytes_are_refused_without_reading(tmp_path):
    path = tmp_path / "big.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES)
    with pytest.raises(ImportRejected) as refusal:
        read_record(path)
    assert str(refusal.value).endswith("big.json is 50 MB: send less than 50 MB, in several files.")
    with path.open("wb") as file:
        file.truncate(MAX_BYTES - 1)
    with pytest.raises(ImportRejected, match="is binary"):  # read: it starts with NUL bytes
        read_record(path)


def test_50_megabytes_in_memory_are_refused():
    with pytest.raises(ImportRejected, match="send less than 50 MB"):
        read_record(b"[" + b" " * MAX_BYTES)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ImportRejected, match=r"^/nowhere/no\.json does not exist: check the path\.$"):
        read_record(Path("/nowhere/no.json"))
    with pytest.raises(ImportRejected, match=r"^…x+/no\.json does not exist: check the path\.$"):
        read_record(tmp_path / ("x" * 100) / "no.json")


def test_a_directory_is_one_sentence(tmp_path):
    with pytest.raises(ImportRejected, match=r"is a directory: name the file inside.$"):
        read_record(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(
        ImportRejected, match=r"/pipe is not an ordinary file: save the conversation in one.$"
    ):
        read_record(tmp_path / "pipe")


READ_AS_NOBODY = """\
import os, sys
from pathlib import Path
from bot.domain.errors import ImportRejected
from bot.records import read_record
if os.geteuid() == 0:
    os.setuid(65534)
try:
    read_record(Path("locked.json"))
except ImportRejected as refusal:
    sys.stdout.write(str(refusal))
"""


def test_a_file_without_permission_is_one_sentence(tmp_path):
    (tmp_path / "locked.json").touch(mode=0)
    told = subprocess.run(
        [sys.executable, "-c", READ_AS_NOBODY],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(bot.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "locked.json may not be opened: change its permissions."


@pytest.mark.parametrize("path", ["a\0b", "x" * 5_000, "past.json/inside"])
def test_a_path_that_cannot_be_is_one_sentence(tmp_path, path):
    (tmp_path / "past.json").write_text("[]")
    with pytest.raises(ImportRejected, match="check the path"):
        read_record(Path(tmp_path, path))
