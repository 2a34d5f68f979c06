; getenv('NAME'), Laravel's env('NAME', default)
(function_call_expression
  function: [(name) (qualified_name)] @_function
  arguments: (arguments
    . (argument [(string) (encapsed_string)] @name)
    . (argument (_) @default)?)
  (#match? @_function "^\\\\?(getenv|env)$")) @read

; Env::get('NAME', default)
(scoped_call_expression
  scope: (_) @_class
  name: (name) @_method
  arguments: (arguments
    . (argument [(string) (encapsed_string)] @name)
    . (argument (_) @default)?)
  (#match? @_class "(^|\\\\)Env$")
  (#eq? @_method "get"))

; Platform::getEnv('NAME'), self::getBoolEnv('NAME')
(scoped_call_expression
  name: (name) @_method
  arguments: (arguments
    . (argument [(string) (encapsed_string)] @name)
    . (argument (_) @default)?)
  (#match? @_method "^get\\w*Env(Var)?$"))

; $_ENV['NAME'], also before ?? 'default'; of $_SERVER only what has a default
(subscript_expression
  (variable_name) @_map
  [(string) (encapsed_string)] @name
  (#any-of? @_map "$_ENV" "$_SERVER")) @read

; $this->getComposerEnv('NAME')
(member_call_expression
  name: (name) @_method
  arguments: (arguments
    . (argument [(string) (encapsed_string)] @name)
    . (argument (_) @default)?)
  (#match? @_method "^get\\w*Env(Var)?$"))
