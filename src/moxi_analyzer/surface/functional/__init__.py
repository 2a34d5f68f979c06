"""Command lines of Clojure, Elixir and Haskell programs."""
