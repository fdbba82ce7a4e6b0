"""link: all records → studies, each counted once. Duplicates are merged, reports of one study linked, shared cohorts
flagged; every record stays listed with its file."""
