"""
From the hospital home: a ward refers a patient who is about to leave, the desk of an institution takes her on.

Owns Referral and ReferralStep, the only rows that two houses see: the one that refers and the one that receives.
The ward sees what became of it (states and visit times), never the record.
"""
