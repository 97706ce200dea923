"""
What a measurement is and what it means: units, plausible ranges, target bands, categories, warnings.

Pure: no Django, no database, no clock. Every number is a row of a versioned table in `data/`, with its
issuer, document, clause and how well the source was verified (`evidence`: V read in a public source, V2 in
a secondary one, K professional knowledge, ENG our own default that an institution may change).
"""
