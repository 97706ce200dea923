"""
Programmes and who is in them: recruited by which channel, screened, confirmed by a second, given a place or waiting.

Owns Programme, Channel, Candidate, Screening and Appeal. What the law asks before a visit is not decided here: that is
the gate's (`catalogue/data/gates.json`, `dispatch/gates.py`); a programme is whom the institution takes on for what.
"""
