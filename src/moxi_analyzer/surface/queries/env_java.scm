; System.getenv("NAME")
(method_invocation
  object: (identifier) @_class
  name: (identifier) @_method
  arguments: (argument_list . (string_literal) @name .)
  (#eq? @_class "System")
  (#eq? @_method "getenv"))

; System.getenv().getOrDefault("NAME", "default"), System.getenv().get("NAME")
(method_invocation
  object: (method_invocation object: (identifier) @_class name: (identifier) @_getenv)
  name: (identifier) @_method
  arguments: (argument_list . (string_literal) @name . (_)? @default)
  (#eq? @_class "System")
  (#eq? @_getenv "getenv")
  (#any-of? @_method "getOrDefault" "get"))
