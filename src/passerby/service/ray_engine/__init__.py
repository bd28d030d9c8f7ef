"""The Ray engine: Ray places workers on the machines of a data centre, and starts them elsewhere when one dies."""
