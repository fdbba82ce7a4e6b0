"""Which format is it? One small question per reader, asked of a file's first bytes."""

from __future__ import annotations

import re

from pipeline.parse import table_header
from pipeline.parse.document import Document

_XLSX = re.compile(rb"PK\x03\x04[\s\S]{26}xl/")
_MEDLINE = re.compile(r"(?m)^PMID- *\d+")
_NO_PMID = re.compile(r"(?m)^(?:OWN |STAT)- (?:[^\n]*\n){1,40}TI  - ")
_RIS = re.compile(r"(?m)^[ \t]{0,3}(?i:TY)(?:  -| {1,3}-(?:[ \t]|$))")
_OVID = re.compile(r"(?m)^<\d{1,9}\. ?>[ \t]*\n[A-Z][A-Z0-9]  - ")
_COCHRANE = re.compile(r"(?m)^Record #\d{1,9} of \d{1,9}[ \t]*\n{1,2}ID: ")
_ENDNOTE = re.compile(r"(?m)^%0 [A-Z][A-Za-z ]+\n%[A-Z0-9@] ")
_WEB_OF_SCIENCE = re.compile(r"(?m)^PT [A-Z]\s*\n(?:[A-Z][A-Z0-9] |   )")
_BIBTEX = re.compile(
    r"(?m)(?:^|\})[ \t]{0,8}@[A-Za-z]{2,30}\s{0,4}[{(]\s{0,40}[^\s,{}=\"#]{0,200}\s{0,4},\s{0,40}"
    r"[A-Za-z][\w-]{0,60}\s{0,20}="
)
_LISTING = re.compile(r"(?mi)^authors?(?:\(s\))?\s*:\s*(?:[\xa0 \t]*$|.*◽)")
_ARTICLE = re.compile(r"<(?:\w+:)?article[\s>]")
#: a numbered paragraph at the very start, or below a short head, that has the year of a citation
_PUBMED_TEXT = re.compile(
    r"(?:[\s\S]{0,600}?(?:\n|\r)[ \t]*(?:\r\n|\n|\r))??\s{0,9}"
    r"\d{1,7}(?:\.\s[^.]{1,200}|:\s(?:\S+\s{1,2}){1,150}?\S*)\.\s(?:1[89]|20)\d\d\b"
)
_PMID_LINE = re.compile(r"(?:^|[\r\n]|\. +)PMID:\s+\d{1,9}\b")
_PUBMED_XML = re.compile(r"<Pubmed(?:Book)?Article(?:Set)?[\s/>]")
_HTML = re.compile(
    r"(?i)(?:\s|<\?[^>]{0,200}>|<!--(?:(?!-->)[\s\S]){0,2000}-->)*+<(?:!doctype\s+html\b|(?:html|head|body)[\s>])"
)
_WEB_ARCHIVE = re.compile(r"(?im)^content-type:\s*multipart/related")
_ENDNOTE_XML = re.compile(r"<records>\s*(?:<record[\s>]|</records>)")
_EUROPE_PMC = re.compile(r"<responseWrapper[\s>]")
_TRIAL_REGISTER = re.compile(r'"protocolSection"\s{0,9}:\s{0,9}\{')
_OPENALEX = re.compile(r'"id"\s{0,9}:\s{0,9}"https://openalex\.org/W\d')
_CROSSREF = re.compile(r'"DOI"\s{0,9}:\s{0,9}"10\.\d')
_OTHER_MARKUP = re.compile(r"\s*(?:<[!?a-zA-Z]|@\w+\s*\{|[\[{]\s*[\"{])")


def is_pdf(document: Document) -> bool:
    return b"%PDF-" in document.head[:1024]


def is_html(document: Document) -> bool:
    """A saved page, or a web archive of one."""
    text = document.head_text
    if "multipart/related" in text[:4_000].lower():
        return document.looks_like_text and bool(_WEB_ARCHIVE.search(text[:4_000]))
    return bool(_HTML.match(text))


def is_jats(document: Document) -> bool:
    text = document.head_text
    article = _ARTICLE.search(text) if text[:1_000].lstrip().startswith("<") else None
    return article is not None and text.find("<PubmedArticle", 0, article.start()) < 0


def is_pubmed_xml(document: Document) -> bool:
    text = document.head_text
    return text.lstrip().startswith("<") and bool(_PUBMED_XML.search(text))


def is_openalex(document: Document) -> bool:
    text = document.head_text
    return text.lstrip().startswith(("{", "[")) and bool(_OPENALEX.search(text))


def is_crossref(document: Document) -> bool:
    text = document.head_text
    return text.lstrip().startswith(("{", "[")) and bool(_CROSSREF.search(text))


def is_trial_register(document: Document) -> bool:
    text = document.head_text
    return text.lstrip().startswith(("{", "[")) and bool(_TRIAL_REGISTER.search(text))


def is_endnote_xml(document: Document) -> bool:
    text = document.head_text
    return text.lstrip().startswith("<") and bool(_ENDNOTE_XML.search(text))


def is_europepmc_xml(document: Document) -> bool:
    text = document.head_text
    return text[:1_000].lstrip().startswith("<") and bool(_EUROPE_PMC.search(text[:1_000]))


def _line_feeds(document: Document) -> str:
    """The first characters with every line end as a line feed."""
    return document.head_text.replace("\r\n", "\n").replace("\r", "\n")


def is_medline(document: Document) -> bool:
    text = _line_feeds(document)
    return document.looks_like_text and bool(_MEDLINE.search(text) or _NO_PMID.search(text))


def is_ris(document: Document) -> bool:
    known = (_RIS, _WEB_OF_SCIENCE, _OVID, _COCHRANE, _ENDNOTE)
    text = _line_feeds(document)
    return document.looks_like_text and any(pattern.search(text) for pattern in known)


def is_pubmed_text(document: Document) -> bool:
    """Numbered records in paragraphs: the first paragraphs have one, and there is a PMID."""
    text = document.head_text
    return document.looks_like_text and bool(_PMID_LINE.search(text) and _PUBMED_TEXT.match(text))


def is_xlsx(document: Document) -> bool:
    return _XLSX.search(document.head) is not None


def is_csv(document: Document) -> bool:
    """A table whose first rows name the columns of a title or an abstract, and others that are known."""
    return document.looks_like_text and table_header.is_table(document.head_text)


def is_bibtex(document: Document) -> bool:
    return document.looks_like_text and bool(_BIBTEX.search(document.head_text))


def is_listing(document: Document) -> bool:
    return document.looks_like_text and bool(_LISTING.search(document.head_text.replace("\r", "\n")))


def is_plain(document: Document) -> bool:
    """Prose: text with words, and not the start of some other known kind of file."""
    text = document.head_text
    if not document.looks_like_text or _OTHER_MARKUP.match(text) or document.suffix in {".csv", ".tsv", ".bib"}:
        return False
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= 5 and not _is_grid(text)


def _is_grid(text: str) -> bool:
    """Lines that all have the same number (two or more) of tabs or semicolons: a table."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return len(lines) > 2 and any(min(line.count(mark) for line in lines) >= 2 for mark in "\t;")
