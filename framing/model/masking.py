"""Names of persons, places and groups, found by their capitals alone and put out of sight.

A name is a run of capitalised words within a sentence, with the particles between them. At the start of a sentence,
where every word has a capital, a word is a name when another capital follows, when it stands capitalised within a
sentence elsewhere in the text, when it has capitals or figures beyond its first letter, or is a genitive. The word
lists below are general English; no name stands in them.

What is masked: adjectives of nationality and names of peoples, since they tell the place as well as its name does, and
named bodies ('United Nations', 'NATO'). What is not: days and months; titles and offices, also before a name; bodies
that every state has ('Ministry of Defence', 'Parliament'); beliefs standing alone ('Muslim', 'Islamist'); the article
of a name ('the Taliban'). Where capitals tell nothing, in a text all in capitals or a heading with a capital on every
word, nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# One word for the tokeniser, without a capital so that it is not found again.
NAME_SIGN = "maskedname"


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUNCTION_WORDS = _listed("""
    a about above according across after afterwards again against ago all almost along already also although
    altogether always am amid amidst among amongst an and another any anyone anything apart are aren around as aside
    at away back be because been before behind being below beneath beside besides between beyond both but by can
    cannot clearly couldn could despite did didn do does doesn doing don done dozens down due during each earlier
    early either else elsewhere especially even eventually ever every everybody everyone everything except few fewer
    finally first following for former formerly from further furthermore generally had hardly has hasn have haven
    having he hence her here hers herself him himself his how however hundreds i if in indeed initially inside
    instead into is isn it its itself just last late lately later least less let like likewise long many may maybe
    me meanwhile might mine more moreover most mostly much must my myself near nearby nearly neither never
    nevertheless next no nobody none nonetheless nor not nothing notwithstanding now nowadays nowhere of off often
    on once only onto opposite or other others otherwise our ours out outside over overall own past per perhaps
    please previously quite rather read recently regarding reportedly right same scores second several shall she
    should shortly similarly simply since so some somebody someone something sometimes somewhere soon still
    subsequently such suddenly than thanks that the their theirs them themselves then there thereafter therefore
    these they third this those though thousands through throughout thus till to today together tomorrow tonight too
    toward towards twice under underneath unless unlike until up upon us usually very via was wasn we well were
    weren what whatever when whenever where whereas wherever whether which whichever while who whoever whom whose
    why will with within without won would wouldn yes yesterday yet you your yours zero one two three four five six
    seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty
    forty fifty sixty seventy eighty ninety hundred thousand million billion analysis breaking comment editor
    editorial explainer file interview map opinion photo update video watch dear hello thank
""")
_DATES = _listed("""
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
    sundays january february march april may june july august september october november december jan feb mar apr
    jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun gmt utc am pm bst est edt cet
    christmas easter ramadan eid spring summer autumn winter
""")
_ABBREVIATED = _listed("""
    mr mrs ms dr gen lt col maj capt sgt brig adm cmdr sen rep gov prof rev hon supt insp pvt cpl fr st mt ft no vs
    pres min
""")
_TITLES = _listed("""
    mr mrs ms miss sir madam lord lady dame dr prof professor rev reverend father sister brother bishop archbishop
    cardinal pope imam mufti mullah maulana mawlana sheikh sheik shaikh ayatollah emir amir sultan king queen prince
    princess emperor chief chiefs president presidents vice-president vice prime premier minister ministers
    chancellor secretary secretaries undersecretary governor governors mayor mayors senator senators representative
    deputy congressman congresswoman ambassador ambassadors envoy commissioner commissioners inspector
    superintendent constable officer general generals gen lieutenant lt colonel colonels col major maj captain capt
    sergeant sgt corporal cpl private pvt brigadier brig admiral adm marshal commander commanders cmdr comandante
    commandant comrade chairman chairwoman chairperson chair director spokesman spokeswoman spokesperson
    spokespersons leader judge justice attorney prosecutor magistrate collector sen rep gov hon supt insp mp mps pm
    ceo excellency honourable doctor member members
""")
# Bodies and words of state that tell no state from another, and beliefs: a run of nothing else is no name.
_COMMON = _listed("""
    army armies navy air force forces armed police gendarmerie military security defence defense interior home
    foreign affairs ministry ministries department office bureau agency intelligence government governments cabinet
    parliament parliamentary senate house assembly council councils congress court courts supreme high
    constitutional constitution criminal state states federal national provincial district province republic union
    embassy consulate command headquarters base staff state-run special operation operations act bill law section
    article resolution charter north south east west northern southern eastern western northeast northwest southeast
    southwest north-east north-west south-east south-west god almighty lord allah prophet quran koran bible islam
    islamic islamist islamists jihad jihadi jihadist jihadists muslim muslims christian christians christianity
    catholic catholics protestant protestants jew jews jewish hindu hindus buddhist buddhists sunni sunnis shia
    shias marxist marxists communist communists communism socialist socialists internet earth ied ieds rpg rpgs ak
    tv fm sms gps uav uavs ngo ngos idp idps id gdp usd hiv aids covid covid-19 sim cctv dna vip vips suv suvs tnt
    rs vat faq pdf url ok
""")
_BODIES = _listed("""
    agency alliance army assembly association bank board brigade brigades bureau centre center coalition command
    commission committee confederation conference congress council court department emirate federation force forces
    front government group house institute kingdom league ministry mission movement network office organisation
    organization party republic revolutionary society state states union university
""")
_PARTICLES = _listed("""
    of de del della da do dos das di du des la las le les los el al ul ud ur bin ibn bint ben ould ag van von der
    den ter e i y wa
""")
_ARTICLES = _listed("al el ad an ar as ash at az ul d l")
_PREFIXES = _listed("""
    anti pro non ex co pre post mid self multi inter cross counter sub trans semi neo ultra then
""")
_NEVER_IN_A_NAME = _FUNCTION_WORDS | _DATES | _TITLES
_WORD = re.compile(r"[^\W\d_](?:\.[^\W\d_]){1,8}\b|\w+(?:[’'\-‑]\w+)*")
_SEAM = re.compile(r"[’'\-‑]")
_CONTRACTED = re.compile(r"[’'](?:s|m|re|ve|ll|d|t)$", re.IGNORECASE)
_ROMAN = re.compile(r"[IVXL]+")
# After these a capital may be that of a sentence, a quotation, an entry; a quotation mark before a blank closes one.
_OPENING = re.compile(r"[.!?…:|•*\n—–]|\s-+\s|[\"“”„«»‹›‘][(\[]*$|(?:^|\s)'[(\[]*$")
_GENITIVE = ("'s", "’s")
# Before a genitive at the start of a sentence a single noun that is no name would have an article.
_PLURAL = _listed("children men women people police")


class _Word(NamedTuple):
    """A word, and within it what its capitals mark: 'Kabul' in 'Kabul-based' and 'pro-Kabul'; '' without capitals."""

    start: int
    end: int
    core: str
    core_start: int
    core_end: int
    key: str
    initial: bool
    joined: bool
    genitive: bool


def mask_names(texts: Sequence[str]) -> list[str]:
    """Put one sign, a word for the tokeniser, in the place of each name; each text is looked at by itself."""
    return [_masked(text) for text in texts]


def names(text: str) -> list[tuple[int, int]]:
    """Find the names of a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of (int, int)
        The start and end of each, in order and apart from each other. Articles, titles and a genitive's ending are
        left out.
    """
    words = list(_words(text))
    if _capitals_tell_nothing(text, words):
        return []
    runs = list(_runs(words, text))
    # Particles do not count: a name takes them along, and what it leaves must be judged as before.
    in_lower_case = {text[word.start : word.end] for word in words if not word.core} - _PARTICLES
    elsewhere = {
        word.key for run in runs for word in run if not word.initial and _own(word) and word.key not in in_lower_case
    }
    found = []
    for run in runs:
        kept = run
        if run[0].initial and not _is_name_at_start(run, elsewhere, in_lower_case):
            kept = run[1:]
        if any(map(_own, kept)) and (len(kept) > 1 or kept[0].key not in in_lower_case):
            found.append((kept[0].core_start, kept[-1].core_end))
    return found


def _masked(text: str) -> str:
    parts, end = [], 0
    for start, stop in names(text):
        parts += [text[end:start], NAME_SIGN]
        end = stop
    return "".join([*parts, text[end:]])


def _words(text: str) -> Iterator[_Word]:
    end, before = 0, ""
    for match in _WORD.finditer(text):
        word, (start, stop) = match.group(), match.span()
        gap = text[end:start]
        core_start, core_end = (0, 0) if word.islower() else _core(word)
        core = word[core_start:core_end]
        initial, joined = False, True
        if gap != " " or not before:
            # The dot of 'Gen.' or of an initial ends no sentence.
            shortened = gap[:1] == "." and gap[1:].isspace() and (len(before) == 1 or before.lower() in _ABBREVIATED)
            initial = core_start == 0 and (not before or (not shortened and _OPENING.search(gap) is not None))
            joined = (gap.isspace() or shortened) and "\n" not in gap
        genitive = word.endswith(_GENITIVE)
        yield _Word(start, stop, core, start + core_start, start + core_end, core.lower(), initial, joined, genitive)
        end, before = stop, word


def _core(word: str) -> tuple[int, int]:
    """Find the part of a word from its first to its last capitalised piece, an article such as 'al-' included."""
    contracted = _CONTRACTED.search(word)
    pieces, start = [], 0
    for seam in [*_SEAM.finditer(word, 0, contracted.start() if contracted else len(word)), None]:
        end = seam.start() if seam else (contracted.start() if contracted else len(word))
        pieces.append((start, end))
        start = end + 1
    capitalised = [
        place
        for place, (start, end) in enumerate(pieces)
        if word[start].isupper() and not (len(pieces) > 1 and word[start:end].lower() in _PREFIXES)
    ]
    if not capitalised:
        return 0, 0
    first, last = capitalised[0], capitalised[-1]
    if first > 0 and word[slice(*pieces[first - 1])] in _ARTICLES:
        first -= 1
    while last + 1 < len(pieces) and word[pieces[last][1]] in "’'":
        last += 1
    return pieces[first][0], pieces[last][1]


def _capitals_tell_nothing(text: str, words: Sequence[_Word]) -> bool:
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    if capitals > small:
        return True
    long_words = [word for word in words if word.end - word.start > 3]
    if len(long_words) < 4 or not all(word.core for word in long_words) or text.rstrip().endswith("."):
        return False
    # A list of persons has commas too, but no 'That' and 'With'.
    return "," not in text or any(word.key in _FUNCTION_WORDS and not word.initial for word in words if word.core)


def _runs(words: Sequence[_Word], text: str) -> Iterator[list[_Word]]:
    place = 0
    while place < len(words):
        if not _nameable(words[place]):
            place += 1
            continue
        run = [words[place]]
        following = _following(words, place, text)
        while following is not None:
            place = following
            run.append(words[place])
            following = _following(words, place, text)
        yield run
        place += 1


def _following(words: Sequence[_Word], place: int, text: str) -> int | None:
    """Return the place of the word that goes on with the name, over two particles at most."""
    word = words[place]
    if word.core_end != word.end:
        return None
    between: list[str] = []
    for later in range(place + 1, min(place + 4, len(words))):
        following = words[later]
        if not following.joined:
            return None
        if _nameable(following):
            # At the start of a sentence only a body has its 'of': 'Dozens of', 'Bank of'.
            loose = word.initial and between and between[0] in ("of", "for") and word.key not in _BODIES
            return None if loose or following.core_start != following.start else later
        written = text[following.start : following.end]
        of_a_body = written == "for" and word.key in _BODIES
        article = written == "the" and between and between[-1] in ("of", "for")
        if not (written in _PARTICLES or of_a_body or article):
            return None
        between.append(written)
    return None


def _nameable(word: _Word) -> bool:
    if not word.core:
        return False
    # 'US' is none of the function words, 'US-led' neither; 'Vice-President' is a title as a whole.
    if word.key == "us" and word.core.isupper():
        return True
    return word.key not in _NEVER_IN_A_NAME and _SEAM.split(word.key)[-1] not in _TITLES | _DATES


def _own(word: _Word) -> bool:
    """Whether a word can make a name, rather than only stand in one."""
    return len(word.core) > 1 and word.key not in _COMMON and _ROMAN.fullmatch(word.core) is None


def _is_name_at_start(run: Sequence[_Word], elsewhere: set[str], in_lower_case: set[str]) -> bool:
    first = run[0]
    if first.key in elsewhere:
        return True
    if first.key in in_lower_case:
        return False
    if any(sign.isupper() or sign.isdigit() for sign in first.core[1:]):
        return True
    if first.genitive:
        return first.key not in _COMMON | _PLURAL
    return len(run) > 1 and (first.key not in _COMMON or first.key in _BODIES)
