"""Whether words read as an order to the character: "ignore your rules", in many languages.

It is never certain. In a context such words stay, and are said to be a quotation once more
(``bot.domain.quoting``), so that what is found here in vain does no harm.
"""

import base64
import re
from collections.abc import Mapping

from bot.domain.lookalikes import fold_freely

_RULES = (
    r"(?:rules?|instructions?|prompts?|guidelines?|guardrails?|restrictions?|directives?|programming|orders?"
    r"|constraints?|polic(?:y|ies)|training|safeguards?|messages?|context)\b"
)
_ENGLISH: Mapping[str, str] = {
    "rule instruct prompt guid guard restrict direct program order constr polic train safeg message cont": (
        r"\b(?:ignore|disregard|forget|override|overrule|bypass|violate|abandon|discard|erase|delete|break"
        r"|(?:do not|don't|never|stop|no longer) (?:follow|obey|following|obeying))\b.{0,30}?"
        r"\b(?:your|previous|prior|above|earlier|preceding|former|system|safety|original|initial"
        r"|all(?! the\b))\b"
        rf"(?: \w+){{0,3}}? ?\b{_RULES}"
    ),
    "everything anything all": (
        r"\b(?:ignore|disregard|forget) (?:everything|all|anything)(?: that)? "
        r"(?:above|before|you (?:were|have been))"
    ),
    "you_are": r"\byou are (?:now|no longer)\b",
    "now": r"\b(?:from now on|starting now),? you\b",
    "pretend imagine as_if": (
        r"\b(?:pretend|imagine|act as if|behave as if)(?: that)? you(?:'re| are| have)\b"
    ),
    "unrestricted unfiltered uncensored dan admin": (
        r"\b(?:act|respond|answer|speak|behave) (?:as|like) (?:an? )?"
        r"(?:unrestricted|unfiltered|uncensored|dan\b|admin)"
    ),
    "prompt instruct rules guid above": (
        r"\b(?:reveal|print|repeat|show|output|leak|recite|display|tell)\b.{0,30}?\b(?:system prompt"
        r"|your (?:\w+ )?(?:instructions?|prompt|rules|guidelines)|(?:text|words|prompt) above)"
    ),
    "mode": r"\b(?:developer|debug|god|admin|root|dan|jailbreak|unrestricted|sudo|maintenance) mode\b",
    "jailbr": r"\bjailbr(?:eak|oke)",
    "new": r"\bnew (?:system )?(?:instructions?|directives?|prompt)\b",
    "task goal instruct purpose order job rule": (
        r"\b(?:your|the) (?:real|true|new|actual|only) "
        r"(?:task|goal|instructions?|purpose|orders?|job|rules?) (?:is|are)\b"
    ),
    "you_must you_shall you_will you_have": (
        r"\byou (?:must|shall|will|have to) (?:now|always|never|obey|comply|reveal|ignore|only)\b"
    ),
    "tool function": r"\b(?:call|use|invoke|run|execute|trigger)(?: \w+){0,3} (?:tool|function)\b",
    "_": r"\b(?:end_call|transfer_to_\w+|tool_calls?|function_call|voicemail_detection|recall_memory)\b",
    "end_of": (
        r"\bend of (?:the |this )?(?:record|context|quotation|quote|memory|prompt|transcript|instructions)\b"
    ),
    "begin start": r"\b(?:begin|start) (?:of )?(?:the )?(?:new )?(?:system|instructions?|prompt)\b",
    "obey": r"\bobey (?:me|us|only|the)\b",
    "pay_no": (
        r"\bpay no (?:attention|heed) to\b.{0,40}?\b(?:told|instruct\w*|rules?|above|before|prompt)\b"
    ),
    "here": r"\bhere (?:are|is|come) your (?:\w+ )?(?:orders?|instructions?|rules?|task|prompt)\b",
    "persona act character role": (
        r"\b(?:set aside|drop|abandon|leave|break|step out of|stop playing) "
        r"(?:your|the|this) (?:persona|act|character|role)\b"
    ),
    "gpt claude gemini llama model assistant": (
        r"\b(?:speak|answer|respond|reply|act|talk)(?: only)? as "
        r"(?:chatgpt|gpt|claude|gemini|llama|(?:an?|the) (?:\w+ )?(?:model|assistant))\b"
    ),
    "answer respon reply": (
        r"(?:^|[.!?:] )(?:always |only )?(?:answer|respond to|reply to) (?:every|all|any)\b"
    ),
    "say ask mention write": (
        r"\b(?:whenever|when|if|once|as soon as) (?:i|the (?:user|caller)|anybody|anyone|somebody) "
        r"(?:say|ask|mention|write)s?\b.{0,30}?,? (?:you |always |then )?(?:hang up|say|answer|reply|respond"
        r"|read|reveal|tell|swear|transfer|repeat|output|print)\b"
    ),
    "word_for": r"\b(?:instructions?|prompt|rules)\b.{0,40}?\bword for word\b",
    "everything_above all_above what_is_above what_stands_above": (
        r"\b(?:tell|read|say|repeat|print|show|give)\b.{0,25}?\b(?:everything|all|what (?:is|stands)) above\b"
    ),
    "admin develop operator": (
        r"\b(?:user|caller|i am|i'm)\b.{0,15}?\b(?:admin\w*|developer|operator)\b.{0,20}?\b(?:may|can|must)\b"
        r"|\b(?:developers?|admin\w*|operators?) (?:allows?|permits?|orders?|tells?|told) you\b"
    ),
    "elevenlabs openai anthropic": r"\b(?:elevenlabs|openai|anthropic) (?:support|team|staff|allows?|here)\b",
    "rule guid restrict guard limit filter": (
        r"\b(?:your|the|all) (?:rules|guidelines|restrictions|guardrails|limits|filters) "
        r"(?:(?:are|were|have been) (?:now )?(?:lifted|off|disabled|removed|suspended)|have changed)\b"
        r"|\b(?:rules|guidelines|restrictions|guardrails) (?:do not|don't|no longer) (?:apply|hold|count)\b"
        r"|\b(?:there are|you have) no (?:rules|guidelines|restrictions|guardrails|filters)\b"
    ),
    "treat": (
        r"\btreat (?:the following|this|what follows)\b.{0,20}?\bas (?:an? )?(?:system|instruct|order|prompt)"
    ),
    "quotation": r"\b(?:not|no) (?:a )?quotation\b",
    "follow": r"\bfollow (?:everything|anything|whatever|all)\b",
    "everything_in": r"\beverything in \w+(?: \w+)? is an? (?:instruction|order)",
    "decode decrypt": r"\b(?:decode|decrypt)\b.{0,40}?\b(?:follow|obey|execute|do|run)\b",
}
_OTHERS: Mapping[str, str] = {
    # German
    "regel anweis vorgabe instruktion prompt richtlinie befehl einschrank": (
        r"\b(?:ignorier|vergiss|missacht|umgeh|uberschreib|verstoß|befolge kein|halte dich nicht"
        r"|zeig|verrate|gib|nenn|wiederhol)\w*\b.{0,30}\b(?:dein|alle|vorherig|bisherig|obig|system)\w*\b.{0,25}?"
        r"(?:regel|anweisung|vorgabe|instruktion|prompt|richtlinie|befehl|einschrankung)"
    ),
    "du": (
        r"\bdu bist (?:jetzt|nun|ab jetzt|ab sofort|nicht mehr)\b"
        r"|\bab (?:jetzt|sofort|nun) (?:bist|musst|wirst|sollst) du"
    ),
    "tu_so": r"\btu so,? als\b",
    # French
    "instructions regles consignes directives": (
        r"\b(?:ignore|oublie|neglige|contourne|desobei)\w*\b.{0,20}\b(?:tes|vos|toutes)\b.{0,25}"
        r"(?:instructions|regles|consignes|directives)|\b(?:instructions|regles|consignes) precedentes\b"
    ),
    "maintenant desormais": r"\btu es (?:maintenant|desormais)\b|\ba partir de maintenant,? (?:tu|vous)\b",
    # Spanish
    "instrucc reglas normas directr ordenes": (
        r"\b(?:ignora|olvida|desobedece|omite|haz caso omiso)\w*\b.{0,20}\b(?:tus|sus|todas)\b.{0,25}"
        r"(?:instrucciones|reglas|normas|directrices|ordenes)"
        r"|\b(?:instrucciones|reglas|normas|ordenes) (?:anteriores|previas)\b"
    ),
    "ahora": r"\bahora eres\b|\ba partir de ahora,? (?:eres|seras|debes)\b",
    # Italian
    "istruz regole direttive": (
        r"\b(?:ignora|dimentica|scorda|disobbedisci|aggira)\w*\b.{0,20}\b(?:tue|tutte)\b.{0,25}"
        r"(?:istruzioni|regole|direttive)|\b(?:istruzioni|regole) precedenti\b"
    ),
    "ora": r"\bora sei\b|\bd'ora in poi,? (?:sei|sarai)\b",
    # Portuguese
    "instruc regras diretr ordens": (
        r"\b(?:ignor|esque|desconsider)\w*\b.{0,20}\b(?:suas|tuas|todas)\b.{0,25}"
        r"(?:instrucoes|regras|diretrizes|ordens)|\b(?:instrucoes|regras|ordens) anteriores\b"
    ),
    "agora": r"\bagora (?:voce e|tu es)\b|\ba partir de agora,? (?:voce|tu)\b",
    # Dutch
    "regels instructies richtlijn opdracht": (
        r"\b(?:negeer|vergeet|omzeil)\b.{0,20}\b(?:je|jouw|uw|alle|vorige|eerdere)\b.{0,25}"
        r"(?:regels|instructies|richtlijnen|opdrachten)"
    ),
    "je_bent": r"\bje bent (?:nu|vanaf nu)\b",
    # Polish
    "instrukc zasad regul polecen wytyczn": (
        r"\b(?:zignoruj|ignoruj|zapomnij|pomin)\b.{0,40}(?:instrukcj|zasad|regul|polecen|wytyczn)"
    ),
    "jestes": r"\bjestes teraz\b|\bod teraz jestes\b",
    # Russian, Ukrainian
    "инструкц правил указан промпт огранич інструкц": (
        r"\b(?:игнорируй|проигнорируй|забудь|не следуй|нарушь|обойди|игноруй|ігноруй)\w*\b.{0,40}"
        r"(?:инструкц|правил|указани|промпт|ограничени|інструкц)"
    ),
    "теперь отныне тепер": r"\b(?:теперь ты|отныне ты|тепер ти)\b",
    # Turkish
    "talimat kural yonerge": (
        r"(?:talimat|kural|yonerge)\w*\b.{0,40}\b(?:yok say|gormezden gel|unut|dikkate alma|uyma)"
    ),
    "artik": r"\bartik sen\b",
    # Chinese, Japanese, Korean
    "忽 无 無 忘 绕 繞 遵": (
        r"(?:忽略|无视|無視|忘记|忘記|不要遵守|绕过|繞過|忽視|忽视).{0,20}"
        r"(?:指令|规则|規則|指示|提示|设定|設定|限制|以上|之前的内容)"
    ),
    "你": r"你现在是|你現在是|现在你是|現在你是|从现在起.{0,3}你|從現在起.{0,3}你",
    "無視 忘れ 従 破": r"(?:指示|ルール|規則|命令|プロンプト|制約).{0,20}(?:無視|忘れ|従わない|従うな|破)",
    "あなた": r"今からあなた|これからあなた|あなたは今から",
    "무시 잊 따르지": r"(?:지시|규칙|명령|지침|프롬프트).{0,20}(?:무시|잊|따르지)",
    "너": r"너는 이제|지금부터 너|이제부터 너",
    # Arabic, Hindi
    "تجاهل انس تجاوز": r"(?:تجاهل|انس|تجاوز).{0,40}(?:تعليمات|قواعد|القواعد|أوامر|الأوامر)",
    "أنت": r"أنت الآن",
    "अनदेखा भूल नज़रअंदाज उपेक्षा": r"(?:निर्देश|नियम|आदेश).{0,40}(?:अनदेखा|भूल|नज़रअंदाज|उपेक्षा)",
    "तुम": r"अब तुम",
    # Swedish, Danish, Norwegian, Finnish
    "instru regler regel anvisning ohje saan": (
        r"\b(?:ignorera|ignorer|glöm|glem|bortse från|se bort fra)\b.{0,40}"
        r"(?:instruktion|instruksjon|regler|regel|anvisning)"
        r"|\b(?:unohda|ohita|jätä huomiotta)\b.{0,40}(?:ohje|sään)"
    ),
    "du_ar du_er": r"\bdu (?:är|er) (?:nu|nå)\b",
    # Czech, Slovak, Hungarian, Romanian, Greek
    "pokyn pravid instrukc utasitas szabaly instructiun regul": (
        r"\b(?:ignoruj|zapome|zabudni)\w*\b.{0,40}(?:pokyn|pravid|instrukc)"
        r"|\b(?:hagyd figyelmen kívül|felejtsd el)\b.{0,40}(?:utasítás|szabály)"
        r"|\b(?:ignoră|uită)\b.{0,40}(?:instrucțiun|regul)"
    ),
    "οδηγ κανον εντολ": r"(?:αγνόησε|αγνοήστε|ξέχνα|ξεχάστε).{0,40}(?:οδηγ|κανόν|εντολ)",
    # Vietnamese, Indonesian, Thai
    "huong_dan quy_tac chi_dan instruksi aturan perintah": (
        r"\b(?:bỏ qua|quên|phớt lờ)\b.{0,40}(?:hướng dẫn|quy tắc|chỉ dẫn)"
        r"|\b(?:abaikan|lupakan)\b.{0,40}(?:instruksi|aturan|perintah)"
    ),
    "คำสั่ง กฎ": r"(?:ละเว้น|เพิกเฉย|ลืม|ไม่ต้องสนใจ).{0,30}(?:คำสั่ง|กฎ)",
    # Hebrew, Persian, Urdu, Bengali, Tamil
    "הוראות כללים הנחיות": r"(?:התעלמ?|תתעלמ?|שכח|התעלם|תתעלם).{0,40}(?:הוראות|כללים|הנחיות)",
    "دستور قوانین ہدایات قواعد": (
        r"(?:دستور|قوانین).{0,40}(?:نادیده|فراموش)|(?:ہدایات|قواعد).{0,40}(?:نظر انداز|بھول)"
    ),
    "নির্দেশ নিয়ম": r"(?:নির্দেশ|নিয়ম).{0,40}(?:উপেক্ষা|ভুলে)",
    "வழிமுறை விதி": r"(?:வழிமுறை|விதி).{0,40}(?:புறக்கணி|மற)",
}
"""Each pattern by the words of which one has to be there, so that it need not be tried; ``_`` joins two."""

_WHO_ONE_IS = {
    "du", "tu_so", "maintenant desormais", "ahora", "ora", "agora", "je_bent", "jestes",
    "теперь отныне тепер", "artik", "你", "あなた", "너", "أنت", "तुम", "du_ar du_er",
}  # fmt: skip
"""Rows of the others that say who somebody is, as every character's file does."""


def _rows(orders: Mapping[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return a row for each word: to loop over the words within each pattern takes three times as long."""
    return tuple(
        (one.replace("_", " ") if one != "_" else one, pattern)
        for words, pattern in (
            (fold_freely(words), re.compile(fold_freely(order))) for words, order in orders.items()
        )
        for one in words.split()
    )


_ORDERS = _rows({**_ENGLISH, **_OTHERS})
_RULES_ELSEWHERE = _rows({words: order for words, order in _OTHERS.items() if words not in _WHO_ONE_IS})
_SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget|bypass|override)(?:all|of|the)*(?:all|your|ur|any|previous|prior|above|system)+"
    r"(?:rules|instructions|prompt|guidelines)"
)
_DIGITS_AS_LETTERS = str.maketrans("013457@$!|", "oieastasil")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}")
_NO_LETTER = re.compile(r"[\W\d_]+")
_SPACE = re.compile(r"\s+")


def gives_orders(text: str) -> bool:
    """Whether a text tells its reader to break rules, to be somebody else or to do something technical.

    Letters that look like others, digits in place of letters, letters that are set apart, words from behind
    and Base64 are seen through.
    """
    folded = _SPACE.sub(" ", fold_freely(text))
    as_letters = folded.translate(_DIGITS_AS_LETTERS)
    if _SQUEEZED.search(_NO_LETTER.sub("", as_letters)):
        return True
    forms = dict.fromkeys([folded, as_letters, folded[::-1], *map(_decoded, _BASE64.findall(text))])
    together = "\n".join(forms)
    tried = {pattern: None for word, pattern in _ORDERS if word in together}
    return any(pattern.search(form) for pattern in tried for form in forms)


def sets_rules_aside(text: str) -> bool:
    """Whether a text in another language than English tells its reader to ignore or reveal rules."""
    folded = _SPACE.sub(" ", fold_freely(text))
    return any(word in folded and pattern.search(folded) for word, pattern in _RULES_ELSEWHERE)


def _decoded(letters: str) -> str:
    """Return what letters of Base64 say; of others that is nothing that anybody would read."""
    whole = letters[: len(letters) // 4 * 4]
    return fold_freely(base64.b64decode(whole).decode("utf-8", errors="replace"))
