"""The scenario language: from YAML bytes to a `Scenario` in which every name is known, with the place of each value.

raw         bytes → safe text: size, encoding, control characters, tabs
nodes       text → dicts, lists and `Text`, with `marks`; limits on depth, aliases and number of values
params      what the seed decides, put where `${name}` stands
values      the scalar types, and the ways in which chance fills one
model       the blocks of the language; story and cron are two of them
problems    what validation found, in words; `mend` lets the rest be checked in the same pass
references  names across the file: rules_data, rules_changes, rules_story; rules_chance; sql finds names in SQL texts
load        all of the above: `load(path, seed)`, `find(name)`
syntax      every SQL text handed to PostgreSQL's parser
build       a set of changes → the steps that a request goes through
schema      the model as JSON Schema, for editors
"""
