; A function, to know which parser its parameter is.
(function_definition
  declarator: (_) @declarator
  body: (compound_statement) @body) @function

; gflags and absl
(call_expression
  function: (identifier) @macro
  arguments: (argument_list) @arguments
  (#match? @macro "^(DEFINE_(bool|string|int32|uint32|int64|uint64|double)|ABSL_FLAG)$")) @flag
