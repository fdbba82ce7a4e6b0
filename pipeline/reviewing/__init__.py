"""What a reviewer runs: `check`, and the commands that add a line to overrides/ for who runs them.

None of it is a stage: nothing here is called by the Snakefile. What a line means is told by `pipeline/link/` and
`pipeline/resolve/`, which these commands ask before they write.
"""
