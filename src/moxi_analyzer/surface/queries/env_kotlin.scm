; System.getenv("NAME"), also before ?: "default"
(call_expression
  (navigation_expression . (identifier) @_class (identifier) @_method .)
  (value_arguments . (value_argument . (string_literal) @name))
  (#eq? @_class "System")
  (#eq? @_method "getenv")) @read

; getEnvVar("NAME", default), Settings.getEnvVar("NAME")
(call_expression
  [(identifier) @_method (navigation_expression (identifier) @_method .)]
  (value_arguments
    . (value_argument . (string_literal) @name)
    . (value_argument (_) @default)?)
  (#match? @_method "^(env|(get|read|load|resolve|fetch|lookup|find|parse)\\w*Env)([A-Z]\\w*)?$"))
