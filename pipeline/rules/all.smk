# The way of the data: parse → extract (per source) → link → resolve → pool → report. Rules only wire; each stage is
# `python -m pipeline.<stage>`. A rule takes the fingerprint of its stage's import closure as input, so that a changed
# pattern re-extracts and a changed reader re-parses, and nothing else does.
import os
import shlex

from pipeline.console import speak_plainly
from pipeline.contents import keep_time, of_files, of_sources, tell_changes
from pipeline.jobsize import batches, cores_to_link, memory, minutes
from pipeline.runs import begin, prepare
from pipeline.workflow import (
    CONFIG,
    code,
    cores_for,
    extracted_by,
    limits,
    lock,
    not_read,
    overrides,
    python,
    searches,
    setting,
    sources,
    versions,
)

speak_plainly()
prepare(workflow)
keep_time()


onstart:
    begin()


onsuccess:
    tell_changes(SOURCES)


# No `params:`: with any, Snakemake imports pandas at every start. What commands need is in their environment. --cores
# says how many are used: threads of linear algebra would come on top, and its matrices are small.
LIMITS = limits()
os.environ |= {
    "LITPOOL_PYTHON": python(),
    "LITPOOL_LIMITS": shlex.join(LIMITS),
    "OPENBLAS_NUM_THREADS": "1",
}
SOURCES = sources()
CONTENT = of_sources(SOURCES)
SETTINGS = of_files("config", CONFIG)
# of the config, what an edit of extracts again
EXTRACTED_BY = setting("extract.config", extracted_by()) + of_files(
    "tables", CONFIG[1:]
)
SEARCHES = of_files("searches", searches())
REPORT = "reports/index.html"
# a cluster's profile sets `grouped`: one job of its queue does several of ours
BATCH = batches(workflow) if config.get("grouped") else None
LAST = "studies" if config.get("grouped") else None
DECISIONS = [
    "corrections",
    "added",
    "confirmations",
    "exclusions",
    "inclusions",
    "risk_of_bias",
    "certainty",
]


wildcard_constraints:
    source=".+",


include: "update.smk"


rule parse:
    """One file of corpus/ → its records; a file that cannot be read is set aside with the reason."""
    input:
        source=ancient("corpus/{source}"),
        content=CONTENT,
        limits=setting("parse.limits", LIMITS),
        code=code("parse"),
    output:
        records="extracted/parsed/{source}.jsonl",
        text="extracted/parsed/{source}.txt",
    log:
        "logs/parse/{source}.log",
    group:
        BATCH
    conda:
        "environment.yml"
    threads: cores_for
    resources:
        mem_mb=memory("parse"),
        runtime=minutes("parse"),
    message:
        "parse {wildcards.source}"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.parse {input.source:q} {output.records:q} {output.text:q}'
        ' --limits "$LITPOOL_LIMITS" --cores {threads} 2> {log:q} && cat {log:q} >&2'


rule extract:
    """Records of one source → eligibility, design, sizes, arms, regimens, outcomes, each with its words."""
    input:
        records="extracted/parsed/{source}.jsonl",
        config=EXTRACTED_BY,
        code=code("extract"),
    output:
        "extracted/candidates/{source}.jsonl",
    log:
        "logs/extract/{source}.log",
    group:
        BATCH
    conda:
        "environment.yml"
    threads: cores_for
    resources:
        mem_mb=memory("extract"),
        runtime=minutes("extract"),
    message:
        "extract {wildcards.source}"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.extract {input.records:q} {output:q} --config config --cores {threads}'
        " 2> {log:q}"


rule link:
    """All records → studies, each counted once; what could not be read is listed."""
    input:
        candidates=expand("extracted/candidates/{source}.jsonl", source=SOURCES),
        overrides=of_files("overrides.links", overrides("links")),
        # read by the stage itself; here, a change of it links again
        not_read=setting("link.not_read", not_read()),
        config=SETTINGS,
        code=code("link"),
    output:
        studies="extracted/studies.jsonl",
        links="extracted/links.csv",
        set_aside="extracted/set_aside.csv",
    log:
        "logs/link.log",
    group:
        LAST
    conda:
        "environment.yml"
    threads: cores_to_link
    resources:
        mem_mb=memory("link"),
        runtime=minutes("link"),
    message:
        "link records to studies"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.link {input.candidates:q} --overrides overrides --config config'
        " --out extracted --cores {threads} 2> {log} && cat {log} >&2"


rule resolve:
    """Studies after the reviewers' overrides, with what each of their lines did and a list of what waits."""
    input:
        studies="extracted/studies.jsonl",
        links="extracted/links.csv",
        overrides=of_files("overrides", overrides(*DECISIONS)),
        config=SETTINGS,
        code=code("resolve"),
    output:
        expand(
            "extracted/{table}.csv",
            table=[
                "studies",
                "arms",
                "outcomes",
                "machine",
                "full_texts",
                "comparisons",
                "decisions",
                "waiting",
                "risk_of_bias",
                "certainty",
                "agreement",
                "accuracy",
            ],
        ),
    log:
        "logs/resolve.log",
    group:
        LAST
    conda:
        "environment.yml"
    resources:
        mem_mb=memory("resolve"),
        runtime=minutes("resolve"),
    message:
        "resolve what reviewers decided"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.resolve {input.studies} {input.links} --overrides overrides --config config'
        " --out extracted 2> {log} && cat {log} >&2"


rule pool:
    """Outcomes → pooled proportions, overall and by class of regimen; how sure they are; and the same in R."""
    input:
        tables=expand("extracted/{table}.csv", table=["studies", "arms", "outcomes"]),
        machine=["extracted/machine.csv", "extracted/full_texts.csv"],
        comparisons="extracted/comparisons.csv",
        config=SETTINGS,
        code=code("pool"),
    output:
        pooled="extracted/pooled.json",
        analyses="extracted/analyses.json",
        r="reports/metafor.R",
    log:
        "logs/pool.log",
    group:
        LAST
    conda:
        "environment.yml"
    resources:
        mem_mb=memory("pool"),
        runtime=minutes("pool"),
    message:
        "pool outcomes"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.pool {input.tables} {output.pooled} --r {output.r} --analyses {output.analyses}'
        " --machine {input.machine} --comparisons {input.comparisons} --config config 2> {log}"


rule audit:
    """Who stands behind each pooled number; what waits, in the order of what it could change."""
    input:
        tables=expand(
            "extracted/{table}.csv", table=["studies", "arms", "outcomes", "waiting"]
        ),
        config=SETTINGS,
        code=code("audit"),
    output:
        expand("extracted/{table}.csv", table=["audit", "worklist", "to_decide"]),
    log:
        "logs/audit.log",
    group:
        LAST
    conda:
        "environment.yml"
    resources:
        mem_mb=memory("audit"),
        runtime=minutes("audit"),
    message:
        "audit pooled numbers"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.audit {input.tables} --config config --out extracted 2> {log}'


rule release:
    """What is different since the last version that `litpool release` kept, and why."""
    input:
        versions=versions(),
        searches=SEARCHES,
        corpus=ancient(expand("corpus/{source}", source=SOURCES)),
        results=rules.link.output
        + rules.resolve.output
        + rules.audit.output
        + [rules.pool.output.pooled, rules.pool.output.analyses],
        overrides=of_files("overrides.all", overrides("links", *DECISIONS)),
        config=SETTINGS,
        program=code("parse") + code("extract"),
        code=code("release"),
    output:
        "extracted/changes.json",
    log:
        "logs/release.log",
    group:
        LAST
    conda:
        "environment.yml"
    resources:
        mem_mb=memory("release"),
        runtime=minutes("release"),
    message:
        "release finds what is new since the last version"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.release {output} --config config --corpus corpus --overrides overrides'
        " --extracted extracted --reports reports 2> {log}"


rule report:
    """One self-contained page of everything, and one for each study."""
    input:
        parsed=expand("extracted/parsed/{source}.jsonl", source=SOURCES),
        results=rules.link.output
        + rules.resolve.output
        + rules.audit.output
        + rules.release.output
        + [rules.pool.output.pooled, rules.pool.output.analyses],
        lock=lock(),
        searches=SEARCHES,
        config=SETTINGS,
        code=code("report"),
    output:
        REPORT,
        directory("reports/studies"),
        directory("reports/data"),
    log:
        "logs/report.log",
    group:
        LAST
    conda:
        "environment.yml"
    threads: 2
    resources:
        mem_mb=memory("report"),
        runtime=minutes("report"),
    message:
        "report to {output[0]}"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.report --extracted extracted --config config --corpus-parsed extracted/parsed'
        " --corpus corpus --out reports --cores {threads} 2> {log}"
