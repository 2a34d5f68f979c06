; Deno.env.get("NAME")
(call_expression
  function: (member_expression) @_get
  arguments: (arguments . (string) @name .)
  (#eq? @_get "Deno.env.get")) @read
