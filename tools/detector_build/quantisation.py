"""From a float network to an 8-bit one, by the committed ranges and nothing else."""

import numpy as np
import onnx
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.calibrate import CalibrationMethod, TensorData, TensorsData
from onnxruntime.quantization.onnx_model import ONNXModel
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

from tools.detector_build.byte_input import with_byte_input, without_round_trip
from tools.detector_build.conversion import HEAD_PREFIX
from tools.detector_build.ranges import Ranges

QUANTISED_OPS = ["Conv", "LeakyRelu", "MaxPool", "Concat", "Add", "Resize"]


def quantise(model: onnx.ModelProto, ranges: Ranges) -> onnx.ModelProto:
    """The network with 8-bit convolutions: weights per output channel, signed; activations unsigned.

    The head's last convolutions stay float: their scores and distances are the answer, and they cost 4 % of the time.

    Args:
        model: what `convert` made.
        ranges: the span of each tensor.
    """
    model, ranges = with_byte_input(model, ranges)
    spans = {
        name: TensorData(lowest=np.array(low, np.float32), highest=np.array(high, np.float32))
        for name, (low, high) in ranges.items()
    }
    quantiser = QDQQuantizer(
        model,
        per_channel=True,
        # 7-bit weights: CPUs without VNNI add pairs of 8-bit products in 16 bits and would overflow. Costs no precision
        # here: person AP on PETS is the same to 0.005.
        reduce_range=True,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=TensorsData(CalibrationMethod.MinMax, spans),
        nodes_to_quantize=[],
        nodes_to_exclude=[
            node.name for node in model.graph.node if node.name.startswith((HEAD_PREFIX, "border_", "input_"))
        ],
        op_types_to_quantize=QUANTISED_OPS,
        extra_options={},
    )
    quantiser.quantize_model()
    quantised = without_round_trip(quantiser.model.model)
    ONNXModel(quantised).topological_sort()
    quantised.producer_name, quantised.producer_version = "passerby", ""
    onnx.checker.check_model(quantised, full_check=True)
    return quantised
