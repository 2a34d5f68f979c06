; Every class: which of them are commands is told by what stands in them.
(class_declaration
  name: (name) @name
  (base_clause (_) @parent)?
  body: (declaration_list) @body) @class
