"""Titles in a form in which two databases write them alike: without what databases add or spell otherwise."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

_TAG = re.compile(r"</?(?:i|b|u|em|p|sc|br|strong|bold|italic|su[bp]|inf|span|math|title)\b[^<>]{0,80}>", re.I)
_WORD = re.compile(r"[^\W_]+")
#: ASCII letters and digits as they are, a space for every other sign
_BLANKED = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
#: between two letters; the sign stands first in the pattern because most titles have none
_APOSTROPHE = re.compile(r"['’ʼ`´‘](?<=\w.)(?=\w)")
_ACCENT = re.compile(r"[\u0300-\u036f]")
#: letters that no decomposition takes apart, and Greek letters by their names
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
    | {
        chr(code): " " + unicodedata.name(chr(code)).rsplit(" ", 1)[1].lower().replace("lamda", "lambda") + " "
        for code in range(0x3B1, 0x3CA)
        if code != 0x3C2
    }
)
#: a database's own remark behind the title, in brackets
_REMARK = re.compile(
    r"(?i)\s*[\[(](?:(?:conference|meeting|poster|oral|congress)? ?"
    r"(?:abstracts?|posters?|presentation|proceedings? paper)"
    r"|review|letter|editorial|news|note|comment|article|clinical trial|proceedings|see comments?|letter; ?comment"
    r"|(?:published )?(?:erratum|correction|retraction|comment)s? (?:appears?|in)\b[^\[\]]{0,200}|corrected"
    r"|(?:retracted|withdrawn)(?: (?:article|paper|publication))?(?:[.,:;] ?see\b[^\[\]()]{0,120})?"
    r"|article in [a-z ,]{3,40}|in [a-z]{4,12}|authors?'? transl(?:ation)?"
    r"|english|french|german|spanish|italian|portuguese|russian|chinese|japanese|polish|dutch|turkish|korean)\.?[\])]\s*\.?\s*$"
)
_NUMBERED_ABSTRACT = re.compile(r"(?i)^\W*abstract (?:no\.? ?)?[a-z]{0,4}[-. ]?\d+\w{0,3} ?[:.–-] ?")
_RETRACTED = re.compile(r"(?i)^\W*(?:retracted|withdrawn)(?: (?:article|paper))?\s*[:.\]-]+\s*")
#: Web of Science's way of naming the article that an erratum or a letter belongs to
_ABOUT = re.compile(r"(?i)\s*[\[(](retraction of )?(?:vol\b|v\.? ?\d)[^()\[\]]{0,120}[)\]]\W*$")
#: what a retraction puts before the title of the article, and behind it: `[Journal 100 (2010) 123-128]`
_RETRACTION = re.compile(
    r"(?i)^\W*retraction(?: (?:note|notice|statement))?(?:[ :]{1,2}(?:to|of|for)\b)?[\s:.–—-]{1,4}"
)
_CITED = re.compile(r"\s*\[[^\[\]]{0,150}\d[^\[\]]{0,60}\]\W*$")
_NOTICE = (
    r"errat(?:um|a)|corrigend(?:um|a)|(?:(?:publishers?|authors?) )?corrections?|addendum"
    r"|retraction(?: (?:note|notice))?|expression of concern|comment(?:s|ary)?|in reply"
    r"|(?:(?:the )?authors?'? )?(?:reply|replies|response)|reprint"
)
_BEFORE = re.compile(rf"(?i)^\W*(?:({_NOTICE})(?:\s*[:.–—]|\s+-+\s|\s*$|\s+(?:to|on|of|for)\b)|(re):)")
#: letters at the end of a title that a notice's name may take
_ENDING = 40
_BEHIND = re.compile(rf"(?i)(?:[-:.;–—\[(]|^)\s*({_NOTICE})[\s.\])]*$")
#: "X [Y]": a title and its translation
_TWO = re.compile(r"^(?P<a>[^\[\]=]{15,}?)\s*(?:\[(?P<b>[^\[\]]{15,})\]|\s=\s(?P<c>[^=\[\]]{15,}))\s*\.?\s*$")
_ROMAN = {r: str(n) for n, r in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), 1)}
#: Roman numbers that are no words or letters of their own
_SURELY_ROMAN = {"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"}
_NUMBERED = set(
    "part type phase stage grade class no number vol volume study trial report section chapter series".split()
)
_COUNTED = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_NUMBERS = {
    w: str(n)
    for n, w in enumerate(_COUNTED.split(), 1)
} | {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "first": "1st", "second": "2nd", "third": "3rd",
     "fourth": "4th", "fifth": "5th", "sixth": "6th"}  # fmt: skip
#: words that may be written otherwise; most titles have none
_REWRITTEN = _ROMAN.keys() | _NUMBERS.keys()
#: British and American spellings fall together (tumour, oesophagus, centre, randomised, sulphate, labelled, programme)
_SPELLINGS = (
    ("ae", "e"),
    ("oe", "e"),
    ("our", "or"),
    ("tre", "ter"),
    ("s", "z"),
    ("ph", "f"),
    ("ll", "l"),
    ("mme", "m"),
)


@dataclass(frozen=True, slots=True)
class Title:
    """`text`: letters and digits only, spellings folded; `words`: as they are compared one by one, with spaces."""

    text: str
    words: str
    #: erratum, reply, comment …: what is about another article
    notice: str
    #: printed in brackets: the database's translation
    translated: bool
    #: the other title, where the database gives the original and a translation
    other: str = ""


NO_TITLE = Title("", "", "", False)


def read_title(raw: str | None) -> Title:
    """The title as it is compared. Linear in its length."""
    if not raw:
        return NO_TITLE
    plain = _plain(raw)
    plain, notice = _notice(plain)
    translated = plain.startswith("[") and plain.rstrip(". ").endswith("]")
    two = None if translated or ("[" not in plain and " = " not in plain) else _TWO.match(plain)
    other = ""
    if two is not None:
        plain, other = two["a"], squeezed(words_of(two["b"] or two["c"]))
    words = words_of(plain)
    text = squeezed(words)
    return Title(text, " ".join(words), notice, translated, other)


def words_of(text: str) -> list[str]:
    """Words in lower case without accents; numbers as digits."""
    words = split_words(folded(_APOSTROPHE.sub("", text)))
    if _REWRITTEN.isdisjoint(words):
        return words
    out = []
    before = ""
    for word in words:
        if word in _SURELY_ROMAN or (before in _NUMBERED and word in _ROMAN):
            out.append(_ROMAN[word])
        else:
            out.append(_NUMBERS.get(word, word))
        before = word
    return out


def split_words(text: str) -> list[str]:
    """The runs of letters and digits."""
    return text.translate(_BLANKED).split() if text.isascii() else _WORD.findall(text)


def folded(text: str) -> str:
    """Lower case without accents, Greek letters by name."""
    text = text.lower()
    if text.isascii():
        return text
    return _ACCENT.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS)


def squeezed(words: list[str]) -> str:
    """One string without spaces (health-care, health care, healthcare), British and American spellings as one."""
    text = "".join(words)
    for british, american in _SPELLINGS:
        text = text.replace(british, american)
    return text


def _plain(raw: str) -> str:
    """Without entities, markup and the database's remarks; & as a word."""
    text = html.unescape(html.unescape(raw)).replace(" & ", " and ") if "&" in raw else raw
    text = _TAG.sub("", text) if "<" in text else text
    text = " ".join(text.split())
    shorter = _REMARK.sub("", text) if text.endswith(("]", ")", "].", ").")) else text
    return _behind(_RETRACTED, _behind(_NUMBERED_ABSTRACT, shorter or text)) or text


def _behind(start: re.Pattern[str], text: str) -> str:
    """The text without what matches at its start."""
    found = start.match(text)
    return text if found is None else text[found.end() :]


def article_of(title: str) -> str:
    """The title of the article that a retraction's title names; a title that is none comes back as it is."""
    text = _plain(title)
    return _CITED.sub("", _RETRACTION.sub("", text)) or text


def _notice(text: str) -> tuple[str, str]:
    """The title, and the kind of notice that it says it is ("" for an article)."""
    about = _ABOUT.search(text) if text.rstrip(". ").endswith((")", "]")) else None
    if about:
        text = text[: about.start()] or text
    found = _BEFORE.match(text) or _BEHIND.search(text[-_ENDING:])
    if found is None:
        return text, "" if about is None else "retraction" if about[1] else "erratum"
    return text, _kind(next(g for g in found.groups() if g).lower())


def _kind(word: str) -> str:
    if word.startswith(("errat", "corrigend", "addend")) or "correction" in word:
        return "erratum"
    if "repl" in word or "response" in word:
        return "reply"
    if word.startswith("comment") or word == "re":
        return "comment"
    return word.split()[0]
