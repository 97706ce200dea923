"""
Pages and worklists that read several contexts: the console's frame, the live board, a visit with its history, the
service desk, the doctor's list, the audit. It owns no tables and makes no rules: what it changes, others' commands
change.
"""
