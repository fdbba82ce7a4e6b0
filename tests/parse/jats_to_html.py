"""Writes JATS articles as pages like those of journal sites: with menus, banners, scripts and other people's prose."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html import escape

LINE = {"italic": "em", "bold": "strong", "sup": "sup", "sub": "sub", "underline": "u", "sc": "span"}
BLOCK = {
    "p": "p",
    "list-item": "li",
    "disp-quote": "blockquote",
    "def-list": "div",
    "def-item": "div",
    "boxed-text": "div",
}
NOISE = "Our menu has 99 of 99 dishes that everybody liked a lot, so come and eat with us today."
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} | Site</title>
<meta name="citation_title" content="{title}"><script>var x = "<p>{noise}</p>";</script><style>p{{}}</style></head>
<body><div class="cookie-consent"><p>{noise}</p></div><nav><ul><li><a href="/">Home</a></li></ul><p>{noise}</p></nav>
<div id="wrapper"><{main}><h1>{title}</h1><div class="authors"><a href="#a1">A Person</a></div>{body}
<{box} class="references"><h2>References</h2><ol><li>{noise}</li></ol></{box}></{main}>
<aside><h3>Related articles</h3><p>{noise}</p></aside></div><footer><p>{noise}</p></footer></body></html>"""


def name_of(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def page(article: ET.Element, *, nested: bool) -> str:
    """The page of an article; `nested` sites put each section into an element, the others only write headings."""
    title = " ".join("".join(article.find(".//title-group/article-title").itertext()).split())  # type: ignore[union-attr]
    body = "".join(block(e, 2, nested) for e in shown(article))
    main, box = ("main", "section") if nested else ("div", "div")
    return PAGE.format(title=escape(title), noise=NOISE, body=body, main=main, box=box)


def shown(article: ET.Element) -> list[ET.Element]:
    """What a site shows of the article's parts: not the reference list and notes of its back matter."""
    return [e for part in article for e in part if part.tag in ("body", "floats-group", "floats-wrap")
            or (part.tag == "back" and name_of(e) == "sec")]  # fmt: skip


def block(element: ET.Element, level: int, nested: bool) -> str:
    name = name_of(element)
    if name == "sec":
        inner = "".join(block(e, level + 1 if name_of(e) == "sec" else level, nested) for e in element)
        return f'<section class="sec">{inner}</section>' if nested else inner
    if name == "title":
        return f"<h{min(level, 6)}>{line(element)}</h{min(level, 6)}>"
    if name == "table-wrap":
        return table(element, nested)
    if name == "fig":
        parts = [f"<p>{line(e)}</p>" for e in element if name_of(e) in ("label", "caption")]
        return f"<figure><img src='x.png'><figcaption>{''.join(parts)}</figcaption></figure>"
    if name == "list":
        return f"<ul>{''.join(block(e, level, nested) for e in element if name_of(e) == 'list-item')}</ul>"
    return f"<{BLOCK.get(name, 'div')}>{line(element, level, nested)}</{BLOCK.get(name, 'div')}>"


def line(element: ET.Element, level: int = 2, nested: bool = True) -> str:
    """Contents of an element; blocks within a paragraph close it, as browsers have it."""
    parts = [escape(element.text or "")]
    for child in element:
        name = name_of(child)
        if name in LINE:
            parts.append(f"<{LINE[name]}>{line(child)}</{LINE[name]}>")
        elif name == "xref":
            parts.append(
                f'<a href="#{escape(child.get("rid") or "")}" class="{child.get("ref-type")}">{line(child)}</a>'
            )
        elif name in ("list", "table-wrap", "fig", "disp-quote", "sec"):
            parts.append(block(child, level, nested))
        elif name in ("p", "title", "label"):
            parts.append(f"<div>{line(child, level, nested)}</div>")
        elif name == "break":
            parts.append("<br>")
        else:
            parts.append(line(child, level, nested))
        parts.append(escape(child.tail or ""))
    return "".join(parts)


def table(wrap: ET.Element, nested: bool) -> str:
    said = "".join(f"<p>{line(e)}</p>" for e in wrap if name_of(e) in ("label", "caption"))
    grids = "".join(f"<div class='scroll'><table>{rows(t)}</table></div>" for t in wrap.iter("table"))
    foot = "".join(f"<p>{line(p)}</p>" for e in wrap.iter("table-wrap-foot") for p in e.iter("p"))
    open_tab = "<div><a href='t.html'>Open in a new tab</a></div>"
    return f"<div class='t'><header>{said}</header>{grids}{open_tab}<div>{foot}</div></div>"


def rows(element: ET.Element) -> str:
    parts = []
    for child in element:
        name = name_of(child)
        if name in ("thead", "tbody", "tfoot", "tr"):
            parts.append(f"<{name}>{rows(child)}</{name}>")
        elif name in ("td", "th"):
            spans = "".join(f' {k}="{escape(child.get(k) or "1")}"' for k in ("rowspan", "colspan"))
            parts.append(f"<{name}{spans}>{line(child)}</{name}>")
    return "".join(parts)
