"""Plots as inline SVG, drawn by hand: colours come from the page's style sheet, so they follow its themes."""
