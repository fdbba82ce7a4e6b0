"""The page: one HTML text that holds its style, its script and every section."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.compiled import compiled
from pipeline.report.downloads import Told
from pipeline.report.effects import FILTERS as EFFECTS
from pipeline.report.formats import FILTERS, fraction
from pipeline.report.head import head
from pipeline.report.inputs import Inputs
from pipeline.report.links import doi_link, pubmed_link
from pipeline.report.listing import has_page, place_of
from pipeline.report.plain import plain
from pipeline.report.sections import SECTIONS
from pipeline.report.study_pages.names import page_name
from pipeline.report.study_pages.pages import StudyPages
from pipeline.report.words import AUTHORITIES

FOLDER = Path(__file__).parent
_IMPLIED = re.compile("</(?:td|th|tr|li)>")
_ASCII_ALONE = re.compile(r"<bdi>([\t\n -;=-~]*)</bdi>")
SCRIPTS = ("script.js", "plots.js", "tables.js")


def environment() -> Environment:
    """Templates of this folder; every value is escaped and freed of unprintable characters."""
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
        bytecode_cache=compiled(FOLDER, Path(__file__)),
    )
    env.filters.update(FILTERS | EFFECTS)
    env.globals.update(fraction=fraction, doi_link=doi_link, pubmed_link=pubmed_link, authorities=AUTHORITIES)
    return env


def _finalize(value: object) -> object:
    return plain(value) if type(value) is str else value


def render(inputs: Inputs, data_told: Callable[[], Told]) -> str:
    """reports/index.html as text; equal inputs give equal text. What it tells of the data is asked for last."""
    env = environment()
    style = Markup((FOLDER / "style.css").read_text("utf-8"))
    script = Markup("".join((FOLDER / name).read_text("utf-8") for name in SCRIPTS))
    env.globals["page_name"] = lambda study: page_name(study) if has_page(inputs, study) else None
    env.globals["place_of"] = partial(place_of, inputs)
    env.globals["data_told"] = data_told
    sections = [
        (section, Markup(env.get_template(section.template).render(section.data(inputs)))) for section in SECTIONS
    ]
    layout = env.get_template("layout.html.j2")
    page = layout.render(
        head=head(inputs), sections=sections, style=style, script=script, policy=_policy(style, script)
    )
    return lean(page)


def lean(page: str) -> str:
    """The same page in fewer bytes: no end tags that HTML implies, no <bdi> around plain ASCII.

    ASCII cannot turn the direction of what stands beside it. Names are wrapped, and cells ended, thousands of times.
    """
    return _ASCII_ALONE.sub(r"\1", _IMPLIED.sub("", page))


def of_studies(inputs: Inputs) -> StudyPages:
    """The pages for reports/studies/."""
    files = (FOLDER / "style.css", FOLDER / "study_pages" / "study.css")
    style = Markup("".join(path.read_text("utf-8") for path in files))
    policy = f"default-src 'none'; style-src '{_hash(style)}'"
    return StudyPages(inputs, environment(), style, policy)


def _policy(style: str, script: str) -> str:
    """A content security policy under which the page can load nothing, and run nothing but its own script.

    Images may come from the page itself (`data:`): a plot becomes one on its way to a PNG file.
    """
    return f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
