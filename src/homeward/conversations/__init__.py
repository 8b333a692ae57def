"""Every word in or out: messages of a case, and the notices that tell shoppers where they stand."""
