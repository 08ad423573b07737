"""What the palette finds besides pages and commands: clients."""
