"""The `mzi` command: one file for each group of subcommands."""

from mzi_bridge.cli.main import main

__all__ = ["main"]
