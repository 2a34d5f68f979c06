; Environment.GetEnvironmentVariable("NAME"), also before ?? "default"
(invocation_expression
  function: (member_access_expression name: (identifier) @_method)
  arguments: (argument_list . (argument . (string_literal) @name))
  (#eq? @_method "GetEnvironmentVariable")) @read
