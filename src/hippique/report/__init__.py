"""Summary, workbook, tracking sheet."""
