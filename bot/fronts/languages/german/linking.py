"""Accounts of the same person: linking them, what they share, and parting them."""

from collections.abc import Mapping

LINKING: Mapping[str, str] = {
    "Linked": "Verbunden",
    "{accounts}; the allowance is shared": "{accounts}; das Kontingent ist gemeinsam",
    "{accounts}; allowance and memory are shared": "{accounts}; Kontingent und Erinnerung sind gemeinsam",
    "{accounts}; the allowance is shared, and memory where remembering is on": (
        "{accounts}; das Kontingent ist gemeinsam, und die Erinnerung dort, wo das Erinnern an ist"
    ),
    "Link another account": "Weiteres Konto verbinden",
    "Your code is {code}: give it to “account link” at your other account, within ten minutes.": (
        "Dein Code ist {code}: Gib ihn innerhalb von zehn Minuten deinem anderen Konto, bei „account link“."
    ),
    "The code is good once.": "Der Code gilt einmal.",
    "Give it to nobody: whoever writes it is taken for you.": (
        "Gib ihn niemandem: Wer ihn schreibt, wird für dich gehalten."
    ),
    "A code has eight letters and digits, such as ABCD-EFGH: /account link makes one.": (
        "Ein Code hat acht Buchstaben und Ziffern, etwa ABCD-EFGH: /account link macht einen."
    ),
    "That code is not good. A code is good once and for ten minutes; /account link makes a new one.": (
        "Dieser Code gilt nicht. Ein Code gilt einmal und zehn Minuten lang; /account link macht einen neuen."
    ),
    "You wrote too many wrong codes. Try again in ten minutes.": (
        "Du hast zu viele falsche Codes geschrieben. Versuch es in zehn Minuten noch einmal."
    ),
    "That is your own code: write it at your other account.": (
        "Das ist dein eigener Code: Schreib ihn von deinem anderen Konto aus."
    ),
    "These accounts are linked already. /account shows them.": (
        "Diese Konten sind schon verbunden. /account zeigt sie."
    ),
    "At most {n} accounts can be linked. /account unlink takes one away.": (
        "Höchstens {n} Konten lassen sich verbinden. /account unlink nimmt eins heraus."
    ),
    "Is this you?": "Bist du das?",
    "This code is from {accounts}.": "Dieser Code kommt von {accounts}.",
    "Linked accounts have one allowance, and each can ring the other's phone.": (
        "Verbundene Konten haben ein gemeinsames Kontingent, und jedes kann das Telefon des anderen "
        "klingeln lassen."
    ),
    "Shall they share memory as well?": "Sollen sie auch die Erinnerung teilen?",
    "What you said there becomes known to characters you call here, and the other way round.": (
        "Was du dort gesagt hast, erfahren auch Figuren, die du hier anrufst, und umgekehrt."
    ),
    "What you choose holds for all linked accounts.": "Was du wählst, gilt für alle verbundenen Konten.",
    "Share the allowance only": "Nur das Kontingent teilen",
    "Share memory both ways": "Erinnerung gegenseitig teilen",
    "Don't link": "Nicht verbinden",
    "Linked with {accounts}.": "Verbunden mit {accounts}.",
    "You have one allowance, and memory is shared.": (
        "Das Kontingent ist gemeinsam, und die Erinnerung wird geteilt."
    ),
    "You have one allowance, and memory is not shared.": (
        "Das Kontingent ist gemeinsam, die Erinnerung wird nicht geteilt."
    ),
    "Your account was linked with {accounts}.": "Dein Konto wurde verbunden mit {accounts}.",
    "If that was not you, unlink it.": "Wenn du das nicht warst, trenne es.",
    "Share memory": "Erinnerung teilen",
    "Stop sharing memory": "Erinnerung nicht mehr teilen",
    "Share memory with {accounts}?": "Erinnerung teilen mit {accounts}?",
    "Write /account share on, or /account share off.": "Schreib /account share on oder /account share off.",
    "Memory is shared with {accounts}.": "Die Erinnerung wird geteilt mit {accounts}.",
    "Memory is not shared any more: each account has its own again.": (
        "Die Erinnerung wird nicht mehr geteilt: Jedes Konto hat wieder seine eigene."
    ),
    "No other account of yours is linked. /account link makes a code that links one.": (
        "Es ist kein anderes Konto von dir verbunden. /account link macht einen Code, der eins verbindet."
    ),
    "That account is not linked. /account shows which are.": (
        "Dieses Konto ist nicht verbunden. /account zeigt, welche es sind."
    ),
    "Which account shall be unlinked?": "Welches Konto soll getrennt werden?",
    "Unlink": "Trennen",
    "Unlink …": "Trennen …",
    "Unlink {accounts}": "{accounts} trennen",
    "Unlink {accounts}?": "{accounts} trennen?",
    "Unlink this account": "Dieses Konto trennen",
    "Unlink this account?": "Dieses Konto trennen?",
    "Stay linked": "Verbunden bleiben",
    (
        "Each account keeps what was said there, what was brought and added there, and the phone that was "
        "verified there."
    ): (
        "Jedes Konto behält, was dort gesagt, mitgebracht und ergänzt wurde, und das Telefon, das dort "
        "bestätigt wurde."
    ),
    "Nothing is lost, and each has its own allowance again.": (
        "Nichts geht verloren, und jedes hat wieder sein eigenes Kontingent."
    ),
    "What was to ring the other's phone will not ring.": (
        "Was am Telefon des anderen klingeln sollte, klingelt nicht."
    ),
    "Unlinked. This account has its own memory and allowance again.": (
        "Getrennt. Dieses Konto hat wieder eine eigene Erinnerung und ein eigenes Kontingent."
    ),
    "Unlinked. {accounts} has its own memory and allowance again, and so have you.": (
        "Getrennt. {accounts} hat wieder eine eigene Erinnerung und ein eigenes Kontingent, und du auch."
    ),
}
