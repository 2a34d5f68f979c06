; os.environ["NAME"], where it is not what an assignment binds
(subscript
  value: [(attribute attribute: (identifier) @_map) (identifier) @_map]
  subscript: (string) @name
  (#eq? @_map "environ"))

; os.environ.get("NAME", default), os.environ.setdefault, os.environ.pop
(call
  function: (attribute
    object: [(attribute attribute: (identifier) @_map) (identifier) @_map]
    attribute: (identifier) @_method)
  arguments: (argument_list . [(string) (identifier)] @name . (_)? @default)
  (#eq? @_map "environ")
  (#any-of? @_method "get" "setdefault" "pop"))

; "NAME" in os.environ
(comparison_operator
  (string) @name
  operators: ["in" "not in"]
  [(attribute attribute: (identifier) @_map) (identifier) @_map]
  (#eq? @_map "environ"))

; os.getenv("NAME", default), getenv("NAME"), getenv("NAME", default=default)
(call
  function: [(attribute attribute: (identifier) @_function) (identifier) @_function]
  arguments: (argument_list
    . [(string) (identifier)] @name
    . [(keyword_argument name: (identifier) @_keyword value: (_) @default) (_) @default]?)
  (#any-of? @_function "getenv" "getenvb")
  (#any-of? @_keyword "default"))

; env("NAME", default=…), env.bool("NAME", …), config("NAME", default=…): environs, decouple
(call
  function: [
    (identifier) @_reader
    (attribute object: (identifier) @_reader attribute: (identifier) @_type)]
  arguments: (argument_list
    . (string) @name
    (keyword_argument name: (identifier) @_keyword value: (_) @default)?)
  (#any-of? @_reader "env" "config")
  (#any-of? @_type "str" "bool" "int" "float" "list" "json" "url" "db" "path" "decimal" "dict")
  (#any-of? @_keyword "default"))
