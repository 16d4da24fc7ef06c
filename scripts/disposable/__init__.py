"""Servers and Moodle sites that tests start, use and throw away; standard library only."""
