"""Place-safety events in the site file: keys of rules and of recipients, and what is made from them."""
