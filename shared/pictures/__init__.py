"""Pictures that people send: read strictly, and written anew with nothing in them but what draws."""
