"""A page per study, reports/studies/<study>.html: its text with every extracted span marked, and its history."""
