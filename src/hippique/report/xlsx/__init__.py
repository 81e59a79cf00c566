"""Change cells inside a workbook's file and leave every other byte of its parts alone."""
