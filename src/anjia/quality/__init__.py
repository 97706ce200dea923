"""
How good it was: ratings by residents and families, and indicators whose every number opens its rows.

Owns Rating. What was promised and done it asks of `visits`; definitions of the indicators are data
(`data/indicators.json`): what counts, what does not, which target, from which document.
"""
