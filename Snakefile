# The review in this folder: config/, corpus/ and overrides/ in; extracted/ and reports/ out. `snakemake all` rebuilds it.
from pipeline.workflow import RULES


include: RULES


rule all:
    """Everything: the report and all that it rests on."""
    default_target: True
    input:
        REPORT,
