"""Sessions that were documented and that nothing bills: listed, and drafted again when somebody asks."""
