; Types that may describe a command line; their attributes stand before them
(struct_item name: (type_identifier) @name) @type
(enum_item name: (type_identifier) @name) @type

; impl ValueEnum for Mode { … PossibleValue::new("auto") … }
(impl_item
  trait: [(type_identifier) @_trait (scoped_type_identifier name: (type_identifier) @_trait)]
  type: (type_identifier) @valued
  (#any-of? @_trait "ValueEnum" "ArgEnum")) @impl

; const DEFAULT_PORT: u16 = 8080;
(const_item name: (identifier) @const value: (_) @value)
