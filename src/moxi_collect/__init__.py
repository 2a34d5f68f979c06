"""Collects READMEs with the code they describe: lists of repositories in, `ReadmeSample` records out."""
