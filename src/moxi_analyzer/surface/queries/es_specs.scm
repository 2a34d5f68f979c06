; What a module loads.
(import_statement source: (string) @spec)
(export_statement source: (string) @spec)
(call_expression
  function: [(identifier) (import)] @_function
  arguments: (arguments . (string) @spec)
  (#any-of? @_function "require" "import"))
