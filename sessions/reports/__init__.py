"""Write reports as PDF: two pages for the chart, one in plain words for the person."""
