"""What is owed and how it is paid: remedies, refunds, replacements and the ledger."""
