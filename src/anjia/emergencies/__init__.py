"""
Emergencies: cases that somebody must take at once, and the questions that come before one.

Owns Case, Step, Watch (whose screen the board is open on), CheckIn (the quiet question to a nurse whose visit does not
end), HouseRules and Wish. A case is taken by one person, and says on the phone how it stands: what nobody has seen was
told to nobody. Tiers of emergencies will build on the case: the kinds are a table (`rules/kinds.py`).
"""
