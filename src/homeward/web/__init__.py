"""Pages: portal (shoppers), desk (agents), dock (warehouse, bench), office (merchants, operator, finance), design."""
