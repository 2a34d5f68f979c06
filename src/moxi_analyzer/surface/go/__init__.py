"""Go: public API, environment, and command lines of flag, pflag, cobra, urfave/cli and kong."""
