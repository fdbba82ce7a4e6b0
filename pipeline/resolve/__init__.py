"""resolve: studies → tables of studies, arms and outcomes after the reviewers' overrides, audited."""
