; opts.on("-v", "--verbose", "text"); a wrapper of the file's own: option(opts, "-v", "--verbose")
(call
  method: (identifier) @method
  arguments: (argument_list (string) @first) @arguments
  (#match? @first "^[\"']-")) @call

; opts.banner = "Usage: demo [options]"
(assignment
  left: (call method: (identifier) @_banner)
  right: (_) @banner
  (#any-of? @_banner "banner"))

; OptionParser.new("Usage: …")
(call
  receiver: [(constant) @_class (scope_resolution name: (constant) @_class)]
  method: (identifier) @_new
  (#eq? @_class "OptionParser")
  (#eq? @_new "new")) @parser
