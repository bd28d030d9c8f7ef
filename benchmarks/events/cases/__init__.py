"""Changed films for each kind of rule, with their truth: chance draws what is changed, when, by how much, and where."""
