"""What was sold: products, orders, lines, payments and deliveries; how many may still come back."""
