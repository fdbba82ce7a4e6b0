"""Fields by their names: columns of tables and fields of BibTeX, as databases and screening tools call them.

To read another tool's table, add the names of its columns here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: names of each field, best first, in small letters and digits only. Known from PubMed, Scopus, Web of Science,
#: Embase, Cochrane, Dimensions, Lens, Covidence, Rayyan, ASReview, EPPI-Reviewer, Zotero, EndNote, Mendeley, JabRef.
_NAMES = {
    "title": """
        title articletitle documenttitle primarytitle studytitle papertitle titleenglish englishtitle
        titles ti t1 officialtitle scientifictitle publictitle brieftitle displayname
    """,
    "abstract": """
        abstract abstractnote abstracttext abstractenglish englishabstract notesabstract ab abstracts n2
        summary briefsummary
    """,
    "authors": """
        authors author au authorfullnames authorsfullnames af fau authornames authorlist allauthors a1
        creators creator contributors authorsfullname authorshipsauthordisplayname firstauthor
    """,
    "addresses": """
        affiliations affiliation authoraffiliations authorswithaffiliations addresses c1 ad authoraddress
        authoraddresses institutions
    """,
    "year": """
        year publicationyear publishedyear pubyear py yearpublished yearofpublication publicationdate
        datepublished pubdate date dp y1 da coverdate issued published
    """,
    "journal": """
        journal journaltitle journalname sourcetitle publicationtitle publicationname journalbook
        fulljournaltitle fjournal secondarytitle containertitle t2 jt jf jo periodical booktitle
        journalabbreviation abbreviatedsourcetitle ta so venue pubtitle fulljournal
        primarylocationsourcedisplayname source
    """,
    "volume": "volume vol volumenumber vl vi",
    "issue": "issue issuenumber issueno number num no is ip",
    "pages": "pages page pagerange pagination pagenumbers pp pg",
    "first page": "pagestart startpage firstpage beginningpage sp bp",
    "last page": "pageend endpage lastpage endingpage ep",
    "article number": "artno articlenumber articleno elocationid eid ar",
    "doi": "doi digitalobjectidentifier doiurl doilink do di doinumber",
    "link": """
        url urls link links articleurl sourceurls externalurl ur howpublished fulltextlink embaselink
        plink documenturl
    """,
    "pmid": "pmid pubmedid pubmed pubmednumber pm pmidnumber medlinepmid idspmid",
    "pmcid": "pmcid pmc pmcnumber pubmedcentralid",
    "registration": """
        registration registrationnumber trialregistration trialregistrationnumber nctnumber nctid
        trialid clinicaltrialnumber clinicaltrialnumbers secondaryids mainid
    """,
    "types": """
        documenttype publicationtype publicationtypes itemtype referencetype typeofwork dt articletype
        worktype type doctype doctypes
    """,
    "mesh": """
        meshterms mesh meshheadings meshheading mh indexkeywords keywords keyword authorkeywords
        keywordsplus automatictags de kw emtreeterms meshsubjectheadings keywordheading subjects
        subjectterms emtreemedicalindexterms emtreedrugindexterms
    """,
    "language": "language languages languageoforiginaldocument originallanguage lang langid la articlelanguage",
    "database": """
        database databasename nameofdatabase sourcedatabase remotedatabasename librarycatalog
        databaseprovider db source
    """,
    "notes": "notes note extra annote comments accessionnumber ut utuniquewosid uniqueid accession",
}
NAMES: Mapping[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}


def plain_name(name: str) -> str:
    """`Author(s)` and `AUTHORS` are one name: authors."""
    return "".join(c for c in name.lower() if c.isalnum())


def find_columns(header: Sequence[str]) -> dict[str, list[int]]:
    """Columns of each field that the header names, best first."""
    at: dict[str, list[int]] = {}
    for i, name in enumerate(header):
        at.setdefault(plain_name(name), []).append(i)
    found = {field: [i for name in names for i in at.get(name, ())] for field, names in NAMES.items()}
    return {field: columns for field, columns in found.items() if columns}
