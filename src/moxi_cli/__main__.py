"""`python -m moxi_cli`: the same as `moxi`."""

from moxi_cli.moxi import main

if __name__ == "__main__":
    main()
