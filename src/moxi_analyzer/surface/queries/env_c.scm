; getenv("NAME"), secure_getenv("NAME")
(call_expression
  function: (identifier) @_function
  arguments: (argument_list . (string_literal) @name)
  (#any-of? @_function "getenv" "secure_getenv" "getenv_safe" "_wgetenv" "xgetenv"))

; getenv(names[INDEX]) of a table of names
(call_expression
  function: (identifier) @_function
  arguments: (argument_list . (subscript_expression argument: (identifier) @name))
  (#any-of? @_function "getenv" "secure_getenv" "getenv_safe" "xgetenv"))
