; Parent().subcommands(A(), B())
(call_expression
  (navigation_expression . (_) @on (identifier) @_method .)
  (value_arguments) @arguments
  (#eq? @_method "subcommands")) @call

; subcommands(A(), B()) inside the parent's own class
(call_expression
  . (identifier) @_method
  (value_arguments) @arguments
  (#eq? @_method "subcommands")) @call
