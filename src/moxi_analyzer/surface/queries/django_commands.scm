; class Command(BaseCommand): help = "…"; def add_arguments(self, parser): …
(class_definition
  name: (identifier) @name
  superclasses: (argument_list)
  (#eq? @name "Command")) @class
