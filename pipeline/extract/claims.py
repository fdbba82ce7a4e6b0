"""Is a number that stands beside an outcome a share of treated patients who had it? The cues by which it is not.

A claim is a row of `settle` seen as words: the number with its surroundings in the sentence. Texts print many numbers
beside the word "response" that are something else: relative changes, classification rates, answers to a questionnaire,
responses of antibodies. A record of which only such numbers are known reports no response proportion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.cues import Cue, compiled, first
from pipeline.extract.quantities import TENS, UNITS

#: characters of a sentence that are looked at on each side of a number
BEFORE, AFTER = 180, 140
#: the number's place in the patterns below: a count alone is «», a percentage or a count of a count is «%»
COUNT = "«»"
MARK = "«%?»"

#: numbers of the same list before the mark: "by 56% and «»"; each piece can be read in one way only, for "vs." is "vs" and "."
_LIST = r"(?:(?:and|or|vs|versus|to|[,;\d.·%/()±+-])\s*)*"
#: a character of the same part of a sentence
_NEAR = r"(?:[^.;:]|\.(?=\d))"
#: "achieved by 81%" names those who achieved it
_NO_AGENT = "".join(
    f"(?<!{verb} )" for verb in ("achieved", "attained", "reached", "reported", "experienced", "shown", "met")
)
_CHANGE = r"(?:reduc|decreas|increas|improv|lower|declin|fell|fall|ris[ei]|rose|rais|drop|prolong|shorten|slow)\w*"

#: shares that are estimated, with a standard error: "a 5-year relapse rate of 18.8 ± 6.9%"
_ESTIMATED = r"\b(?:surviv\w+|incidence|probabilit\w+|kaplan|actuarial|cumulative)\b"

NO_SHARE = (
    Cue("a relative change", rf"\b(?:{_CHANGE}|risks?|odds|hazard|rates?|likelihood|burden|number)\b{_NEAR}{{0,90}}{_NO_AGENT}\bby\s(?:an? )?(?:\w+ ){{0,3}}{_LIST}{MARK}",
        ("drug A reduced the relapse rate by 56% and «»", "risk of relapse fell by about «»"), ("response rates improved and «» responded", "a rise of neutrophils above 50 was achieved by «%»")),
    Cue("a relative change", rf"{MARK}(?: \([^()]*\))?[ -](?:\w+ )?(?:reduction|decrease|increase|improvement|decline|fall|rise|increment|difference|change|gain|lower|higher|greater|fewer|less|more|risk|odds)\b",
        ("a «» increase in the odds of response", "relapses were «» lower", "«» more patients responded"), ("«» in the higher dose group responded", "«» of patients responded")),
    Cue("a relative change", rf"\b(?:relative|risk|absolute|between-group|percent(?:age)?|mean|median|average) (?:\w+ )?(?:reduction|difference|change|decrease|increase|improvement)s?\b[^.;]{{0,60}}(?:\bof|\bwas|\bwere|[=:(])\s?{_LIST}{MARK}",
        ("with a relative risk reduction of «»", "the mean improvement was «»"), ("the difference was clear: response «»",)),
    Cue("a mean", rf"{MARK}\s?(?:±|\+/?[-−])", ("response of flow was «» ± 3",), ("the cumulative incidence of relapse was «%» ±",), unless=_ESTIMATED),
    Cue("a mean", rf"\b(?:mean|median|average) (?:[\w/-]+ ){{0,4}}(?:[\w/-]+[=:]|of|was|were|at|=)\s?{_LIST}(?:vs\.? )?{MARK}",
        ("the mean response was «»", "mean problem score: 13% vs «»"), ("at a median follow-up of 9 months «» had relapsed",)),
    Cue("a mean", rf"\b(?:mean|median) {MARK}|\b(?:s\.d\.|SDs?|standard deviation|s\.e\.m?\.?|SEM)\)?[,:=]? ?{MARK}",
        ("compliance was good (mean «%», range 60 to 100)", "a mean of 97 (s.d. «%»)"), ("a median of 4 courses; «%» responded",)),
    Cue("a part of a value", rf"{MARK} of (?:the )?(?:variance|variation|variability|cost|costs|time|dose)\b|{MARK} of (?:the |its |their )?(?:initial|baseline|normal|predicted|maximal|maximum|pre-?\w+|control) (?:values?|levels?|ones?|volume|function)\b",
        ("function fell («» of the initial value) and improved",), ("«» of the control group responded",)),
    Cue("the size of a group", rf"\bbetween (?:the )?\d+ (?:patients|subjects|women|men|children)\b[^.;]{{0,80}}\band {COUNT}|\b(?:between|comparing|conducted (?:with|in|on)|divided into) (?:the )?{COUNT}|\b(?:receive|received|to) [^.;()]{{1,60}}\({COUNT} (?:patients|subjects|women|men|children)\)",
        ("recurrence was similar between «» patients with and others without", "was similar between 30 patients with a scar and «» without", "assigned to receive drug A («» patients) or not"), ("was seen in «» patients",)),
    Cue("a relative risk", rf"\b(?:odds|hazard|risk|rate) ratios?\b[^.;)]{{0,30}}{MARK}|\b(?:coefficient|r|p|kappa) ?[=<>]? ?{MARK}|{MARK} (?:confidence|CI\b|CL\b)|\b(?:intervals?|CI|CL)\b[,:= (\[]{{0,3}}(?:[\d.]+ ?%? ?(?:to|-|–|,) ?)?{MARK}",
        ("odds ratio for response «»", "«» confidence interval", "(95% confidence interval, 26% to «%»)"), ("the response rate was «»",)),
    Cue("a classification rate", rf"\b(?:classif(?:ied|ication)|sensitivity|specificity|predictive value|accuracy|concordance|agreement|correlat\w+|compliance|adherence|power|area under)\b[^.;]{{0,50}}{MARK}|{MARK}(?: \([^()]*\))? (?:sensitivity|specificity|accuracy|agreement|compliance|power)\b",
        ("predicted response with a sensitivity of «»", "the correct classification rate was «»", "with «» accuracy"), ("after classification of all slides, response was noted; CR occurred in «»",)),
    Cue("answers to a survey", rf"\b(?:questionnaires?|surveys?|respondents|mailing|mailed|invited|interview(?:s|ed)?|return(?:ed)?)\b[^.;]*\brespon[ds]\w*[^.;]*{MARK}|{MARK}[^.;]*\brespon(?:ded to|se to|se rate (?:to|of) (?:the|our))[^.;]*\b(?:questionnaires?|survey|mailing|letter|call)s?\b|\(response,? (?:{MARK}|\d+ ?%\))",
        ("the survey had a response rate of «»", "«» of the women responded to the questionnaire"), ("«» of the women responded to the drug",)),
    Cue("a response of the body, not of the disease", r"\b(?:immune|immunological|antibod(?:y|ies)|vaccine|serolog\w+|humoral|cellular|lymphoprolif\w+|proliferative|[TB][- ]cell|cytokine|asystolic|pressor|h(?:a)?emodynamic|physiologic\w*|cortisol|evoked|skin|motor|cough|ventilatory|vasodilat\w+|psychophysio\w+|constriction|startle|placebo-like) ?(?:\w+ )?\"?respon(?:se|d|ding|ded|ses)\b",
        ("an immune response in «»", "positive skin responses in «»"), ("a clinical response in «»",),
        unless=r"\b(?:clinical|objective|complete|partial|overall|tumou?r) (?:\w+ )?(?:response|remission)"),
    Cue("a response to a test", r"\brespon(?:se|ses|d|ded|ding)(?: rates?)? to (?:the |an? |\w+ ){0,3}(?:challenge|provocation|testing|test|stimul\w+|inhalations?|tilt|questions?|acetylcholine|ach|methacholine|histamine|cold)\b",
        ("«» responded to the carbon dioxide challenge",), ("«» responded to inhaled drug A",)),
    Cue("no patients", rf"(?:%|percent) of (?:the )?(?:[\w-]+ )?(?:segments|samples|specimens|visits|cycles)\b[^.;]{{0,80}}{MARK}|{MARK}\s(?:of (?:the |all )?)?(?:[\w-]+ )?(?:segments|trials|cent(?:er|re)s|sites|studies|samples|specimens|visits|items|cycles|regimens|schedules|constructs|animals|rats|mice|days|weeks|points|years|months)\b",
        ("«» of dyssynergic segments improved", "«» trials of breathing"), ("«» patients improved",)),
    Cue("a number of groups", rf"{MARK} (?:\w+ )?(?:groups|arms|treatments|drugs|doses|conditions|methods|subgroups|interventions|therapies)\b",
        ("better than in the other «» groups", "«» treatment arms improved"), ("«» in the other group improved",)),
    Cue("a time or a grade", rf"\b(?:wks?|week|day|month|year|grade|stage|phase|type|visit|cycle)\.? {COUNT}",
        ("at wk «» healing was seen",), ("at week 4 «» healed",)),
    Cue("the name of a criterion", rf"{MARK} ?\(?(?:ACR|PASI|ASAS|EASI)(?:\d+|\b)|{MARK} response criteria\b",
        ("College criteria «» (ACR50)", "the «» response criteria"), ("the response rate was «» (26 of 50)",)),
    Cue("how patients were chosen", rf"{MARK}[^.;]{{0,100}}\b(?:who|whom|which|with)\b[^.;]{{0,110}}\b(?:were|was) (?:then |\w+ly )?(?:randomi[sz]ed|assigned|enrol+ed|included|recruited|entered|studied|allocated|stratified)\b|{MARK} (?:[\w-]+ ){{0,6}}(?:were|was) (?:\w+ly )?(?:randomi[sz]ed|assigned|enrol+ed|included|recruited|entered|allocated|compared|stratified|screened)\b",
        ("«» patients who were in CR were randomised", "«» patients were enrolled after response"), ("«» patients responded who were given drug A",)),
    Cue("how patients were chosen", rf"{MARK} (?:\w+ ){{0,3}}?\w+[,;(]?\s?\(?(?:mean|median) age\b", ("the group («» children, mean age 9 years) improved",), ("«» children recovered",)),
    Cue("nothing changed", rf"\bno[ -]change\b[^.;,]{{0,40}}{MARK}|\bunchanged\b[^.;,]{{0,20}}{MARK}", ("a best response of 'no change' in «»",), ("change to remission in «»",)),
    Cue("what is known", rf"^(?!.*\b(?:was|were|had|responded|achieved)\b)\W*(?:about |approximately |up to |as many as |only |nearly |some |almost |more than )?{MARK} (?:of )?(?:[\w-]+ ){{0,7}}(?:do|does|fail|respond|relapse|achieve|experience|remain|suffer|develop|demonstrate|show|are|is|have|recur)\b",
        ("About «» of patients with anaemia relapse",), ("«» of the patients who are treated responded",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A number beside an outcome of class `outcome`: characters [start, end) in the sentence [first, last)."""

    outcome: str
    start: int
    end: int
    first: int
    last: int


_PROPORTION = r"%|per ?cent|\d ?/ ?\d|\bof\b"


def marked(text: str, claim: Claim) -> str:
    """The surroundings of a claim in its sentence, with the mark in place of the number."""
    before = text[max(claim.first, claim.start - BEFORE) : claim.start]
    after = text[claim.end : min(claim.last, claim.end + AFTER)]
    closing = ")" if "(" in text[claim.start : claim.end] and after.startswith(")") else ""
    number = text[claim.start : claim.end]
    mark = "«%»" if compiled(_PROPORTION).search(number) else "«»"
    spread = " ±" if compiled(r"±|\+/?[-−]").search(number) else ""
    return " ".join(f"{before}{mark}{spread}{after.removeprefix(closing)}".split())


def no_share(text: str, claim: Claim) -> str | None:
    """What the number is, if it is no share of treated patients with the outcome."""
    if text[claim.start : claim.end] == "ALL":
        return "the name of a disease"
    found = first(NO_SHARE, marked(text, claim))
    return found[0].says if found else None


#: words by which texts say that a treatment worked, for the search of a text of which no row was read
_WORKED = (
    r"(?:respond(?:ed|ers?)|respon(?:se|ses) (?:rates?|(?:was|were) (?:seen|achieved|obtained|observed|noted))"
    r"|(?:complete|full|partial|overall|objective|clinical|sustained|good|excellent|major|satisfactory) (?:\w+ )?(?:respon(?:se|ses)|remissions?|recovery|resolution|healing)"
    r"|remissions?|relaps(?:ed|es?)|recurrences?|recurred|cured?|cure rates?|healed|healing|success(?:ful)?(?! completion)|resolved|resolution|eradicat(?:ed|ion)"
    r"|(?:clinical|significant|marked|moderate|symptomatic) improvements?|(?:had|reported|showed|experienced) (?:an? )?(?:significant |marked )?(?:improvements?|reductions?|benefits?)|(?:were|was|had|patients) improved"
    r"|(?:achiev\w+|had|show\w+|reach\w+|with) (?:an? )?(?:at least (?:an? )?)?\d+ ?% (?:or (?:more|greater) )?(?:improvement|reduction|decrease)"
    r"|achieved|attained|efficacy|effective|benefit(?:t?ed)|(?:much|very much|markedly|greatly) (?:better|improved)|(?:did not|no longer) (?:meet|met|fulfil\w*)|no (?:residual |remaining |further )?(?:pain|symptoms?|attacks|seizures|evidence of disease)|within the normal range|(?:re|con)verted|reversion|normali[sz](?:ed|ation)|relief|relieved|disappear(?:ed|ance)|(?:well|adequately|completely) controlled|(?:opioid|drug|culture|virus|smear|parasite)[- ](?:negative|free)|became negative"
    r"|abstinen(?:t|ce)|recovered|\w+[- ]free|regress(?:ed|ion)|clearance|cleared|(?:excellent|good) (?:or good )?(?:results?|outcomes?))"
)
_PEOPLE = r"(?:patients?|subjects|participants|children|women|men|adults|infants|cases|responders|completers|survivors|groups?|arms?|those|rates?|survival)"
_SUCCESS, _OF_PEOPLE = rf"\b{_WORKED}\b", rf"\b{_PEOPLE}\b"
_NUMBER = rf"(?:\d{{1,5}}|\b(?:{'|'.join([*UNITS, *TENS])})\b)"
_SHARE = rf"{_NUMBER} (?:\w+ )?(?:out )?of (?:the |these |all )?{_NUMBER}|\b\d{{1,5}} ?/ ?\d{{1,5}}\b|(?:(?<![\d.])\d[\d.]{{0,8}}|\b\w+ty(?:-\w+)?) ?(?:%|per ?cent)"


#: "more than 80%": a bound, from which no proportion can be taken
_BOUND = r"(?:more|fewer|less|greater|higher|lower) than (?:an? )?$|\b(?:over|under|above|below|up to) $|[<>≤≥]\s?$"


def possible_claims(text: str, start: int, end: int) -> Iterator[Claim]:
    """Shares of people in the same clause as a word for success, in the sentence [start, end)."""
    for match in compiled(_SHARE).finditer(text, start, end):
        before = re.split(r"[;:.]\s", text[max(start, match.start() - 120) : match.start()])[-1]
        if compiled(_BOUND).search(before):
            continue
        after = re.split(r"[;:.]\s", text[match.start() : min(end, match.end() + 120)])[0]
        clause = before + after
        if compiled(_SUCCESS).search(clause) and compiled(_OF_PEOPLE).search(clause):
            yield Claim("other", *match.span(), start, end)
