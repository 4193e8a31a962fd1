"""What mathematics is made of: the tree, shapes, integers with names, walks."""
