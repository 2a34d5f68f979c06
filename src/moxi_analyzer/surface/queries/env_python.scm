; os.environ["NAME"]
(subscript
  value: [(attribute attribute: (identifier) @_map) (identifier) @_map]
  subscript: (string) @name
  (#eq? @_map "environ"))

; os.environ.get("NAME", default), os.environ.setdefault, os.environ.pop
(call
  function: (attribute
    object: [(attribute attribute: (identifier) @_map) (identifier) @_map]
    attribute: (identifier) @_method)
  arguments: (argument_list . (string) @name . (_)? @default)
  (#eq? @_map "environ")
  (#any-of? @_method "get" "setdefault" "pop"))

; os.getenv("NAME", default), getenv("NAME")
(call
  function: [(attribute attribute: (identifier) @_function) (identifier) @_function]
  arguments: (argument_list . (string) @name . (_)? @default)
  (#any-of? @_function "getenv" "getenvb"))
