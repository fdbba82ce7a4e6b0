"""Lines of web pages and journal pages that are no part of an article: buttons, running heads, page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: whole lines that web pages print around an article
_BUTTONS = re.compile(
    r"""(?ix) ^(?:
      sign[ ]in(?:[ ](?:/|or|to)[ ].{0,60})? | sign[ ]up | log[ ]?in(?:[ ](?:/|or|to)[ ].{0,40})? | register
    | create[ ](?:an[ ]|free[ ])?account | (?:close|open)[ ]modal | close | menu | search(?:[ ]results)?
    | (?:export|download|get|copy|cite)[ ]citations?(?:[ ]format)? | citation[ ]format | cite(?:[ ]this(?:[ ]\w+)?)?
    | share(?:[ ](?:document|article|icon|this(?:[ ]\w+)?))? | save | print | e-?mail | twitter | facebook | linkedin
    | (?:download|view|open|full[ -]?text)[ ](?:pdf|article|full[ ]text|large|as|in) | pdf | full[ ]text(?:[ ]links)?
    | this[ ]feature[ ]is[ ]available[ ]to[ ]subscribers[ ]only.* | skip[ ](?:to|nav).{0,40} | advertisement
    | get[ ](?:permissions?|access|alerts?) | permissions | request[ ]permissions? | view[ ]metrics | metrics
    | google[ ]scholar | crossref | (?:view|find|search)[ ](?:on|in|for)[ ].{0,30}(?:pubmed|scholar).{0,20}
    | (?:accept|manage|reject)[ ](?:all[ ])?cookies.* | (?:we|this[ ](?:web)?site)[ ]uses?[ ]cookies.*
    | (?:previous|next)[ ](?:article|document|page|issue) | back[ ]to[ ]top | related[ ](?:documents?|articles?)
    | conflict[ ]of[ ]interest[ ]statement | similar[ ]articles | references?[ ]\(\d+\) | top[ ]keywords
    )[ \t.:|>»]*$"""
)
#: whole lines that publishers print on each page
_PAGE_LINES = re.compile(
    r"(?i)^(?:downloaded from\b.*|from\s+(?:www|bloodjournal)\..*|for personal use only.*"
    r"|(?:page\s+)?\d+\s+(?:of|/)\s+\d+|page\s+\d+|(?:©|\(c\)|copyright ©?)\s*\d{4}\b.{0,80}|all rights reserved\.?)$"
)
_CRUMB = re.compile(r"[A-Za-z&/-]{1,4}$")
#: a run of so many crumbs, half of them of one or two letters, is turned text of a figure
_CRUMBS = 6


def is_furniture(line: str) -> bool:
    """Is the whole line (stripped) part of the page and not of the article?"""
    return len(line) < 200 and bool(_BUTTONS.match(line) or _PAGE_LINES.match(line))


def crumbs(lines: Sequence[str]) -> set[int]:
    """Indexes of the lines that are bits of turned or scattered figure text: runs of very short scraps of words."""
    found: set[int] = set()
    run: list[int] = []
    for i, line in enumerate([*lines, ""]):
        if _CRUMB.match(line):
            run.append(i)
            continue
        if len(run) >= _CRUMBS and sum(len(lines[k]) <= 2 for k in run) * 2 >= len(run):
            found.update(run)
        run = []
    return found
