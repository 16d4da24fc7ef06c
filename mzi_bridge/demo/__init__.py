"""The demonstration: a sandbox, a bridge, and changes seen arriving."""
