"""The desk: cases with their clocks, and the decisions that people make."""
