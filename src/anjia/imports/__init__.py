"""
Imports: lists as institutions really keep them, taken in without harm.

Owns ImportBatch: the encrypted upload, which column is what, what the dry run said, what came of it. Takes the
valid rows over through the front doors of residents, workforce and catalogue, in one command; gives the others
back with the reason. Knows nothing of how those are kept.
"""
