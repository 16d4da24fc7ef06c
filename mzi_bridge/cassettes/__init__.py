"""Recorded chains: a notification, the token, the CRM's answer, the call to Moodle.

A cassette is a vcrpy file whose first interaction is the notification that began it. Secrets
and personal values are replaced before anything is written, and before the bridge sees them,
so that a replay sends the same bytes to Moodle.
"""
