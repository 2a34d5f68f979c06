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

; Settings.getEnvVarBool("NAME", default), loadEnvDir("NAME", ...)
(method_invocation
  name: (identifier) @_method
  arguments: (argument_list . (string_literal) @name . (_)? @default)
  (#match? @_method "^(env|(get|read|load|resolve|fetch|lookup|find|parse)\\w*Env)([A-Z]\\w*)?$"))

; CommonEnv.getInt("NAME", default)
(method_invocation
  object: (identifier) @_class
  name: (identifier) @_method
  arguments: (argument_list . (string_literal) @name . (_)? @default)
  (#match? @_class "^([A-Z]\\w*)?Env(ironment)?(Vars?|Variables?)?$")
  (#match? @_method "^get"))
