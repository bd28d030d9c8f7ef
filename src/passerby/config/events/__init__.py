"""Rules of place-safety events in the site file: their keys, what they demand, and the rules made from them."""
