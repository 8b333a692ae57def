"""The portal: where shoppers, without an account, ask, follow and withdraw; every page works without JavaScript."""
