"""Lines that say who wrote, supplied, published or photographed: bylines, sign-offs, datelines, picture credits."""

from __future__ import annotations

import re

from framing.text.dates import is_date
from framing.text.lines import ends_sentence

_AGENCIES = frozenset(
    (
        *("afp", "ap", "reuters", "efe", "dpa", "xinhua", "tass", "itar-tass", "anadolu", "ansa", "pti", "ani", "ians"),
        *("app", "upi", "kyodo", "lusa", "yonhap", "bernama", "irna", "sana", "ria", "interfax", "rfe", "rl", "voa"),
        *("bbc", "cnn", "apa", "sda", "ats", "belga", "kna", "nan", "panapress"),
    )
)
_NEWSROOM = frozenset(
    (
        *("news", "agency", "agencies", "press", "media", "times", "post", "daily", "weekly", "herald", "tribune"),
        *("gazette", "journal", "radio", "tv", "television", "network", "desk", "bureau", "correspondent", "reporter"),
        *("correspondents", "reporters", "staff", "writer", "service", "international", "monitoring", "wire", "web"),
        *("online", "editor", "editors", "newspaper", "magazine", "team", "agencia", "agence", "agentur", "redaktion"),
        *("redacción", "rédaction"),
    )
)
_SIGN_OFFS = frozenset(("agence france-presse", "associated press", "staff reporter", "staff writer"))
_LITTLE = frozenset(
    (
        *("and", "for", "in", "with", "to", "the", "of", "from", "at", "by", "special", "our", "own", "an", "al", "el"),
        *("de", "la", "le", "du", "des", "van", "von", "bin", "ibn", "ben", "da", "do", "dos", "di", "y", "et", "und"),
    )
)
_PICTURE = (
    r"(?:(?:file|archive|stock|representational?|representative|symbolic) )?"
    r"(?:photos?|pictures?|pics?|images?|photographs?|illustrations?|graphic|map|foto|bild|imagen|grafik|carte|mapa)"
    r"(?: (?:credits?|courtesy|source))?|(?:photo|image|picture) by|credits?|crédits?(?: photo)?|foto de|photo de"
)
_PICTURE_CREDIT = re.compile(rf"(?:{_PICTURE}) ?[:/|] ?(.+)", re.IGNORECASE)
_NO_CAPTION = re.compile(
    rf"(?:{_PICTURE})(?:\W*|(?: ?:)?(?: used| is| are)?(?: only)? (?:for|as)(?: an?)? (?:illustrat|represent)\w+"
    r"(?: purposes?)?(?: only)?\W*)",
    re.IGNORECASE,
)
_SUPPLIED = re.compile(
    r"(?:(?:additional|with|more) )?(?:reporting|writing|editing|edited|written|compiled|translat(?:ed|ion)|interview"
    r"|inputs|photos?|text|story|words|mis en ligne|propos recueillis|texto|redacción|rédaction)"
    r"(?:,? (?:and )?(?:by|from)| par| por)? ?(?:by|from|par|por|:)\s+(.+)",
    re.IGNORECASE,
)
_ROLES = re.compile(r"\b(?:additional )?(?:reporting|writing|editing|edited|translated) by\b", re.IGNORECASE)
# Two such roles in a row are a sign-off, whatever they call the people.
_TWO_ROLES = re.compile(
    r"(?:additional )?(?:reporting|writing) (?:by|from) [^;]{1,120}; ?"
    r"(?:additional )?(?:reporting|writing|editing) by .{1,120}",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"(?:[Bb]y|[Ff]rom|BY|FROM) (?:our|a|an|the|OUR) (?:[\w’'-]+ ){0,3}"
    r"(?i:correspondents?|reporters?|staff|staffers?|bureaux?|desk|team|newsroom)"
    r"(?:,? (?:in|at) [A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3})?"
)
_SOURCE = re.compile(r"(?:sources?|quellen?|fuentes?|fonte|via) ?: ?(.+)", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?\W*")
_PUBLISHED = re.compile(
    r"(?:(?:first|originally|last|page) )?(?:published|posted|updated|created|modified|uploaded|printed|publié|modifié"
    r"|mis à jour|publicado|actualizado|veröffentlicht|aktualisiert|stand)"
    r"(?: (?:in|on|at|by|le|el|en|am|vom))? ?:? ?(.+)",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:[Bb]y|BY|[Pp]ar|[Pp]or|[Vv]on|Text)(?: ?: ?| )(.+)")
_UPDATED_AT = re.compile(
    r"(?:last )?(?:updated|posted|published)(?: at)?:? ?\d{1,2}[:.h]\d{2}(?: ?[ap]\.?m\.?)?(?: \w{2,4})?", re.IGNORECASE
)
_REPORTS = re.compile(r"(.+) (?:reports|writes)(?: from \w+)?\W*")

_WORD = re.compile(r"[^\W_]")
_NAME_WORD = re.compile(r"[\w.'’@&-]+")
_YEAR = re.compile(r"\d{4}")
_SEGMENTS = re.compile(r",\s|\s[–—-]\s|\.\s|\.$|/(?!\d)")
_NAMES_APART = re.compile(r",|/|\||;|\.\s|\b(?:and|for|in|et|by|und)\b")


def is_credit(line: str) -> bool:
    """Whether a line says who wrote, edited, published or supplied the text, and no more."""
    if _TWO_ROLES.fullmatch(line) or _STAFF.fullmatch(line):
        return True
    if found := _SUPPLIED.fullmatch(line):
        return are_names(_ROLES.sub(" ", found.group(1)), longest=6)
    if found := _SOURCE.fullmatch(line):
        return are_names(found.group(1), longest=5) or _WEB_ADDRESS.fullmatch(found.group(1)) is not None
    if _UPDATED_AT.fullmatch(line):
        return True
    if found := _PUBLISHED.fullmatch(line):
        return _is_published(found.group(1))
    return _is_byline(line)


def is_picture_credit(line: str) -> bool:
    """Whether a line credits a picture, or says that it only illustrates, and does not say what it shows."""
    if _NO_CAPTION.fullmatch(line):
        return True
    found = _PICTURE_CREDIT.fullmatch(line)
    return found is not None and not ends_sentence(line) and are_names(found.group(1), longest=5)


def is_outlet(line: str) -> bool:
    """Whether a line names an agency, a newsroom or a place, with or without the date."""
    segments = [segment for segment in _SEGMENTS.split(line) if _WORD.search(segment)]
    after = _dates_at_the_end(segments)
    before = 0 if after else _dates_at_the_end(segments[::-1])
    names = segments[before : len(segments) - after]
    if not 1 <= len(names) <= 4 or not all(are_names(name, longest=6) for name in names):
        return False
    words = [[word.lower().strip(".'’") for word in _NAME_WORD.findall(name)] for name in names]
    # "Port City, AFP" and "AFP, Port"; more words after an agency's letters may be a headline about its namesake.
    if _AGENCIES.issuperset(words[-1]) and all(len(name) <= 2 for name in words):
        return True
    if _AGENCIES.issuperset(words[0]) and all(len(name) == 1 for name in words):
        return True
    first = words[0]
    if " ".join(first[-2:]) in _SIGN_OFFS or first[-1] in ("desk", "correspondent") or "agency" in first[1:]:
        return True
    # A place or a newsroom with its date heads a report; a few words without one may be a headline.
    newsroom = any(word in _NEWSROOM for name in words for word in name)
    return bool(after or before) and (newsroom or all(len(name) == 1 for name in words))


def are_names(text: str, *, longest: int) -> bool:
    """Whether a text is names, agencies, newsrooms and dates, none of more than ``longest`` words in one go."""
    parts = [part for part in _NAMES_APART.split(text) if _WORD.search(part)]
    if not 1 <= len(parts) <= 10:
        return False
    return all(is_date(part) or _YEAR.fullmatch(part.strip(" .")) or _is_name(part, longest) for part in parts)


def _is_byline(line: str) -> bool:
    if found := _REPORTS.fullmatch(line):
        return 2 <= len(found.group(1).split()) <= 4 and _is_name(found.group(1), 4)
    found = _BYLINE.fullmatch(line)
    return found is not None and not ends_sentence(line) and are_names(found.group(1), longest=4)


def _is_published(rest: str) -> bool:
    """Whether what follows "Published in" or "Posted by" is a date, with or without an outlet or a name."""
    segments = [segment for segment in re.split(r",\s|\son\s|\s[|–—-]\s", rest) if _WORD.search(segment)]
    dated = _dates_at_the_end(segments)
    before = segments[: len(segments) - dated]
    return dated > 0 and all(are_names(name, longest=5) or len(name.split()) == 1 for name in before)


def _dates_at_the_end(segments: list[str]) -> int:
    """Return how many of the last segments make a date together."""
    for number in (3, 2, 1):
        if number <= len(segments) and is_date(" ".join(segments[-number:])):
            return number
    return 0


def _is_name(text: str, longest: int) -> bool:
    words = _NAME_WORD.findall(text)
    if len(words) > longest:
        return False
    capital = [word[:1].isupper() or word[:1] == "@" for word in words]
    return any(capital) and all(
        begins or word.isdecimal() or word.lower() in _LITTLE or word.lower() in _NEWSROOM
        for begins, word in zip(capital, words, strict=True)
    )
