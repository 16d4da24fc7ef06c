"""One module a page: its handlers and its `ROUTES`."""
