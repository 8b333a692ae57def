"""Who takes part: the operator's merchants, their shoppers, staff with roles and limits, API keys."""
