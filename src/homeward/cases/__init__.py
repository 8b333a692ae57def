"""The umbrella: one case joins what a shopper asks, and carries its priority and its running clocks."""
