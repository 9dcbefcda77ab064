"""Notes that a page prints round its stories: links, advertisements, share bars, calls to subscribe and to comment.

A story, too, may begin with "Follow us" or "No comment", and a paragraph wrongly taken for a note is lost. So either
the whole line is the note, or the words that only a web page has ("newsletter", "cookies") stand in the place they
have there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from framing.text.lines import ends_sentence
from framing.text.patterns import LatePattern, Openings, has_odd_letters, holds_any

_PLACES = r"(?:twitter|facebook|instagram|x|telegram|whatsapp|youtube|tiktok|google news)"
_ON_PLACES = rf"(?:on|sur|en|auf) {_PLACES}(?:(?:,| and| or|, and| et| y| und) {_PLACES}){{0,5}}"
_PRINTED_AGAIN = r"(?:reproduced|reprinted|republished|redistributed)"
_THESE_WORDS = r"\b(?:this (?:article|story|report|material|content|text)|extracts(?: from this \w+)?)"
_SUBJECT = r"(?:story|stories|subject|topic|issue|news)"
_NUMBERS = ("a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# With a colon whatever follows is the title of another page.
_LINK = "|".join(
    (
        r"also read|read also|read more|read next|see also|watch also|most read|(?:further|related) reading",
        rf"(?:more|also) on (?:this|the same) {_SUBJECT}|more on this",
        r"you (?:may|might) also (?:like|be interested in)",
        r"related(?: (?:articles?|links?|stor(?:y|ies)|news|posts?|coverage|content|topics?))?",
        r"(?:à )?lire aussi|lire la suite|voir aussi|sur le même (?:sujet|thème)|articles? liés?",
        r"lea? también|leer (?:más|también)|ver también|(?:te|le) puede interesar",
        r"(?:noticias?|notas?|artículos?) relacionad[ao]s?|leia (?:também|mais)|veja também",
        r"mehr zum thema|lesen sie auch|das könnte sie auch interessieren",
    )
)
_WHOLE = (
    _LINK,
    r"see more|more news|most (?:popular|viewed)|up next|latest news|don['’]t miss|editors?['’]s? picks?",
    r"recommended(?: for you| stories| reading)?|siga leyendo|weiterlesen|siehe auch|à découvrir",
    r"read the full (?:story|article)(?: here)?",
    (
        r"(?:advertisements?|advertising|sponsored(?: content)?|anzeige|werbung|publicité|publicidad|anuncio)"
        r"(?:\W+(?:the )?(?:text|story|article) continues below)?"
    ),
    r"(?:the )?(?:text|story|article) continues (?:below|after)(?: (?:this|the) (?:ad|advert|advertisement))?",
    # Accounts, letters, channels.
    r"(?:please )?(?:subscribe|sign up)(?: now| today| here| for free)?|follow us",
    r"(?:please )?(?:subscribe|sign up|register) (?:to|for) (?:our|the|my) (?:[\w-]+ ){0,3}newsletters?(?: \w+)?",
    r"(?:log|sign) ?in(?: or (?:register|subscribe|sign up|join))?",
    r"(?:log|sign) ?in (?:to (?:comment|reply|post|read|continue)|with (?:google|facebook|apple))\b[\w ]{0,30}",
    rf"(?:please )?(?:follow|like|find|join|connect with) us {_ON_PLACES}|follow (?:@\w+|[\w ]{{1,40}} {_ON_PLACES})",
    (
        r"(?:for [\w ]{1,40}, )?(?:please )?(?:visit|go to|join|follow|like|subscribe to) our (?:[\w-]+ ){0,2}"
        rf"(?:channel|page|website|newsletter)(?: {_ON_PLACES})?"
    ),
    r"(?:download|get) (?:our|the) (?:\w+ ){0,2}app(?: (?:now|today|here))?|support (?:our|independent) journalism",
    rf"suivez[- ]nous(?: {_ON_PLACES})?|abonnez[- ]vous(?: à (?:notre|la) newsletter)?|s['’]abonner|newsletters?",
    rf"inscrivez[- ]vous à (?:notre|la) newsletter|(?:síguenos|síganos)(?: {_ON_PLACES})?|suscríb(?:ete|ase)",
    rf"folgen sie uns(?: {_ON_PLACES})?|abonnieren sie (?:unseren|den) newsletter",
    r"create an?(?: free)? account|sign up for a new account(?: in our community)?\W+it['’]s easy|now reading",
    # The reader's part.
    r"(?:show|hide|view|read|see)(?: all)? comments|link to comment|share on other sites|recommended posts",
    r"press [\"“”'‘’]?enter[\"“”'‘’]? to skip to content|top stories|editor['’]?s['’]? choice",
    # An address and no word beside it.
    r"(?:https?://|www\.)\S{1,250}",
    (
        r"(?:comments|commenting) (?:are|is|have been|has been)(?: now)? (?:closed|disabled|(?:turned|switched) off)"
        r"(?: (?:on|for) this (?:article|story|post|entry))?"
    ),
    r"(?:\d{1,5}|no) comments(?: yet| so far)?|(?:1|one) comment(?: so far)?",
    r"(?:leave|post|write|add) a (?:comment|reply)|cancel reply",
    r"laisser un commentaire|deja un comentario|kommentar (?:schreiben|hinterlassen)",
    r"(?:skip|jump) to (?:(?:main|the) )?(?:content|navigation)|toggle navigation|back to top|load more",
    r"show (?:more|less)|view all|click here|short url|menu|home ?[»>›](?: ?[\w&]+(?: [\w&]+)? ?(?:[»>›]|$)){1,6}",
    rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})[ -]?min(?:ute)?s?[ -]read",
    r"this (?:article|page|post) is (?:more than |over )?\w+ (?:months?|years?) old",
)
_AT_THE_START = (
    rf"(?:{_LINK}) ?[:|]",
    r"©|copyright ?:? ?(?:©|\(c\)|(?:19|20)\d\d\b)",
    (
        r"(?:disclaimer ?: )?(?:the )?(?:views|opinions)(?: and opinions)? expressed"
        r" (?:in this (?:article|column|piece|post)|here|by the (?:author|writer)s?|are those of)\b"
        r".{0,80}\b(?:authors?|writers?|reflect|represent|own)\b"
    ),
    r"this (?:article|content|story) is (?:reserved|available|only) (?:\w+ )?(?:for|to) (?:\w+ )?subscribers",
    r"(?:get|receive) [^,.]{1,80} (?:in|to|into) your (?:e-?mail )?inbox\b",
)
# Each with what stands, in small letters, in every text that it finds something in: to look that up is quicker.
_ANYWHERE = (
    (
        ("reserv", "réserv", "vorbehalten"),
        (
            r"\ball rights reserved\W*$|\btous droits réservés\b|\balle rechte vorbehalten\b",
            r"\btodos los derechos reservados\b",
        ),
    ),
    (
        ("cooki",),
        (
            r"\b(?:we|our site|this (?:web ?)?site) uses? (?:\w+ ){0,2}cookies\b",
            r"\bcookies? (?:policy|settings|preferences)\b|\b(?:accept|manage) (?:all )?cookies\b",
            r"\b(?:nous utilisons|ce site utilise) (?:\w+ ){0,2}cookies\b",
            r"\b(?:utilizamos|este sitio (?:web )?utiliza) cookies\b|\bverwende[tn] (?:\w+ )?cookies\b",
        ),
    ),
    (("your e",), (r"\byour e-?mail (?:address )?(?:will not be|won['’]t be) (?:shown|published|shared)\b",)),
    (("are marked",), (r"\brequired fields are marked\b",)),
    (
        ("free ", "limit"),
        (
            r"\byou(?: have|['’]ve) (?:read|reached|used|viewed) (?:[\w’']+ ){0,6}free (?:articles?|stories|reads)\b",
            r"\byou(?: have|['’]ve) (?:read|reached|used|viewed) (?:[\w’']+ ){0,6}(?:article|reading|monthly) limit\b",
            r"\bfree (?:articles?|stories) (?:left|remaining)\b",
        ),
    ),
    (
        ("?",),
        (
            r"\balready (?:a |an |have an )(?:subscriber|member|account)\? (?:log|sign) ?in\b",
            r"\bnot (?:yet )?a subscriber\?",
        ),
    ),
    (("sign up",), (r"\bletter\b[^.!?]{0,60}[.!?] sign up (?:here )?to (?:receive|get) it\W*$",)),
    (
        ("letters to the editor",),
        (r"\bletters to the editor (?:may|can|should|must) be (?:sent|left|addressed|short|signed|e-?mailed)\b",),
    ),
    # Who may print what again, and how; "may be" alone is anybody's word.
    (
        ("be re",),
        (
            rf"{_THESE_WORDS} (?:(?:may|must) not|cannot|may only) be {_PRINTED_AGAIN}\b",
            rf"{_THESE_WORDS} may be {_PRINTED_AGAIN} (?:with|if|provided)\b",
            rf"\bno part of this \w+ (?:may|can) be {_PRINTED_AGAIN}\b",
        ),
    ),
)
_FULL = LatePattern(rf"(?:{'|'.join(_WHOLE)})\W*", re.IGNORECASE)
_START = LatePattern("|".join(_AT_THE_START), re.IGNORECASE)
_WITHIN = tuple((needs, LatePattern("|".join(patterns), re.IGNORECASE)) for needs, patterns in _ANYWHERE)
_NEEDS = tuple(need for needs, _ in _ANYWHERE for need in needs)
# One of these, too, stands in small letters in every text that is such a note.
_NEEDS_BEHIND_ODD_LETTERS = (
    *("reserv", "réserv", "vorbehalten", "cookie", "required", "mail", "you", "free", "already", "subscri", "sign up"),
    *("letters", "produced", "printed", "published", "distributed"),
)
_TAGS = LatePattern(
    r"(?:tags?|filed under|posted in|keywords?|mots[- ]clés|étiquettes|etiquetas|palabras clave|schlagwörter) ?:(.+)",
    re.IGNORECASE,
)
# How the lines begin that those patterns match which hold for a line from its start.
_OPENINGS = Openings(
    (
        *("abonn", "add a ", "advert", "also on ", "also rea", "anuncio", "anzeige", "articl", "artícul", "back to "),
        *("cancel ", "click ", "comment", "connect ", "copyrig", "create a", "das könn", "deja un ", "disclaim"),
        *("don't mi", "don’t mi", "download", "editor", "etiquet", "filed un", "find us ", "folgen s", "follow "),
        *(
            "for ",
            "further ",
            "get ",
            "go to ou",
            "hide ",
            "home",
            "http",
            "inscriv",
            "join our",
            "join us ",
            "jump to ",
        ),
        *(
            "keyword",
            "komment",
            "laisser ",
            "latest n",
            "le puede",
            "le tamb",
            "lea tamb",
            "leave a ",
            "leer ",
            "leia ",
        ),
        *("lesen si", "like our", "like us ", "link to ", "lire ", "load mor", "log in", "login", "mehr zum", "menu"),
        *("more new", "more on ", "most pop", "most rea", "most vie", "mots clé", "mots-clé", "newslet", "no comme"),
        *(
            "nota",
            "noticia",
            "now read",
            "one comm",
            "opinions",
            "palabras",
            "please ",
            "post a ",
            "posted i",
            "press ",
        ),
        *("publici", "read ", "receive ", "recommen", "register", "related", "s'abonn", "s’abonn", "schlagw"),
        *("see ", "share on", "short ur", "show ", "siehe au", "siga ley", "sign in", "sign up", "signin", "skip to "),
        *("sponsor", "story co", "subscri", "suivez", "support ", "sur le m", "suscríb", "sígan", "síguen", "tag :"),
        *(
            "tag:",
            "tags :",
            "tags:",
            "te puede",
            "text con",
            "the arti",
            "the opin",
            "the stor",
            "the text",
            "the view",
        ),
        *("this art", "this con", "this pag", "this pos", "this sto", "toggle ", "top stor", "up next", "veja tam"),
        *("ver tamb", "view ", "views ", "visit ou", "voir aus", "watch al", "weiterl", "werbung", "write a ", "www."),
        *("you may ", "you migh", "©", "à découv", "à lire a", "étiquet"),
        *(f"{number}{gap}min"[:8] for number in _NUMBERS for gap in ("", " ", "-")),
    ),
    figures=True,
)
_LONGEST_TAG = 4


def _labels(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SITES = _labels(
    "facebook twitter whatsapp telegram email pinterest linkedin reddit instagram youtube rss tiktok bluesky vimeo "
    "viber messenger flipboard"
)
_SHARING = _labels("share tweet print bookmark email partager imprimer compartir imprimir teilen drucken")
_BESIDE = _labels("x e mail copy link save listen comment comments like pin post follow subscribe")
_BESIDE_SHARING = _labels(
    "us on this page article story via to by click opens in new window a the more and or for later your friend friends "
    "threads url mastodon sms send font size sur par en mit auf cet ce artikel"
)
_NAMES_OF_BUTTONS = _SITES | _SHARING | _BESIDE
SHARE_BAR_WORDS = _NAMES_OF_BUTTONS | _BESIDE_SHARING


def is_page_note(line: str) -> bool:
    """Whether a short line is such a note; it comes without the brackets and dashes round it."""
    if _OPENINGS.fit(line):
        if _FULL.fullmatch(line) or _START.match(line):
            return True
        if tags := _TAGS.fullmatch(line):
            return not ends_sentence(line) and all(len(tag.split()) <= _LONGEST_TAG for tag in tags[1].split(","))
    lowered = line.lower()
    odd = has_odd_letters(lowered)
    if not holds_any(lowered, _NEEDS_BEHIND_ODD_LETTERS if odd else _NEEDS):
        return False
    return any((odd or holds_any(lowered, needs)) and pattern.search(line) for needs, pattern in _WITHIN)


def is_share_bar(words: Sequence[str]) -> bool:
    """Whether words are the labels of a share bar: they ask to share, or are the names of sites and buttons alone."""
    labels = [word.lower() for word in words if not word.isdecimal()]
    if not (_SITES | _SHARING).intersection(labels):
        return False
    asks = labels[0] in _SHARING or labels[:3] == ["click", "to", "share"] or labels[:2] == ["follow", "us"]
    return _NAMES_OF_BUTTONS.issuperset(labels) or (asks and SHARE_BAR_WORDS.issuperset(labels))
