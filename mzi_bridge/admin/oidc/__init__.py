"""Signing in by OpenID Connect: authorization code with PKCE, at one issuer."""
