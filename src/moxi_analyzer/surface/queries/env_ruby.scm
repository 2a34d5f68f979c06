; ENV["NAME"], also before || "default"
(element_reference
  object: (constant) @_map
  (string) @name
  (#eq? @_map "ENV")) @read

; ENV.fetch("NAME", default), ENV.key?("NAME")
(call
  receiver: (constant) @_map
  method: (identifier) @_method
  arguments: (argument_list . (string) @name . (_)? @default)
  (#eq? @_map "ENV")
  (#any-of? @_method "fetch" "key?" "has_key?" "include?" "dig"))
