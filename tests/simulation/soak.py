"""Weeks of one bridge in minutes: what grows, and whether pruning bounds it."""

from __future__ import annotations


def soak(days: float, notices: int) -> int:
    raise NotImplementedError
