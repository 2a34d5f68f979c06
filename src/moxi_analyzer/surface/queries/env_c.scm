; getenv("NAME"), secure_getenv("NAME")
(call_expression
  function: (identifier) @_function
  arguments: (argument_list . (string_literal) @name)
  (#any-of? @_function "getenv" "secure_getenv" "getenv_safe" "_wgetenv" "xgetenv"))
