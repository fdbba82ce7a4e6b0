# Searching is apart from rebuilding: `snakemake update` asks the sources, and nothing that `snakemake all` makes depends
# on this rule or its code.


rule update:
    """Searches of config/searches.yaml → dated exports in corpus/, each with its line in corpus/searches.csv."""
    log:
        "logs/update.log",
    conda:
        "environment.yml"
    message:
        "update: run the searches of config/searches.yaml"
    shell:
        '"$LITPOOL_PYTHON" -m pipeline.update 2> {log}'
