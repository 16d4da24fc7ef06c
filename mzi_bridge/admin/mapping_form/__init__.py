"""The table of one CRM module as a form, and the form as a table again; nothing is lost."""
