"""What may come back and why: statute packs by country, merchants' rulebooks, and the verdict over one line of goods."""
