"""Invoice lines of the public Online Retail data: a table of sales, cancellations, services and corrections."""
