"""The runs that have ended: a table to sort, filter, pin, restore and compare them."""
