"""The practice's logo, as documents and pages show it."""
