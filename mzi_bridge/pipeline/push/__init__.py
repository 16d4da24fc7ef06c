"""From what is owed to what stands in the CRM."""
