; Environment.GetEnvironmentVariable("NAME") ?? "default"
(binary_expression
  left: (invocation_expression
    function: (member_access_expression name: (identifier) @_method)
    arguments: (argument_list . (argument . (string_literal) @name)))
  operator: "??"
  right: (string_literal) @default
  (#eq? @_method "GetEnvironmentVariable"))

; Environment.GetEnvironmentVariable("NAME")
(invocation_expression
  function: (member_access_expression name: (identifier) @_method)
  arguments: (argument_list . (argument . (string_literal) @name))
  (#eq? @_method "GetEnvironmentVariable"))
