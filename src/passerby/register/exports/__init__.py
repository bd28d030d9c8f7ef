"""Documents that the law asks for, made from what runs: facts with their source, and open fields for named people."""
