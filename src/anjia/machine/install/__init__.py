"""
`script/install`: Anjia on a server of Debian's or Ubuntu's, behind HTTPS.

It runs before anything is installed, so it knows the standard library only. Every step looks first whether it is
done: it may be broken off and run again, and an update is the same command.
"""
