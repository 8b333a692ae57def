"""How Homeward looks and speaks: styles, frames, components, words of states, charts; every page is built of these."""
