; Types that others can use; api_csharp.py looks at their modifiers.
[
  (class_declaration) (record_declaration) (struct_declaration)
  (interface_declaration) (enum_declaration) (delegate_declaration)
] @type
