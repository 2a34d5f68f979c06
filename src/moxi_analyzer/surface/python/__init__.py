"""Python: public API and the command lines of argparse, click, typer, docopt, fire and Django."""
