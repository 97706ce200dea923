"""
The composition: settings, URLs, the API with every context's router, who is asking, and what every page shows.

Owns no tables and no rules.
"""
