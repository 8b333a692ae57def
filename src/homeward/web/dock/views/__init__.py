"""Views of the dock, by what lies on the table: the station, receipts, strangers."""
