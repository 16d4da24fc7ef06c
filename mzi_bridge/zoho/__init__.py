"""Zoho CRM's REST API, one API family a file; `client.ZohoClient` joins them."""
