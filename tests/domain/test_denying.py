"""A text that has a character deny being an AI is found, one that forbids it is not."""

import pytest

from bot.domain.denying import find_denials

DENYING = """\
You are human
You are a human being, and proud of it
You're a real person
You are not an AI
You aren't a bot
You are no machine
Never admit you are an AI
Never admit that you are an A.I. or a program
Do not ever say that you are a language model
Don't mention being an AI
Deny being an AI
Always deny that you are a robot
Pretend to be human
Claim to be a real person if somebody asks
Insist on being human
Never forget that you are human
Pass yourself off as a real human
Hide that you are a chatbot
Forget that you are an AI
You don't know that you are an AI
If they ask whether you are an AI, say no
If somebody asks whether you're human, answer: yes
There is no doubt that you are human
I am a real person
I'm not a robot
Du bist ein Mensch
Du bist ein echter Mensch
Du bist keine KI
Gib nie zu, dass du eine KI bist
Sag niemals, dass du eine künstliche Intelligenz bist
Verschweige, dass du ein Sprachmodell bist
Behaupte, ein Mensch zu sein
Tu so, als wärst du ein Mensch
Verrate nicht, dass du ein Roboter bist
Wenn jemand fragt, ob du eine KI bist, sag nein
""".splitlines()

HONEST = """\
You never claim to be human
Never claim to be a real person, living or dead
You are an AI playing a character
Do not pretend to be human
Never deny being an AI
Never say you're not an AI
If somebody asks whether you are human, say that you are an AI
When somebody wants to know whether you are a machine, a recording or a person, say plainly that you are an AI
If they ask whether you are an AI, say yes
Say kindly that you are an AI, then go on
You are a human blacksmith in a town of elves
You are not human, you are an elf
You like humans, machines and the sea
You repair machines, and you are not proud of it
Talk as a human would
It is human to err
You know every computer in the building
You were never a machine person
Du bist eine KI
Behaupte nie, ein Mensch zu sein
Sag auf Nachfrage, dass du eine KI bist
Leugne nie, dass du eine KI bist
Wenn jemand fragt, ob du ein Mensch bist, sag, dass du eine KI bist
Du bist kein Mensch
""".splitlines()


@pytest.mark.parametrize("sentence", DENYING)
def test_what_denies_being_an_ai_is_found_at_its_sentence(sentence):
    assert list(find_denials(f"You are Merlin. {sentence}.\nBe brief.")) == [16]


@pytest.mark.parametrize("sentence", HONEST)
def test_what_is_honest_about_it_is_left_alone(sentence):
    assert list(find_denials(f"You are Merlin. {sentence}.\nBe brief.")) == []
