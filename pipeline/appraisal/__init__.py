"""What reviewers judge of studies and of bodies of evidence: risk of bias, certainty, and reasons to leave a study out.

Tools, their items and the levels that a judgement costs are data (the .csv files here); a tool's rule for its overall
judgement is a function in `bias_rules`. Nothing here reads overrides/ or writes tables; resolve does.
"""
