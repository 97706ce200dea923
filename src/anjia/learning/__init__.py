"""
Courses: what they say, in versions; whom they bind; who has read them, sat the exam and was there in class.

A certificate that is earned here becomes a paper of staff (`workforce`), which dispatch and the warnings know already.
Certificates of others (a hospital's, the city's) are entered there, with their scan.
"""
