"""Stage `release`: what a version of the review keeps, and what changed since; `litpool release` makes one."""
