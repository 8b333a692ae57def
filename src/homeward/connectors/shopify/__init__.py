"""Shopify: its order JSON and its export of orders as a table."""
