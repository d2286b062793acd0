"""Read and evaluate HCL: parser, syntax tree, evaluator, references. Knows no swap."""
