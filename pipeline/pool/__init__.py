"""pool: rows that may be pooled → pooled proportions, how sure they are, and the same in R."""
