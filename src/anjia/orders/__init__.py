"""
Doctors' orders and prescriptions: entered with a photo of the original, confirmed by a doctor of the institution, asked
for before a service that needs one; and what a nurse asks a doctor in the middle of a visit.
"""
