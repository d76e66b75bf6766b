"""Checks ONNX files in full, shapes inferred; prints what each says of itself, a line of JSON each."""
import json
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    named = lambda values: {v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values}
    print(json.dumps({
        'ir': model.ir_version, 'opset': model.opset_import[0].version, 'inputs': named(model.graph.input),
        'outputs': named(model.graph.output), 'weights': sorted(t.name for t in model.graph.initializer),
        'metadata': {p.key: p.value for p in model.metadata_props},
    }))
