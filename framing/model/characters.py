"""What the running interpreter takes characters for: of words or not, and how they are lower-cased.

Interpreters differ, as the tables of Unicode grow. So nothing is listed here: the interpreter is asked, a page of
characters at a time, when one of the page is met.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

Kinds = NDArray[np.uint8]
CodePoints = NDArray[np.int32]

# What a character is, as bits. CHANGED: lower() gives one other character, the same wherever it stands; RESIZED: and
# it has another number of bytes in UTF-8. ODD: lower() gives several, or what it gives depends on the characters around
# it, so that only lower() of the whole text tells.
ASKED, WORD, UPPER, LOWER, DIGIT, CHANGED, ODD, RESIZED = (1 << bit for bit in range(8))

N_CODE_POINTS = 0x110000
N_ASCII = 0x80
PAGE = 0x100
BLANK = 0x20

_find_word_characters = re.compile(r"\w").finditer


class Characters:
    """Kinds of characters, learnt as they are met.

    Attributes
    ----------
    kinds : ndarray of uint8, shape (0x110000,)
        Of each code point, as bits; 0 where it was not met yet.
    lowered : ndarray of int32, shape (0x110000,)
        What `lower` makes of those that are `CHANGED`; 0 where they were not met yet.
    lower_ascii : bytes, length 256
        A table for `bytes.translate`: ASCII letters in lower case, and blanks in the place of what is of no word.
    blank_ascii : bytes, length 256
        The same, but letters stay as they are.
    """

    def __init__(self) -> None:
        # Zeros that are never looked at take no memory.
        self.kinds: Kinds = np.zeros(N_CODE_POINTS, np.uint8)
        self.lowered: CodePoints = np.zeros(N_CODE_POINTS, np.int32)
        self._ask(0)
        of_words = [bool(kind & WORD) for kind in self.kinds[:N_ASCII].tolist()]
        beyond = bytes(range(N_ASCII, 0x100))
        letters = bytes(code if of_word else BLANK for code, of_word in enumerate(of_words))
        self.blank_ascii = letters + beyond
        self.lower_ascii = letters.lower() + beyond

    def of(self, code_points: CodePoints) -> Kinds:
        """Tell the kind of each character.

        Parameters
        ----------
        code_points : ndarray of int32, shape (n,)

        Returns
        -------
        ndarray of uint8, shape (n,)
        """
        kinds = self.kinds.take(code_points)
        if kinds.all():
            return kinds
        for page in set((code_points[kinds == 0] // PAGE).tolist()):
            self._ask(page)
        return self.kinds.take(code_points)

    def _ask(self, page: int) -> None:
        codes = range(page * PAGE, (page + 1) * PAGE)
        characters = [chr(code) for code in codes]
        kinds = np.full(PAGE, ASKED, np.uint8)
        for bit, question in ((UPPER, str.isupper), (LOWER, str.islower), (DIGIT, str.isdigit)):
            kinds += np.uint8(bit) * np.fromiter(map(question, characters), np.bool_, PAGE)
        kinds[[match.start() for match in _find_word_characters("".join(characters))]] += np.uint8(WORD)
        for place, (code, character) in enumerate(zip(codes, characters, strict=True)):
            if character.lower() == character:
                continue
            if (lowered := _lowered(character)) is None:
                kinds[place] += np.uint8(ODD)
            else:
                same_size = len(lowered.encode()) == len(character.encode())
                kinds[place] += np.uint8(CHANGED if same_size else CHANGED + RESIZED)
                self.lowered[code] = ord(lowered)
        # Whoever looks at the same time finds the page whole, or not there yet.
        self.kinds[page * PAGE : (page + 1) * PAGE] = kinds


def _lowered(character: str) -> str | None:
    """Give what lower() makes of a character beside any others; None where that depends on them, or is several."""
    lowered = character.lower()
    if len(lowered) > 1:
        return None
    # What lower() looks at is whether there are letters before and after.
    among = (f"a{character}", f"{character}a", f"a{character}a", f"a{character}.", f".{character}a")
    return lowered if all(text.lower() == text.replace(character, lowered) for text in among) else None
