"""Letters that no text and no name may hold, names that look the same, and mail services whose addresses name nobody."""

import re
import unicodedata
from collections.abc import Iterable

#: Characters that a signature cannot cover (control characters, halves of pairs, what is no character), that have no
#: meaning which two readers share (private use), or that let a text be read in another order than it is stored.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    "\U000f0000-\U0010ffff]"
)
#: Letters and marks by their category that are drawn as nothing.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
#: Scripts with capitals that are drawn like Latin ones; a name is written in one of these.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU")

#: Whoever has an address at one of these speaks for nobody but themselves.
MAIL_SERVICES = frozenset(
    """
    163.com 126.com aol.com duck.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com
    hey.com hotmail.com hotmail.co.uk hotmail.fr icloud.com live.com mac.com mail.com mail.ru me.com msn.com naver.com
    orange.fr outlook.com pm.me proton.me protonmail.com qq.com rediffmail.com rocketmail.com t-online.de tuta.com
    tutanota.com web.de yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com
    """.split()
)


def is_unsafe(text: str) -> bool:
    """Tell whether a text of one or more lines holds a character that is never shown, or that no signature covers."""
    return not text.isprintable() and _UNSAFE.search(text) is not None


def plain_name(text: str) -> str:
    """A name as it is kept: in its composed form, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_deceptive(name: str) -> bool:
    """Tell whether a name holds letters that nobody sees, or mixes scripts that are drawn alike."""
    if _UNSEEN.search(name) or any(unicodedata.category(each) in {"Cc", "Cf", "Cn", "Co", "Cs"} for each in name):
        return True
    scripts = {unicodedata.name(each, "").partition(" ")[0] for each in name if each.isalpha()}
    return len(scripts.intersection(_ALIKE)) > 1


def folded(name: str) -> str:
    """What two names share that are read as one: without capitals, letters that nobody sees, and the way of composing."""
    composed = unicodedata.normalize("NFKC", _UNSEEN.sub("", name))
    seen = "".join(each for each in composed if each.isspace() or not unicodedata.category(each).startswith("C"))
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def is_same_name(name: str, others: Iterable[str]) -> bool:
    wanted = folded(name)
    return any(folded(each) == wanted for each in others)


def is_within(domain: str, host: str) -> bool:
    """Tell whether a domain is that of a website, or below it."""
    domain, host = domain.casefold().rstrip("."), host.casefold().rstrip(".").removeprefix("www.")
    return bool(host) and (domain == host or domain.endswith(f".{host}"))


def is_mail_service(domain: str) -> bool:
    return domain.casefold().rstrip(".") in MAIL_SERVICES
