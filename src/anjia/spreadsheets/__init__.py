"""
Spreadsheets: reading lists as people really keep them.

Owns the way from the bytes of an .xlsx, .xls or .csv file to a table with known columns, and the cleaning of
single cells. A file is read in a process of its own (`apart.py`). Pure: knows no Django, no context, no clock. What it
refuses, it refuses in words; whoever shows them translates them.
"""
