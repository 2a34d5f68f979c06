"""`moxi train`: from the training set to an adapter that writes READMEs."""
