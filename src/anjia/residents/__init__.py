"""
Residents: the people in our care, and who may act for them.

Owns Resident with names, phones, addresses and related people; grants (who acts for her, and how far), consents
with the version of the text that was read, activation slips and household cards. Knows nothing of visits, and
keeps no accounts: those are identity's.
"""
