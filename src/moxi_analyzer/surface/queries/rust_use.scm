; use a::b; use a::{b, c as d}; at the top of a file or inside a function
(use_declaration argument: (_) @use)
