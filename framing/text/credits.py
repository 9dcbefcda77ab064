"""Lines that say who wrote, supplied, published or photographed: bylines, sign-offs, datelines, picture credits."""

from __future__ import annotations

import re

from framing.text.dates import is_date
from framing.text.lines import ends_sentence
from framing.text.patterns import LatePattern, Openings

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
# One of these stands in every outlet's name that is known for one without its date.
_WITHOUT_DATE = frozenset(
    (*_AGENCIES, "desk", "correspondent", "agency", *(sign_off.rpartition(" ")[2] for sign_off in _SIGN_OFFS))
)
_LITTLE = frozenset(
    (
        *("and", "for", "in", "with", "to", "the", "of", "from", "at", "by", "special", "our", "own", "an", "al", "el"),
        *("de", "la", "le", "du", "des", "van", "von", "bin", "ibn", "ben", "da", "do", "dos", "di", "y", "et", "und"),
    )
)
# A word in small letters that is none of these is no part of a name.
NAME_WORDS = _NEWSROOM | _LITTLE
_PARTICLES = frozenset(
    ("al", "el", "de", "la", "le", "du", "des", "van", "von", "bin", "ibn", "ben", "da", "do", "dos", "di", "y")
)
# In capitals they make a heading ("By Any Means") look like a name.
_NEVER_IN_NAMES = frozenset(
    ("any", "all", "no", "our", "your", "his", "her", "their", "its", "this", "that", "every", "some", "other")
)
# A statement of an armed group, too, is headed by its kind and its date.
_DOCUMENTS = frozenset(
    (
        *("statement", "communiqué", "communique", "comunicado", "release", "declaration", "bulletin", "announcement"),
        *("message", "order", "report", "proclamation", "resolution", "decree", "appeal"),
    )
)
_PICTURE = (
    r"(?:(?:file|archive|stock|representational?|representative|symbolic) )?"
    r"(?:photos?|pictures?|pics?|images?|photographs?|illustrations?|graphic|map|foto|bild|imagen|grafik|carte|mapa)"
    r"(?: (?:credits?|courtesy|source))?|(?:photo|image|picture) by|credits?|crédits?(?: photo)?|foto de|photo de"
)
_PICTURE_CREDIT = LatePattern(rf"(?:{_PICTURE}) ?[:/|] ?(.+)", re.IGNORECASE)
_NO_CAPTION = LatePattern(
    rf"(?:{_PICTURE})(?:\W*|(?: ?:)?(?: used| is| are)?(?: only)? (?:for|as)(?: an?)? (?:illustrat|represent)\w+"
    r"(?: purposes?)?(?: only)?\W*)",
    re.IGNORECASE,
)
_SUPPLIED = LatePattern(
    r"(?:(?:(?:additional|with|more) )?(?:reporting|writing|editing|edited|written|compiled|translat(?:ed|ion)|photos?"
    r"|interview|text|story|words|propos recueillis|texto)(?:,? and \w+)? (?:by|par|por)"
    r"|(?:with )?(?:inputs|additional reporting) from|(?:reporting|editing|translation|redacción|rédaction) ?:)\s+(.+)",
    re.IGNORECASE,
)
_ROLES = re.compile(r"\b(?:additional )?(?:reporting|writing|editing|edited|translated) by\b", re.IGNORECASE)
# Two such roles in a row are a sign-off, whatever they call the people.
_TWO_ROLES = LatePattern(
    r"(?:additional )?(?:reporting|writing) (?:by|from) [^;]{1,120}; ?"
    r"(?:additional )?(?:reporting|writing|editing) by .{1,120}",
    re.IGNORECASE,
)
_STAFF = LatePattern(
    r"(?:[Bb]y|[Ff]rom|BY|FROM) (?i:(?:our|an?|the) (?:[\w’'-]+ ){0,3}(?:correspondents?|reporters?|newsroom)"
    r"|our (?:(?:own|city|local|news|web|foreign) )?(?:staff|team|desk|bureau))"
    r"(?:,? (?:in|at) [A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3})?"
)
_ROLE = LatePattern(
    r"(?:(?:web )?editors?|authors?|reporters?|writers?|translators?|photographers?) ?: ?(.+)", re.IGNORECASE
)
_STAMP = re.compile(r"[ ,|]+\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?\Z")
_SOURCE = LatePattern(r"(?:source|quelle|fuente|fonte|via) ?: ?(.+)", re.IGNORECASE)
_WEB_ADDRESS = LatePattern(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?\W*")
_PUBLISHED = LatePattern(
    r"(?:(?:first|originally|last|page) )?(?:published|posted|updated|created|modified|uploaded|printed|publié|modifié"
    r"|mis à jour|publicado|actualizado|veröffentlicht|aktualisiert|stand)"
    r"(?: (?:in|on|at|by|le|el|en|am|vom))? ?:? ?(.+)",
    re.IGNORECASE,
)
_BYLINE = LatePattern(r"(?:[Bb]y|BY|[Pp]ar|[Pp]or|[Vv]on)(?: ?: ?| )(.+)")
_INITIAL = re.compile(r"\b([A-Z])\.\s")
_UPDATED_AT = LatePattern(
    r"(?:last )?(?:updated|posted|published)(?: at)?:? ?\d{1,2}[:.h]\d{2}(?: ?[ap]\.?m\.?)?(?: \w{2,4})?", re.IGNORECASE
)
_REPORTS = LatePattern(r"(.+) (?:reports|writes)(?: from \w+)?\.?")
# How the lines begin that the patterns above match, those of pictures and those of people.
_PICTURE_OPENINGS = Openings(
    (
        *("archive ", "bild", "carte", "credit", "crédit", "file ", "foto", "graphic", "grafik", "illustra", "image"),
        *("map", "photo", "pic", "represen", "stock ", "symbolic"),
    )
)
_OPENINGS = Openings(
    (
        *("actualiz", "addition", "aktualis", "author", "by ", "by:", "compiled", "created", "edit", "first ", "fonte"),
        *(
            "from a ",
            "from an ",
            "from our",
            "from the",
            "fuente",
            "inputs f",
            "intervie",
            "last ",
            "mis à jo",
            "modifi",
        ),
        *("more com", "more edi", "more int", "more pho", "more pro", "more rep", "more sto", "more tex", "more tra"),
        *("more wor", "more wri", "original", "page ", "par ", "par:", "photo", "por ", "por:", "posted", "printed"),
        *("propos r", "publi", "quelle", "redacci", "report", "rédact", "source", "stand", "story ", "story,", "text"),
        *("translat", "updated", "uploaded", "veröffen", "via ", "via:", "von ", "von:", "web edit", "with com"),
        *("with edi", "with inp", "with int", "with pho", "with pro", "with rep", "with sto", "with tex", "with tra"),
        *("with add", "with wor", "with wri", "words ", "words,", "writ"),
    )
)

_WORD = re.compile(r"[^\W_]")
_NAME_WORD = re.compile(r"[\w.'’@&-]+")
_YEAR = re.compile(r"\d{4}")
_FIGURE = re.compile(r"\d")
_SEGMENTS = re.compile(r",\s|\s[–—-]\s|\.\s|\.$|/(?!\d)")
_NAMES_APART = re.compile(r",|/|\||;|\.\s|\b(?:and|AND|for|in|et|by|und)\b")


def is_credit(line: str) -> bool:
    """Whether a line says who wrote, edited, published or supplied the text, and no more."""
    return _is_credit_by_its_opening(line) if _OPENINGS.fit(line) else _is_report(line)


def _is_credit_by_its_opening(line: str) -> bool:
    if _TWO_ROLES.fullmatch(line) or _STAFF.fullmatch(line) or _UPDATED_AT.fullmatch(line):
        return True
    if found := _SUPPLIED.fullmatch(line):
        return are_names(_ROLES.sub(" ", found.group(1)), longest=6)
    if found := _SOURCE.fullmatch(line):
        source = _STAMP.sub("", found.group(1))
        return _are_outlets(source) or _WEB_ADDRESS.fullmatch(source) is not None
    if found := _ROLE.fullmatch(line):
        return not ends_sentence(line) and are_names(found.group(1), longest=3)
    if found := _PUBLISHED.fullmatch(line):
        return _is_published(found.group(1))
    return _is_byline(line)


def is_picture_credit(line: str) -> bool:
    """Whether a line credits a picture, or says that it only illustrates, and does not say what it shows."""
    if not _PICTURE_OPENINGS.fit(line):
        return False
    if _NO_CAPTION.fullmatch(line):
        return True
    found = _PICTURE_CREDIT.fullmatch(line)
    return found is not None and not ends_sentence(line) and are_names(found.group(1), longest=5)


def is_outlet(line: str) -> bool:
    """Whether a line names an agency, a newsroom or a place, with or without the date."""
    # Without a figure there is no date.
    known = _FIGURE.search(line) is not None or not _WITHOUT_DATE.isdisjoint(_small_words(line))
    return known and _is_outlet(line)


def _is_outlet(line: str) -> bool:
    segments = [segment for segment in _SEGMENTS.split(line) if _WORD.search(segment)]
    after = _dates_at_the_end(segments)
    before = 0 if after else _dates_at_the_end(segments[::-1])
    names = segments[before : len(segments) - after]
    if not 1 <= len(names) <= 4 or not all(are_names(name, longest=6) for name in names):
        return False
    words = [_small_words(name) for name in names]
    # "Port City, AFP" and "AFP, Port"; more words after an agency's letters may be a headline about its namesake.
    longest = max(map(len, words))
    if (longest <= 2 and _AGENCIES.issuperset(words[-1])) or (longest == 1 and _AGENCIES.issuperset(words[0])):
        return True
    first = words[0]
    desk = " ".join(first[-2:]) in _SIGN_OFFS or first[-1] in ("desk", "correspondent")
    if desk or ("agency" in first[1:] and not {"news", "press"}.isdisjoint(first)):
        return True
    # A place or a newsroom with its date heads a report; a few words without one may be a headline.
    if not (after or before) or any(not _DOCUMENTS.isdisjoint(name) for name in words):
        return False
    return all(len(name) == 1 or name[0] in _NEWSROOM or name[-1] in _NEWSROOM for name in words)


def _small_words(text: str) -> list[str]:
    return [word.lower().strip(".'’") for word in _NAME_WORD.findall(text)]


def are_names(text: str, *, longest: int) -> bool:
    """Whether a text is names, agencies, newsrooms and dates, none of more than ``longest`` words in one go."""
    parts = [part for part in _NAMES_APART.split(text) if _WORD.search(part)]
    if not 1 <= len(parts) <= 10:
        return False
    return all(is_date(part) or _YEAR.fullmatch(part.strip(" .")) or _is_name(part, longest) for part in parts)


def _is_report(line: str) -> bool:
    """Whether a line says that somebody reports, and no more."""
    if "reports" not in line and "writes" not in line:
        return False
    found = _REPORTS.fullmatch(line)
    return found is not None and _is_person(found.group(1))


def _is_byline(line: str) -> bool:
    if found := _REPORTS.fullmatch(line):
        return _is_person(found.group(1))
    found = _BYLINE.fullmatch(line)
    if found is None or ends_sentence(line):
        return False
    names = _INITIAL.sub(r"\1 ", found.group(1))
    if not are_names(names, longest=4):
        return False
    # "By Land and Sea" heads a part of a story: one word is a name only beside a date, or where it is an agency's.
    first, *others = (part for part in _NAMES_APART.split(names) if _WORD.search(part))
    agency = _AGENCIES.issuperset(first.lower().split())
    return agency or _is_person(first) or any(is_date(part) for part in [names, *others])


def _is_person(text: str) -> bool:
    """Whether a text is two to four words in capitals, a surname's particles among them."""
    words = _NAME_WORD.findall(text)
    names = [word for word in words if word.lower() not in _PARTICLES]
    capitals = all(name[:1].isupper() for name in names)
    return len(names) >= 2 and len(words) <= 4 and capitals and _NEVER_IN_NAMES.isdisjoint(map(str.lower, names))


def _are_outlets(text: str) -> bool:
    """Whether a text names agencies and newsrooms, or a name of one word, and perhaps a date."""
    if not are_names(text, longest=4):
        return False
    names = [_NAME_WORD.findall(part.lower()) for part in _NAMES_APART.split(text) if not is_date(part)]
    return all(len(set(name) - _LITTLE) <= 1 or not _NEWSROOM.isdisjoint(name) for name in names)


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
        begins or word.isdecimal() or word.lower() in NAME_WORDS for begins, word in zip(capital, words, strict=True)
    )
