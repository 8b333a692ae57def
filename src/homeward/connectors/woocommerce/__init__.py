"""WooCommerce: its order JSON, as the REST API gives it."""
