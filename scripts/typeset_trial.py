"""Typeset corpus/wu-2022.pdf: a trial in two columns with a results table, in our own words with the published figures.

Run by hand after an edit (`.venv/bin/python scripts/typeset_trial.py`); nothing needs it at run time.
"""

from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

OUT = Path(__file__).parent.parent / "corpus" / "wu-2022.pdf"

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5, alignment=4, spaceAfter=4)
HEAD = ParagraphStyle("head", parent=BODY, fontName="Helvetica-Bold", fontSize=10.5, spaceBefore=6, alignment=0)
TITLE = ParagraphStyle("title", parent=HEAD, fontSize=14, leading=17)
CAPTION = ParagraphStyle("caption", parent=BODY, fontName="Helvetica-Bold", fontSize=8.5, leading=10.5)

TEXT = [
    (TITLE, "All-trans retinoic acid plus low-dose rituximab against low-dose rituximab alone in "
            "corticosteroid-resistant or relapsed immune thrombocytopenia"),
    (BODY, "Ye-Jun Wu, Hui Liu, Qiao-Zhu Zeng and colleagues. Blood 2022;139(3):333-342. Registered as NCT03304288."),
    (HEAD, "Introduction"),
    (BODY, "Half of the adults whose immune thrombocytopenia (ITP) does not yield to corticosteroids need another "
           "treatment. Rituximab alone often fails to last. Retinoic acid (ATRA) matures megakaryocytes and calms "
           "immune cells; the two drugs might add to each other."),
    (HEAD, "Methods"),
    (BODY, "This open-label trial ran in 7 hospitals in China between October 2017 and January 2020. Adults with "
           "platelets below 30 × 10<super>9</super>/L, or with bleeding, were randomised 2:1. Rituximab was given at "
           "100 mg weekly for 6 weeks in both groups; ATRA was given orally at 20 mg/m2 daily for 12 weeks in the "
           "combination group. Overall response (OR) was defined as platelets of at least 30 × 10<super>9</super>/L "
           "twice, double the baseline, without bleeding, within 1 year; complete response (CR) as at least 100 × "
           "10<super>9</super>/L; sustained response (SR) as 6 months above 30 × 10<super>9</super>/L."),
    (HEAD, "Results"),
    (BODY, "Of 181 people screened, 168 patients were randomised: 112 patients received rituximab plus ATRA, and 56 "
           "patients received rituximab alone. OR was reached by 90 (80%) patients in the combination group and by "
           "33 (59%) patients in the monotherapy group (difference, 0.22; 95% CI, 0.07-0.36). CR was reached by 45 "
           "(40%) patients in the combination group and 14 (25%) patients in the monotherapy group. SR was reached by "
           "68 (61%) patients in the combination group and 23 (41%) patients in the monotherapy group."),
    (BODY, "At 12 months, 47 (42%) patients in the combination group and 7 (13%) patients in the monotherapy group "
           "were still in remission. During follow-up, 43 (48%) of 90 patients in the combination group and 26 (79%) "
           "of 33 patients in the monotherapy group relapsed. The median time to response was 28 days in both groups. "
           "Responses are summarised in Table 1."),
]  # fmt: skip

ROWS = [
    ["Outcome, n (%)", "Rituximab plus ATRA\n(n = 112)", "Rituximab\n(n = 56)"],
    ["Overall response", "90 (80.4)", "33 (58.9)"],
    ["Complete response", "45 (40.2)", "14 (25.0)"],
    ["Sustained response", "68 (60.7)", "23 (41.1)"],
    ["Remission at 12 months", "47 (42.0)", "7 (12.5)"],
    ["Any adverse event", "79 (70.5)", "30 (53.6)"],
    ["Death", "1 (0.9)", "0 (0.0)"],
]

REST = [
    (HEAD, "Discussion"),
    (BODY, "Adding ATRA to a low dose of rituximab brought more responses, and more that lasted. Dry skin and headache "
           "were its price. Treatment was not masked, and fewer patients than planned were recruited."),
]  # fmt: skip


def main() -> None:
    width, height = A4
    column = (width - 46 * mm) / 2
    frames = [Frame(x, 20 * mm, column, height - 40 * mm, 0, 0, 0, 0) for x in (20 * mm, 26 * mm + column)]
    document = BaseDocTemplate(str(OUT), pagesize=A4, title="wu-2022", author="litpool", invariant=True)
    document.addPageTemplates(PageTemplate("two columns", frames))
    table = Table(ROWS, colWidths=[column * 0.42, column * 0.33, column * 0.25])
    rules = [("LINEABOVE", (0, 0), (-1, 0)), ("LINEBELOW", (0, 0), (-1, 0)), ("LINEBELOW", (0, -1), (-1, -1))]
    table.setStyle(
        TableStyle(
            [(name, a, b, 0.6, colors.black) for name, a, b in rules]
            + [("FONT", (0, 0), (-1, -1), "Helvetica", 8), ("ALIGN", (1, 0), (-1, -1), "CENTER")]
        )
    )
    story = [Paragraph(text, style) for style, text in TEXT]
    story += [Spacer(1, 6), Paragraph("Table 1. Responses and safety in the two groups.", CAPTION), table, Spacer(1, 6)]
    document.build(story + [Paragraph(text, style) for style, text in REST])


if __name__ == "__main__":
    main()
