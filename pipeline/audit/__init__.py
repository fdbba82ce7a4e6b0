"""audit: who stands behind each number that is pooled, and what to look at first."""
