; Every text literal; help texts are found among them.
[(string) (template_string)] @text
