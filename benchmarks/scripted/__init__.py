"""A writer that follows a script: fluent prose of true sentences with invented ones among them."""
