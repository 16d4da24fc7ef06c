"""The HTTP interface as data: one declaration an operation, and the OpenAPI document of them."""
