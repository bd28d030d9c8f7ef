"""Programs made of other systems' public parts; they run in their own venv and import nothing of passerby."""
