"""The office: figures, orders and imports, rulebooks, refunds, notices, journal, dead letters."""
