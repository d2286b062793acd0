"""Name sources: the strings of a repository's files that name tables, found and changed in place.

Pure: bytes in, bytes out. A name may stand in JSON or HCL tfvars, in ``.tf`` and ``.tf.json`` files
or in a YAML or JSON file that the configuration decodes (design.md, decision 15).
"""
