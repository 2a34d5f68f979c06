"""JavaScript and TypeScript: public API and command lines of commander, yargs, meow, cac, oclif."""
