"""What kind of record this is: the cues by which a text shows that it is no treatment study of its own patients.

Three tables: what a database says of the record (publication types), what its title says, what its abstract says. The
reasons are those of the contract (`gold/README.md`).
"""

from __future__ import annotations

from pipeline.extract.cues import Cue

#: publication types of PubMed and others, lower case → reason
TYPES = {
    "meta-analysis": "meta-analysis",
    "network meta-analysis": "meta-analysis",
    "systematic review": "review",
    "review": "review",
    "scientific integrity review": "review",
    "case reports": "case report",
    "case report": "case report",
    "clinical trial protocol": "protocol",
    "trial registration": "protocol",
    "guideline": "guideline",
    "practice guideline": "guideline",
    "consensus development conference": "guideline",
    "consensus development conference, nih": "guideline",
    "editorial": "not a study",
    "comment": "not a study",
    "news": "not a study",
    "newspaper article": "not a study",
    "biography": "not a study",
    "historical article": "not a study",
    "lecture": "not a study",
    "interview": "not a study",
    "published erratum": "not a study",
    "retraction of publication": "not a study",
    "retraction": "not a study",
    "correction": "not a study",
    "erratum": "not a study",
    "expression of concern": "not a study",
}

#: publication types of a study of its own patients
TRIAL_TYPES = frozenset(
    (
        "clinical trial|clinical trial, phase i|clinical trial, phase ii|clinical trial, phase iii|clinical trial, phase iv"
        "|randomized controlled trial|controlled clinical trial|pragmatic clinical trial|equivalence trial|adaptive clinical trial"
    ).split("|")
)

#: an entry of a register with posted results, which needs no words of a study
POSTED = "trial registration with results"

#: words of a trial or a series of own patients, which may cite reviews and guidelines
_TRIAL = (
    r"\bwe (?:randomi[sz]ed|randomly|enrol+ed|treated|recruited)\b|\b(?:\d+|these|all|eligible|adult|consecutive) (?:[\w-]+ ){0,6}(?:were|was) (?:\w+ )?(?:randomly|randomi[sz]ed|enrol+ed|treated with)\b"
    r"|\bopen[- ]label\b|\b(?:charts?|records|data) of (?:\w+ )?\d+ (?:\w+ ){0,6}patients\b|\bchart review\b|\breviewed (?:the )?(?:medical |clinical |our )?(?:charts|data|records|experience)"
)
_OWN_CASES = r"\b(?:chart|record|case[- ]?note|retrospective|institutional|\d+[- ]year) review\b|\breview of (?:charts|records|\d+|our)\b"
_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|multiple|all|published|available)"
#: titles that speak of a treatment's effect, whatever else they speak of
_TREATS = r"\b(?:(?<!cost-)effectiveness|efficacy|treatment (?:of|with)|treated|versus|vs)\b"
_CASE_NUMBER = r"(?:a|an|one|two|three|four|1|2|3|4)"
#: a person told of by age: "a 46-year-old teacher", "two women, aged 41 and 56 years"
_BY_AGE = r"(?:an? |one |two |three )?(?:[\w-]+ )?\d{1,2}[- ](?:years?|yr|months?|weeks?|days?)[- ]old\b"
_PERSONS = r"(?:cases?|patients?|m[ae]n|wom[ae]n|boys?|girls?|infants?|child(?:ren)?|neonates?|newborns?|sisters|brothers|siblings|twins|adults?|adolescents?|females?|males?)"

TITLE = (
    Cue("meta-analysis", r"\bmeta-?analy(?:s[ie]s|tic)\b",
        ("Drug A in anaemia: a network meta-analysis",), ("A trial of drug A in anaemia",)),
    Cue("meta-analysis", rf"\b(?:pooled|integrated|combined) (?:\w+ )?analysis (?:of|from) (?:data from )?{_NUMBER} (?:[\w-]+ ){{0,4}}(?:trials|studies)\b",
        ("Pooled analysis of six phase III trials",), ("Pooled analysis of plasma samples",)),
    Cue("review", r"\b(?:systematic|scoping|narrative|literature|critical|umbrella|rapid|clinical|comprehensive|evidence-based|state-of-the-art|mini-?) ?reviews?\b"
        r"|\breview of (?:the )?(?:\w+ )?(?:literature|evidence|data|studies|trials)\b|: (?:an? )?(?:[\w-]+ )?review\W*$|^(?:an? )?(?:overview|review) of\b"
        r"|\brecent (?:advances|developments)\b|\bstate of the art\b|^current (?:concepts|status|treatment|management)\b",
        ("Anaemia in pregnancy: a systematic review", "Drug A: review of the literature", "Drug A in anaemia: a review", "Recent advances in anaemia"),
        ("Drug A in anaemia: a chart review", "Review of 45 patients treated with drug A"), unless=_OWN_CASES),
    Cue("not a study", r"^\W*(?:(?:retraction|erratum|corrigendum|addendum|(?:(?:author|publisher)\W{0,2}s? )?correction)(?: (?:note|notice|statement))?\W{0,2}(?::|to:)|retraction (?:note|notice|statement)\b|expression of concern\b)|[(\[]retraction of (?:vol|v)\b",
        ("Retraction: Drug A in anaemia", "Erratum to: Drug A in anaemia", "Retraction notice to “Drug A in anaemia”", "Expression of concern: drug A"),
        ("Retraction of the eyelid after drug A", "Correction of anaemia with drug A", "RETRACTED: Drug A in anaemia")),
    Cue("protocol", r"\b(?:study|trial) protocol\b|\bprotocol (?:for|of) (?:an? |the )|\b(?:rationale,? (?:and )?(?:\w+ )?design|design,? and rationale)\b",
        ("Drug A for anaemia: study protocol of a trial", "Rationale and design of the ANEMO trial"),
        ("Two protocols of drug A for anaemia", "A new dosing protocol of drug A")),
    Cue("guideline", r"\b(?:guidelines?|consensus (?:statement|report|conference|recommendations)|recommendations (?:for|from|of|on)|position (?:statement|paper)|expert (?:opinion|consensus))\b",
        ("Guidelines for the treatment of anaemia", "Anaemia: an expert consensus"), ("Adherence to guidelines for anaemia",),
        unless=r"\b(?:adherence|impact|effects?|effectiveness|implement\w*|evaluation|compliance|according|comparison|trial|versus|vs)\b"),
    Cue("case report", rf"\bcase reports?\b|\b(?:an?|{_CASE_NUMBER}) (?:[\w-]+ ){{0,2}}cases? of\b|\breport of {_CASE_NUMBER} (?:[\w-]+ )?(?:cases?|patients?)\b|\bin an? (?:[\w-]+ ){{0,3}}(?:patient|man|woman|child|boy|girl|infant|neonate) with\b"
        rf"|\b(?:in|of|for) (?:one|two|three|four) (?:(?!of |groups )[\w'’-]+ ){{0,3}}(?:patients?|m[ae]n|wom[ae]n|child(?:ren)?|boys?|girls?|infants?|neonates|newborns|twins|brothers|sisters|siblings|adults|adolescents|cases)\b(?!['’])",
        ("Bleeding under drug A: a case report", "A rare case of anaemia", "Anaemia: report of two cases", "Drug A in a young man with anaemia",
         "Long-term drug A in two sisters", "Drug A for bleeding in three elderly patients with anaemia"),
        ("Report of 25 cases of anaemia", "Drug A in patients with anaemia", "Drug A in two groups of patients", "Drug A in three children's hospitals")),
    Cue("preclinical", r"\bin (?:\w+ ){0,3}(?:mice|rats|dogs|rabbits|pigs|piglets|hamsters|zebrafish|sheep|monkeys)\b|\b(?:mouse|rat|murine|animal|canine|porcine) models?\b|\bin vitro\b|\bcell lines?\b",
        ("Drug A in obese mice", "A rat model of anaemia", "Drug A in vitro"), ("Drug A in patients with anaemia", "Rat bite fever: 20 patients")),
    Cue("not a treatment study", r"\b(?:surveys?|questionnaires?|perceptions?|attitudes?|opinions?|beliefs|perspectives?|views|awareness|willingness|knowledge) (?:of|from|among|about|toward|towards|on|by)\b|\b(?:postal|mail(?:ed)?|online|web-based|national|nationwide|population-based|cross-sectional|telephone) (?:questionnaire|survey)|\bsurvey response\b",
        ("Perceptions of nurses about anaemia", "Drug A: a national survey", "A survey of haematologists"), ("Drug A in anaemia: survival of responders",)),
    Cue("not a treatment study", r"\bhealthy (?:[\w-]+ ){0,2}(?:volunteers?|subjects|men|women|adults|participants|children|infants|humans|people)\b|\bbioequivalen|\bbioavailability\b",
        ("Kinetics of drug A in healthy male volunteers", "Bioequivalence of two tablets of drug A"),
        ("Drug A in anaemia", "Drug A in patients and in healthy volunteers"), unless=r"\bpatients\b"),
    Cue("not a treatment study", r"\b(?:effects?|influence|impact) of (?:[\w,-]+ ){1,12}on (?:the )?(?:[\w-]+ ){0,3}(?:pharmaco)?kinetics\b|\bdrug[- ]drug interactions?\b|\bkinetics of (?:an? )?single\b",
        ("Effect of food on the pharmacokinetics of drug A", "Influence of renal impairment on drug A kinetics"), ("Efficacy and pharmacokinetics of drug A in anaemia", "Effect of drug A on anaemia"),
        unless=_TREATS),
    Cue("not a treatment study", r"\b(?:vaccin(?:e|es|ation)|immuni[sz]ation|immunogenicity|seroconversion|seroprotection)\b",
        ("Immunogenicity of a new influenza vaccine",), ("A peptide vaccine against melanoma",),
        unless=r"\b(?:tumou?r|cancer|carcinoma|melanoma|lymphoma|leuk\w+|myeloma|therapeutic|autologous|dendritic|peptide|after vaccin|cognitive|treat\w+|therapy|allerg\w+)"),
    Cue("not a treatment study", r"\b(?:diagnostic (?:accuracy|value|yield|performance|utility)|accuracy of|interobserver|inter-?rater|reliability of|validity of|validation of|reproducibility of|sensitivity and specificity)\b",
        ("Diagnostic accuracy of ferritin in anaemia", "Reliability of a new scale"), ("Drug A in anaemia of unknown cause",), unless=_TREATS),
    Cue("not a treatment study", r"\b(?:prevalence|seroprevalence|epidemiology|incidence) (?:and \w+ )?of\b|\bnatural history\b|\bcost-effectiveness\b|\bcosts? of\b|\bpolymorphisms?\b|\b(?:gene|protein|mrna) expression\b",
        ("Prevalence of anaemia in Ghana", "Cost-effectiveness of drug A"), ("Incidental anaemia treated with drug A", "Efficacy and costs of drug A"), unless=_TREATS),
)  # fmt: skip

_SEARCHED = r"(?:medline|pubmed|embase|cochrane (?:library|central|database|controlled)|web of science|scopus|cinahl|psycinfo|(?:electronic|bibliographic|literature) databases?|databases)"

FRONT = (
    Cue("meta-analysis", r"\b(?:this|our|the present|the current) (?:[\w‐-]+ ){0,3}meta[-‐–]?analys[ie]s\b|\b(?:perform|conduct|undert|did|carr)\w* (?:out )?(?:an? |the )?(?:[\w‐-]+ ){0,6}meta[-‐–]?analys[ie]s\b"
        r"|\bmeta[-‐–]?analys[ie]s (?:was|were|is) (?:[\w-]+ )?(?:performed|conducted|carried|undertaken|used|done)\b|\b(?:random|fixed|mixed)[-‐– ]effects?\b[^.]{0,40}\bmeta[-‐–]?analys[ie]s\b",
        ("The aim of this network meta-analysis was to rank drugs.", "We performed a systematic review and meta-analysis.", "A meta-analysis was conducted.", "a random-effects meta-analysis"),
        ("A recent meta-analysis found no effect, so we conducted a trial.",), words=("meta",)),
    Cue("meta-analysis", r"\b(?:fixed|random)[- ]effects? models?\b.{0,80}\b(?:summary|pooled)|\bpooled (?:odds|risk|relative risk|hazard|effect|estimate|mean difference|prevalence|response rate|proportion|data from (?:\d+|three|four|five|six|seven|eight|nine|ten) )",
        ("Random effects models gave pooled rates.", "The pooled odds ratio was 1.2.", "Pooled data from 9 trials were used."), ("A random effect was added for each centre.",), words=("pooled", "summary")),
    Cue("meta-analysis", rf"\b(?:pooled|integrated|combined|responder) (?:post[- ]hoc )?analys[ie]s (?:of|from|across) (?:\w+ )?(?:data )?(?:from )?{_NUMBER} (?:[\w‐–-]+ ){{0,5}}(?:trials|studies)\b|\b(?:data|obtained|pooled|combined|extracted)\b[^.]{{0,200}}\b(?:in|from) (?:three|four|five|six|seven|eight|nine|ten|\d+) (?:[\w‐–-]+ ){{0,4}}trials\b",
        ("a pooled analysis of 12 randomised trials", "outcomes obtained in seven randomised placebo-controlled trials of drug A"), ("a pooled analysis of both arms",), words=("trials", "studies")),
    Cue("review", rf"\bPRISMA\b|\b(?:search(?:ed|es|ing)?)\b[^.]{{0,80}}\b{_SEARCHED}|\b{_SEARCHED}[^.]{{0,120}}\b(?:was|were) (?:\w+ )?searched\b|\b(?:systematic|literature|electronic|database|computeri[sz]ed) (?:literature )?search\b|\bsystematic search of\b",
        ("We searched Medline and Embase.", "Embase and the Cochrane Library were searched.", "A literature search was done."), ("Patients were searched for infection.",), words=("prisma", "search")),
    Cue("review", r"\bthis (?:\w+ )?review\b|\b(?:this|the present|our) (?:article|paper|chapter|overview|commentary|essay|update) (?:\w+ )?(?:reviews?|summari[sz]es?|discuss(?:es)?|outlines?|describes? (?:the )?current|provides?|focus(?:es)?|highlights?|examines?|considers?|presents an overview)\b"
        r"|\bwe (?:review|summari[sz]e|discuss|outline|highlight)\b(?! (?:the |our )?(?:chart|case|patient|record|experience|\d))|\b(?:purpose|aim|objective|scope) of (?:the |this )?review\b|\bnarrative review\b|\b(?:systematic|literature) review (?:was|were|of|we)\b",
        ("This article reviews drugs for anaemia.", "We review the current evidence.", "PURPOSE OF REVIEW: anaemia is common.", "This review covers drug A."),
        ("We reviewed the charts of 40 patients.", "The review board approved the study."), unless=rf"{_OWN_CASES}|{_TRIAL}", words=("review", "summari", "article", "paper", "chapter", "overview", "commentary", "essay", "update", "we discuss", "we outline", "we highlight")),
    Cue("review", r"\b(?:is|are|will be) (?:briefly |critically )?(?:reviewed|summari[sz]ed)\.",
        ("The treatment of anaemia is reviewed.",), ("Charts were reviewed.", "RESULTS: 5 responded. The literature is reviewed."), unless=rf"{_TRIAL}|\bresults:|\b\d+ patients\b", words=("reviewed", "summari")),
    Cue("protocol", r"\bth(?:is|e) (?:study )?protocol (?:describes|for a|outlines|presents)\b|\bwill be (?:randomi[sz]ed|recruited|enrolled|randomly|allocated|invited)\b(?s:.{0,1500}?)\bwill\b",
        ("This protocol describes a trial.", "In all 200 patients will be randomised. The outcome will be response."),
        ("More patients will be enrolled.", "Patients were enrolled as the protocol for adults demands."), words=("protocol", "will be")),
    Cue("guideline", r"\b(?:these|this|present|updated) (?:\w+ ){0,2}(?:guidelines?|recommendations)\b|\bconsensus (?:statement|panel|development)s?\b|\b(?:expert|multidisciplinary|task) (?:panel|force|group)\b[^.]{0,100}\brecommend",
        ("These guidelines cover anaemia.", "An expert panel has issued recommendations."), ("Therapy followed guidelines of the society.",), unless=_TRIAL, words=("guideline", "recommend", "consensus")),
    Cue("case report", r"\bcase report\b|\b(?:we|the authors|this report|here) (?:[\w-]+ ){0,2}(?:report|describe|present)(?:s|ed)? (?:on )?(?:the cases? of )?(?:(?:an?|the|one|two|three|four|our) (?:[\w-]+ ){0,4}" + _PERSONS + r"\b(?! (?:series|with whom|control))|" + _BY_AGE + r")|(?<=[.:] )an? " + _BY_AGE + r" [^.]{0,60}\b(?:presented|was|developed|had|with|underwent|received)\b|\ban? (?:[\w-]+ ){0,3}patient (?:with|of)[^.]{0,150}\bis (?:described|reported|presented)\b|\bour case\b",
        ("We report a patient with anaemia.", "We describe two cases of anaemia.", "A young patient with anaemia is described.", "We describe a 46-year-old teacher.",
         "We report two women, aged 41 and 56 years.", "Anaemia is rare. A 68-year-old farmer presented with pallor."),
        ("We report the results of drug A.", "We report our case series of 20 patients.", "We describe a consecutive series; the first was a patient.", "We report on 20 patients.", "Of 40 patients, the 68-year-old had a rash.", "They were 5 to 8 years old."),
        unless=rf"\bcase series\b|\b(?:report|describe|present|our|this) (?:on )?(?:an?|the|our)? ?(?:[\w-]+ ){{0,2}}series\b|{_TRIAL}"),
    Cue("not a treatment study", r"\b(?:questionnaires?|surveys?|survey instruments?)\b[^.]{0,90}\b(?:was|were) (?:\w+ )?(?:mailed|sent|posted|e-?mailed|distributed|faxed|circulated)\b(?!(?: out)? to (?:\w+ ){0,6}patients)|\b(?:survey|questionnaire) of (?:\w+ ){0,4}(?:physicians|doctors|nurses|specialists|clinicians|practitioners|p(?:a)?ediatricians|surgeons|members)\b|\brespondents\b|\bresponded to (?:the|our|a|this) (?:\w+ ){0,2}(?:survey|questionnaire)\b",
        ("Questionnaires were mailed to 300 physicians.", "A survey of family physicians", "Of the respondents, 40% agreed."),
        ("A questionnaire was sent to 120 patients treated with drug A.", "Pain was assessed by questionnaire."),
        unless=r"\b(?:patients|children|women|men|participants) (?:were|was) (?:\w+ )?(?:treated|randomi[sz]ed|randomly|given)\b|\bresponded to (?:treatment|therapy)\b", words=("questionnaire", "survey", "respond")),
    Cue("not a treatment study", r"\b(?:\d+|\w+) healthy (?:[\w-]+ ){0,3}(?:volunteers?|subjects|men|women|adults|participants|children|humans|individuals)\b|\bnon-?clinical (?:sample|population|participants|volunteers)\b|\banalogue (?:sample|population)\b|\b(?:undergraduate|college|university|medical|nursing) students\b",
        ("Twelve healthy male volunteers took drug A.", "a nonclinical sample", "Eighty college students were tested."),
        ("Twelve patients and twelve healthy subjects were tested.", "Healthy controls were matched.", "In 60 healthy children with 90 carious molars clinical success was the same."),
        unless=r"\bpatients\b|\b(?:children|women|men|adults) with\b|\b(?:success|cured?|cure rates?|heal(?:ed|ing)|remission|relief|recurrences?|carious|caries|pregnan\w+)\b", words=("healthy", "clinical sample", "clinical population", "clinical participants", "clinical volunteers", "analogue", "students")),
)  # fmt: skip
