"""Stage `report`: everything that the earlier stages wrote, as one self-contained page, reports/index.html."""
