"""Moodle's web services: a client that turns answers into results, and our typed functions."""
