"""Notes that a page prints round its stories: links, advertisements, share bars, calls to subscribe and to comment."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LINK = "|".join(
    (
        r"also read|read also|read more|read next|read the full \w+|see also|see more|watch also",
        r"more on this(?: \w+)?|more on the same \w+|also on this \w+|more from (?:this|the) \w+",
        r"most (?:read|popular|viewed)|up next|latest news|don['’]t miss|editors?['’]s? picks?",
        r"(?:further|related) reading|recommended(?: for you| stories| reading)?",
        r"related(?: (?:articles?|links?|stor(?:y|ies)|news|posts?|coverage|content|topics?))?",
        r"you (?:may|might) also (?:like|be interested in)",
        r"(?:à )?lire aussi|lire la suite|voir aussi|sur le même (?:sujet|thème)|articles? liés?|à découvrir",
        r"lea? también|leer (?:más|también)|ver también|(?:te|le) puede interesar|siga leyendo",
        r"(?:noticias?|notas?|artículos?) relacionad[ao]s?|leia (?:também|mais)|veja também",
        r"mehr zum thema|mehr dazu|lesen sie auch|auch interessant|das könnte sie auch interessieren",
        r"weiterlesen|siehe auch",
    )
)
_ADVERTISEMENT = r"advertisements?|advertising|sponsored(?: content)?|anzeige|werbung|publicité|publicidad|anuncio"
_PLACES = r"twitter|facebook|instagram|x|telegram|whatsapp|youtube|google news"

_AT_THE_START = (
    # Links to other pages: with a colon whatever follows, else alone.
    rf"(?:{_LINK})(?:\W*$| ?[:|])",
    rf"(?:{_ADVERTISEMENT})(?:\W*$|\W+(?:the )?(?:text|story|article) continues\b)",
    r"(?:the )?(?:text|story|article) continues (?:below|after)\b",
    # Whose it is.
    r"(?:©|\(?c\) ?\d{4}|tous droits réservés|alle rechte|todos los derechos)",
    r"copyright\b(?=.*(?:\d{4}|©|\(c\)|reserved|by ))",
    r"(?:disclaimer\b|(?:the )?(?:views|opinions) expressed (?:in|by|here|are))",
    # Subscriptions, letters, channels.
    r"(?:please )?(?:subscribe|sign up|register)(?: now| today| here| free)?\W*$",
    r"(?:please )?(?:subscribe|sign up|register) (?:to|for) (?:our|my|free|daily|weekly|breaking|continue)\b",
    r"(?:please )?(?:subscribe|sign up|register)\b.*\b(?:newsletter|inbox|alerts)\b",
    r"(?:log|sign) ?in(?:\W*$| (?:to|with|or)\b)|already (?:a|have an?) (?:subscriber|member|account)",
    r"this (?:article|content|story) is (?:reserved|available|only) (?:\w+ )?(?:for|to) (?:\w+ )?subscribers",
    r"(?:get|receive|have|mailing list|newsletter)\b.*\b(?:inbox|newsletters?|your (?:browser|phone))\b",
    r"(?:follow|like|find|connect with|join) us\b",
    r"(?:follow|like|join) our (?:\w+ ){0,2}(?:channel|page|group|newsletter|telegram|whatsapp)\b",
    rf"follow (?:@\w+|[\w ]{{1,40}} on (?:{_PLACES}))\b",
    r"(?:download|get) (?:our|the) (?:\w+ ){0,2}app\b|support (?:our|independent) journalism\b",
    r"suivez[- ]nous|abonnez[- ]vous|inscrivez[- ]vous|s'abonner|newsletter\W*$",
    r"síguenos|síganos|suscríbe[ts]e|folgen sie uns|abonnieren sie",
    # The reader's part.
    r"(?:tags?|filed under|filed in|topics?|categor(?:y|ies)|keywords?|posted in|labels?|sections?) ?:",
    r"(?:mots[- ]clés?|étiquettes?|etiquetas?|palabras clave|schlagw(?:ort|orte|örter)) ?:",
    r"(?:commenting (?:has|is)|comments (?:are|have been)) \b|(?:\d+|no|one) comments?\b.{0,40}$",
    r"laisser un commentaire|deja un comentario|kommentar (?:schreiben|hinterlassen)",
    r"(?:skip|jump) to (?:\w+ )?(?:content|navigation)|toggle navigation|back to top|load more",
    r"(?:show (?:more|less)|view all|click here|short url|menu|search|home|loading|attachments?)\W*$",
    r"home ?[»>›/|](?: ?[\w&]+(?: [\w&]+)? ?(?:[»>›/|]|$)){1,6}$",
    # The page's age, and how long it takes.
    r"(?:\w+[- ]?){1,2}min(?:ute)?s?[- ]read\W*$|(?:page )?last (?:updated|changed|modified|revised)\b.{0,60}$",
)
_ANYWHERE = (
    r"\brights reserved\b|\btous droits réservés\b|\balle rechte vorbehalten\b|\bderechos reservados\b",
    r"\b(?:uses?|accept|using|our|manage) (?:\w+ ){0,2}cookies\b|\bcookies? (?:policy|settings|preferences)\b",
    r"\butilis\w+ (?:\w+ ){0,2}cookies\b|\butiliza(?:mos)? cookies\b|\bverwende[tn] (?:\w+ ){0,2}cookies\b",
    r"\b(?:visit|go to|join|subscribe to) our (?:\w+ )?(?:channel|page|website|newsletter)\W*$",
    r"\b(?:leave|post|write|add) a (?:comment|reply)\b|\brequired fields are marked\b",
    r"\be-?mail (?:address )?(?:will not be|won['’]t be|is not|stays) (?:shown|published|private)\b",
    r"\byou(?: have|['’]ve) (?:read|reached|used|viewed) .{0,60}\b(?:free|limit)\b",
    r"\bfree (?:articles?|stories) (?:left|remaining)\b",
    r"\balready an? (?:subscriber|member)\b|\bnot (?:yet )?a subscriber\b",
    r"[.!?] (?:sign up|subscribe) (?:here )?(?:to (?:receive|get|read)|from|for (?:our|free))\b[^.!?]{0,60}[.!?]?$",
    r"\bletters to the editor (?:may|can|should|must|are|will)\b",
    r"\b(?:may|can|must|cannot) (?:not )?be (?:reproduced|reprinted|republished|redistributed)\b",
    r"\bthis (?:article|story|page) is (?:more than |over )?\w+ (?:months?|years?) old\b",
)
_START = re.compile("|".join(f"(?:{pattern})" for pattern in _AT_THE_START), re.IGNORECASE)
_WITHIN = re.compile("|".join(f"(?:{pattern})" for pattern in _ANYWHERE), re.IGNORECASE)
# One of these stands in every text that the patterns above can find anywhere; a plain look-up is quicker than they are.
_WITHIN_NEEDS = (
    "reserv",
    "cookie",
    "réserv",
    "vorbehalten",
    " our ",
    "comment",
    "reply",
    "required",
    "mail",
    " old",
    "you",
    "free",
    "subscri",
    "sign up",
    "letters",
    "produced",
    "printed",
    "published",
    "distributed",
)

_SHARE = frozenset(
    (
        *("share", "tweet", "facebook", "twitter", "whatsapp", "telegram", "email", "print", "pinterest", "linkedin"),
        *("reddit", "instagram", "youtube", "rss", "bookmark", "tiktok", "bluesky", "vimeo", "viber", "messenger"),
        *("flipboard", "partager", "imprimer", "compartir", "imprimir", "teilen", "drucken"),
    )
)
_BESIDE_SHARE = frozenset(
    (
        *("x", "e", "mail", "copy", "link", "save", "listen", "comment", "comments", "like", "pin", "post", "follow"),
        *("us", "on", "this", "page", "article", "story", "via", "to", "by", "click", "opens", "in", "new", "window"),
        *("a", "the", "more", "and", "or", "my", "details", "next", "mobile", "friend", "threads", "menu", "of", "for"),
        *("with", "sur", "par", "en", "mit", "auf", "cet", "ce", "artikel", "url", "mastodon", "short", "no", "your"),
        *("sms", "send", "it", "font", "size", "later", "read", "reading", "list"),
    )
)


def is_page_note(line: str) -> bool:
    """Whether a short line is such a note; it comes without the brackets and dashes round it."""
    if _START.match(line):
        return True
    lowered = line.lower()
    return any(need in lowered for need in _WITHIN_NEEDS) and _WITHIN.search(line) is not None


def is_share_bar(words: Iterable[str]) -> bool:
    """Whether words are the labels of a share bar and no others."""
    lowered = {word.lower() for word in words if not word.isdecimal()}
    return not lowered.isdisjoint(_SHARE) and lowered <= _SHARE | _BESIDE_SHARE
