; getenv("NAME"), std::getenv("NAME"), qgetenv("NAME")
(call_expression
  function: [(identifier) @_function (qualified_identifier name: (identifier) @_function)]
  arguments: (argument_list . (string_literal) @name)
  (#any-of? @_function "getenv" "secure_getenv" "qgetenv" "qEnvironmentVariable"))
