"""The roster of an appointment: who comes, whether they came, and whether it is documented for them."""
