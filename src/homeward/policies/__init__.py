"""What may come back and why: statute packs by country, merchants' rulebooks, and the verdict on a line of goods."""
