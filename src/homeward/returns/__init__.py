"""Returns: what the shopper asks to send back, why, with what proof, and what was decided."""
