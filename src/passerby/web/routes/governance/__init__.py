"""The routes by which a site is governed: who did what, what is kept, who may do what, what the public asks."""
