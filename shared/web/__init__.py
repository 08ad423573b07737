"""The edge of a service: from HTTP request to one transaction to an answer."""
