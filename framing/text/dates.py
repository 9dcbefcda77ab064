"""Whether a line is a date and nothing else, in English, French, Spanish or German."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS = _words(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre "
    "januar jänner februar märz maerz juni juli oktober dezember dez okt"
)
_DAYS = _words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles miercoles jueves viernes sábado sabado "
    "domingo montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag"
)
_BETWEEN = _words(
    "am pm a p m h hrs hours uhr the of at on in de del le el la les à a um den der dem den las los y et und and "
    "gmt utc bst est edt cst cdt pst pdt cet cest msk ist pkt wib local time heure hora mid early late"
)
DATE_WORDS = _MONTHS | _DAYS | _BETWEEN
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(\d{1,4})(?:st|nd|rd|th|er|e|º)?|\d{1,2}h\d{0,2}|\d{8}|\d{2}t\d{2}|\d{1,2}z")
_NUMERIC_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([./-])\d{1,2}\2\d{1,2})(?!\d)")


def is_date(text: str) -> bool:
    """Whether a text is one date, with or without the day of the week and the time; a month with its year is none."""
    if len(text) > 80 or not _DIGIT.search(text):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    numbers = [found for word in words if (found := _NUMBER.fullmatch(word))]
    others = {word for word in words if not _NUMBER.fullmatch(word)}
    if not others <= DATE_WORDS:
        return False
    if _NUMERIC_DATE.search(text):
        return True
    # "May 2020" heads a part of a chronicle, "May 3" and "3 May 2020" date a report.
    return bool(others & _MONTHS) and any(len(number.group(1) or "") in (1, 2) for number in numbers)
