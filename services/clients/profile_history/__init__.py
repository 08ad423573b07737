"""Reading how a client's basic data was changed."""
