; class Main < Thor; class Kamal::Cli::App < Kamal::Cli::Base
(class
  name: (_) @name
  superclass: (superclass (_) @superclass)
  body: (body_statement) @body) @class

; Demo::CLI.start(ARGV)
(call
  receiver: [(constant) (scope_resolution)] @started
  method: (identifier) @_start
  (#eq? @_start "start"))
