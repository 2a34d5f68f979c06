; functions and classes in which a parser is made or given options
(function_definition body: (block) @body
  (#match? @body "add_argument|add_option|add_parser|add_subparsers|ArgumentParser|OptionParser")) @function

(class_definition body: (block) @body
  (#match? @body "add_argument|add_option|add_parser|add_subparsers|ArgumentParser|OptionParser")) @class
